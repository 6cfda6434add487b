"""docs/threats.csv and docs/uploads.csv: every threat, fault and hostile case names tests, and they exist."""

from __future__ import annotations

import ast
import csv
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure
ROOT = Path(__file__).resolve().parents[2]
UPLOADS = {f"{number:02d}" for number in range(1, 61)} | {f"B{number}" for number in range(1, 8)}
THREATS = {f"T{number}" for number in (*range(13, 32), *range(40, 45))} | {"F01", "F02", "F13", "F14", "F15", "F16"}


def rows(name: str) -> list[dict[str, str]]:
    with (ROOT / "docs" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def named_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("name", ["threats.csv", "uploads.csv"])
def test_every_test_that_is_named_exists(name):
    named = [row["test"].partition("::")[::2] for row in rows(name)]
    missing = [f"{path}::{test}" for path, test in named if not (ROOT / path).is_file() or test not in named_in(path)]

    assert named
    assert missing == []


def test_every_hostile_case_and_every_control_has_its_test_and_answer():
    listed = rows("uploads.csv")

    assert {row["number"] for row in listed} == UPLOADS
    assert all(row["case"] and row["answer"] for row in listed)


def test_every_threat_and_fault_of_verification_and_consent_has_its_tests():
    assert {row["row"] for row in rows("threats.csv")} >= THREATS
