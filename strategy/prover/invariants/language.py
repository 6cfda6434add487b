"""The words in which invariants are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from strategy.prover.solving import Space
from strategy.rules import STRENGTHS, Text


class NotAsked(LookupError):
    """The rule set lacks a name the invariant speaks of."""


class Terms:
    """The words in which invariants are written; all return terms over the patients of the space."""

    def __init__(self, space: Space) -> None:
        self._space, self._encoded, self.ruleset = space, space.encoded, space.ruleset
        self._components = space.encoded.components()
        self.all, self.any, self.no = space.terms.every, space.terms.some, space.terms.negate

    def given(self, key: str, *values: str) -> Any:
        """An input or derived fact has one of these values."""
        known = self.ruleset.vocabulary.values.get(key, ())
        if not set(values) <= set(known):
            raise NotAsked(key)
        return self._space.conditions.any_of(key, values)

    def listed(self, *options: str, at: str = "") -> Any:
        """One of the options is listed (at this strength)."""
        for option in options:
            if option not in self.ruleset.options:
                raise NotAsked(option)
        if not at:
            return self.any(self._encoded.is_listed(option) for option in options)
        return self.any(self._encoded.listed[option][STRENGTHS.index(at)] for option in options)

    def stronger(self, option: str, than: str) -> Any:
        return self.any(self.listed(option, at=name) for name in STRENGTHS[: STRENGTHS.index(than)])

    def ruled_out(self, option: str) -> Any:
        if option not in self.ruleset.options:
            raise NotAsked(option)
        return self._encoded.outcomes[option].vetoed

    def shown(self, caution: str) -> Any:
        if caution not in self.ruleset.cautions:
            raise NotAsked(caution)
        return self._components["caution", caution]

    def on_card(self, option: str, caution: str) -> Any:
        if caution not in self.ruleset.cautions:
            raise NotAsked(caution)
        return self._components.get(("card", option, caution), self._space.terms.false)

    def status(self, *names: str) -> Any:
        return self.any(self._encoded.status[name] for name in names)

    def kinds(self, *kinds: str) -> tuple[str, ...]:
        return tuple(option.key for option in self.ruleset.options.values() if option.kind in kinds)

    @property
    def gap(self) -> Any:
        """Not covered, and said so."""
        return self.listed(self.ruleset.fallback)


@dataclass(frozen=True, slots=True)
class Invariant:
    """What must hold for every patient; `broken` is where it does not."""

    key: str
    text: Text
    broken: Callable[[Terms], Any]


def always(key: str, zh: str, en: str, when: Callable[[Terms], Any], then: Callable[[Terms], Any]) -> Invariant:
    return Invariant(key, Text(zh, en), lambda t: t.all([when(t), t.no(then(t))]))


def never(key: str, zh: str, en: str, what: Callable[[Terms], Any]) -> Invariant:
    return Invariant(key, Text(zh, en), what)


def progressed(t: Terms) -> Any:
    return t.given("disease_state", "progressed")
