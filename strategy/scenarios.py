"""Two scenarios side by side. Both live in the page alone: the other one is carried along in hidden fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from strategy.answers import Answer
from strategy.contrasts import Row, rows_of
from strategy.forms import OTHER
from strategy.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is entered differently, and what the two answers say of each option."""

    first: str  # status in words
    second: str
    inputs: tuple[Row, ...]
    options: tuple[Row, ...]

    @property
    def heading(self) -> list[Row]:
        """The two results, as a row above the rest."""
        return [Row("", _("结果"), self.first, self.second)]

    @property
    def differing(self) -> list[Row]:
        return [row for row in self.options if row.differs]

    @property
    def alike(self) -> list[Row]:
        return [row for row in self.options if not row.differs]


def compare(phrases: Phrases, first: Answer, second: Answer) -> Comparison:
    """Compare the other scenario with the one in the form."""
    inputs = tuple(
        Row(key, phrases.question[key], phrases.values(key, first.given[key]), phrases.values(key, second.given[key]))
        for key in phrases.ruleset.inputs
        if first.given[key] != second.given[key]
    )
    statuses = phrases.status[first.status], phrases.status[second.status]
    return Comparison(*statuses, inputs, tuple(rows_of(phrases, first, second)))


def carried(other: Mapping[str, list[str]] | None) -> list[tuple[str, str]]:
    """The hidden fields that carry the other scenario: name and value."""
    return [(OTHER + key, value) for key, values in (other or {}).items() for value in values]
