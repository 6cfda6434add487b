"""The documents say what is there: every variable, every make target, every file they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure
ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs/operating.md"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_variable_that_is_read_is_documented():
    sources = [*(ROOT / "portal/settings").glob("*.py"), ROOT / "deploy/gunicorn.conf.py"]
    pattern = re.compile(r"""(?:env\.\w+|environ\.get)\("(\w+)\"""")
    read_names = {
        name for path in sources if path.name != "test.py" for name in pattern.findall(path.read_text("utf-8"))
    }
    documented = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", read("docs/operating.md")))

    assert read_names - documented == set()


def test_every_make_target_that_is_named_exists():
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    named = {name for doc in DOCUMENTS for name in re.findall(r"\bmake ([a-z]+)", read(doc))}

    assert named & {"run", "test"} == {"run", "test"}
    assert named - targets == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_that_is_named_exists(name):
    links = re.findall(r"\]\(([^)#]+)\)", read(name))
    paths = re.findall(r"`((?:portal|deploy|docs|tests|consent|locale)/[\w./-]*)`", read(name))
    made_by_the_reader = {"deploy/portal.env", "deploy/certificates"}

    missing = [path for path in [*links, *paths] if path not in made_by_the_reader and not (ROOT / path).exists()]
    assert missing == []
