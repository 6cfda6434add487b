"""What the engine says: one answer, immutable; and the errors for what is no input at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from strategy.rules import Text

Given = Mapping[str, tuple[str, ...]]


class InputError(ValueError):
    """What was given is not an input of the rule set."""


class UnknownInput(InputError):
    def __init__(self, key: str) -> None:
        super().__init__(f"unknown input {key!r}")
        self.key = key


class UnknownValue(InputError):
    def __init__(self, key: str, value: str) -> None:
        super().__init__(f"unknown value {value!r} of input {key!r}")
        self.key, self.value = key, value


class Contradiction(NamedTuple):
    """Why an input has no answer. `keys` are the inputs to correct; `kind` is exclusive, single or a check's key."""

    kind: str
    keys: tuple[str, ...]
    text: Text | None = None


class Listed(NamedTuple):
    """An option of the answer. `rules` proposed it; `reasons`, `facts`, `sections` are theirs."""

    option: str
    strength: str
    priority: int
    rules: tuple[str, ...]
    reasons: tuple[Text, ...]
    facts: tuple[str, ...]
    sections: tuple[str, ...]
    cautions: tuple[str, ...]


class RuledOut(NamedTuple):
    """An option that safety rules took out; `proposed_by` is empty when no rule had proposed it."""

    option: str
    rules: tuple[str, ...]
    reasons: tuple[Text, ...]
    proposed_by: tuple[str, ...]
    cautions: tuple[str, ...]


class Conflict(NamedTuple):
    """Rules that disagree about an option. `resolution` is `veto` or like `preferred -> consider`."""

    option: str
    rules_for: tuple[str, ...]
    rules_against: tuple[str, ...]
    resolution: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything the tool has to say about one patient."""

    status: str
    given: Given
    contradictions: tuple[Contradiction, ...] = ()
    options: tuple[Listed, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    cautions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    derived: Mapping[str, str] = field(default_factory=dict)
    fired: tuple[str, ...] = ()
