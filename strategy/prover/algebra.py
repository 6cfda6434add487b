"""Truth over many patients at once: one encoding, read by z3 (all patients) and by bit sets (listed patients)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import Protocol, TypeVar

from strategy.rules import UNKNOWN

T = TypeVar("T")
Patient = Mapping[str, Sequence[str]]  # values by input; an input that is absent is unknown


class Algebra(Protocol[T]):
    """Terms that hold for some patients and not for others."""

    true: T
    false: T

    def atom(self, key: str, value: str) -> T:
        """Return the patients of whom this input has this value."""
        ...

    def every(self, terms: Iterable[T]) -> T:
        """Return where all terms hold; everywhere when there are none."""
        ...

    def some(self, terms: Iterable[T]) -> T:
        """Return where at least one term holds; nowhere when there are none."""
        ...

    def negate(self, term: T) -> T: ...


class Bits:
    """Sets of patients as the bits of one whole number: bit n is patient n."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.true, self.false = (1 << size) - 1, 0

    def atom(self, key: str, value: str) -> int:
        raise NotImplementedError

    def every(self, terms: Iterable[int]) -> int:
        return reduce(and_, terms, self.true)

    def some(self, terms: Iterable[int]) -> int:
        return reduce(or_, terms, self.false)

    def negate(self, term: int) -> int:
        return self.true ^ term


class Listed(Bits):
    """The patients of a list."""

    def __init__(self, patients: Sequence[Patient]) -> None:
        super().__init__(len(patients))
        self._atoms: dict[tuple[str, str], int] = {}
        self._given: dict[str, int] = {}
        for at, patient in enumerate(patients):
            for key, values in patient.items():
                self._given[key] = self._given.get(key, 0) | 1 << at
                for value in values:
                    self._atoms[key, value] = self._atoms.get((key, value), 0) | 1 << at

    def atom(self, key: str, value: str) -> int:
        found = self._atoms.get((key, value), 0)
        return found | self.negate(self._given.get(key, 0)) if value == UNKNOWN else found


class Product(Bits):
    """Every combination of the listed values; every other input is unknown."""

    def __init__(self, axes: Mapping[str, Sequence[str]]) -> None:
        self.axes = {key: tuple(values) for key, values in axes.items()}
        size = 1
        self._strides: dict[str, int] = {}
        for key, values in self.axes.items():
            self._strides[key] = size
            size *= len(values)
        super().__init__(size)
        self._atoms: dict[tuple[str, str], int] = {}

    def atom(self, key: str, value: str) -> int:
        if key not in self.axes:
            return self.true if value == UNKNOWN else self.false
        if value not in self.axes[key]:
            return self.false
        if (key, value) not in self._atoms:
            stride, period = self._strides[key], self._strides[key] * len(self.axes[key])
            pattern = ((1 << stride) - 1) << stride * self.axes[key].index(value)
            self._atoms[key, value] = _repeated(pattern, period, self.size // period)
        return self._atoms[key, value]

    def patient(self, at: int) -> dict[str, tuple[str, ...]]:
        """Return the patient of this bit."""
        return {key: (values[at // self._strides[key] % len(values)],) for key, values in self.axes.items()}


def first_bit(term: int) -> int:
    """Return the number of the lowest bit that is set."""
    return (term & -term).bit_length() - 1


def _repeated(pattern: int, period: int, count: int) -> int:
    """Return the pattern `count` times, `period` bits apart."""
    result, width = 0, 0
    while count:
        if count & 1:
            result |= pattern << width
            width += period
        pattern |= pattern << period
        period, count = period * 2, count >> 1
    return result
