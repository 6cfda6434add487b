"""Example patients: made up, shipped with the portal, shown as examples only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from portal import shipped
from strategy.rules import RuleSet, Text

SOURCE = Path(__file__).parent / "data" / "examples.yaml"


@dataclass(frozen=True, slots=True)
class Example:
    """A made-up patient: inputs by key, each a tuple of values."""

    key: str
    label: Text
    inputs: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def _shipped() -> tuple[Example, ...]:
    rows = shipped.read(SOURCE)["examples"]
    return tuple(Example(row["key"], Text(row["zh"], row["en"]), _inputs(row["inputs"])) for row in rows)


def examples_for(ruleset: RuleSet) -> list[Example]:
    """The examples whose every question and value this rule set has."""
    return [example for example in _shipped() if _fits(ruleset, example)]


def example(ruleset: RuleSet, key: str) -> Example | None:
    """The example of this key, or None."""
    return next((one for one in examples_for(ruleset) if one.key == key), None)


def _inputs(named: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {key: (value,) if isinstance(value, str) else tuple(value) for key, value in named.items()}


def _fits(ruleset: RuleSet, one: Example) -> bool:
    return all(
        key in ruleset.inputs and all(value in ruleset.inputs[key].values for value in values)
        for key, values in one.inputs.items()
    )
