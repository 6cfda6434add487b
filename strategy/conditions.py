"""Conditions of rules, compiled to bit masks and still able to say which part failed.

Every value of every key is one bit; what is known about a patient is the union of the bits that hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal


class Vocabulary:
    """The keys a condition may test and the values each may have."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[str, ...]] = {}
        self.multiple: set[str] = set()
        self._bits: dict[str, dict[str, int]] = {}
        self._width = 0

    def add(self, key: str, values: tuple[str, ...], *, multiple: bool = False) -> None:
        self.values[key] = values
        if multiple:
            self.multiple.add(key)
        self._bits[key] = {value: 1 << (self._width + at) for at, value in enumerate(values)}
        self._width += len(values)

    def bit(self, key: str, value: str) -> int:
        return self._bits[key][value]

    def mask(self, key: str, values: tuple[str, ...]) -> int:
        return sum(self._bits[key][value] for value in values)

    def state(self, given: Mapping[str, tuple[str, ...]]) -> int:
        """The bits of everything given."""
        state = 0
        for key, values in given.items():
            bits = self._bits[key]
            for value in values:
                state |= bits[value]
        return state


@dataclass(frozen=True, slots=True)
class Test:
    """One key compared with values: at least `count` of them hold, or (`none`) none does."""

    key: str
    how: Literal["in", "any", "none", "at_least"]
    values: tuple[str, ...]
    mask: int
    count: int = 1

    def holds(self, state: int) -> bool:
        found = (state & self.mask).bit_count()
        return found == 0 if self.how == "none" else found >= self.count

    def tested(self) -> Iterator[str]:
        yield self.key


@dataclass(frozen=True, slots=True)
class Either:
    """At least one branch holds."""

    branches: tuple[Condition, ...]

    def holds(self, state: int) -> bool:
        return any(branch.holds(state) for branch in self.branches)

    def tested(self) -> Iterator[str]:
        for branch in self.branches:
            yield from branch.tested()


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    condition: Condition

    def holds(self, state: int) -> bool:
        return not self.condition.holds(state)

    def tested(self) -> Iterator[str]:
        yield from self.condition.tested()


Part = Test | Either | Not


@dataclass(frozen=True, slots=True)
class Condition:
    """All parts hold; a condition without parts always does."""

    parts: tuple[Part, ...]
    _needed: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _forbidden: int = field(init=False, repr=False, compare=False)
    _others: tuple[Part, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        plain = [p for p in self.parts if isinstance(p, Test) and p.count == 1]
        forbidden = 0
        for part in plain:
            forbidden |= part.mask if part.how == "none" else 0
        object.__setattr__(self, "_needed", tuple(p.mask for p in plain if p.how != "none"))
        object.__setattr__(self, "_forbidden", forbidden)
        object.__setattr__(self, "_others", tuple(p for p in self.parts if p not in plain))

    def holds(self, state: int) -> bool:
        if state & self._forbidden:
            return False
        for mask in self._needed:
            if not state & mask:
                return False
        return not self._others or all(part.holds(state) for part in self._others)

    def first_failure(self, state: int) -> Part | None:
        """The first part, as written, that does not hold; None when the condition holds."""
        return next((part for part in self.parts if not part.holds(state)), None)

    def tested(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.tested()
