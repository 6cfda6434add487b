"""Charts of the desk as numbers for SVG: every drawing is 100 wide and 40 high, whole numbers only.

Whole numbers, so that no language writes a comma into a coordinate. Each chart carries its rows for its table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

WIDTH, HEIGHT = 100, 40


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle; `kind` is its class, which has a pattern of its own: colour is never alone."""

    x: int
    y: int
    width: int
    height: int
    kind: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, what it says in a sentence, and the same numbers as a table."""

    bars: list[Bar]
    words: str
    columns: list[str]
    rows: list[list[Any]]
    ticks: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(bar.height for bar in self.bars)


def columns_of(counts: Sequence[int], kinds: Sequence[str]) -> list[Bar]:
    """Upright bars side by side, the highest as high as the drawing; what is not nought is at least one high."""
    slot, highest, bars = WIDTH / max(len(counts), 1), max([*counts, 1]), []
    for index, (count, kind) in enumerate(zip(counts, kinds, strict=True)):
        height = max(round(HEIGHT * count / highest), 1) if count else 0
        left, right = round(index * slot + slot * 0.12), round((index + 1) * slot - slot * 0.12)
        bars.append(Bar(left, HEIGHT - height, max(right - left, 1), height, kind))
    return bars


def stacks_of(days: Sequence[Mapping[str, int]], kinds: Mapping[str, str]) -> list[Bar]:
    """Upright stacked bars, one a day; `kinds` gives the order from the bottom and each part's class."""
    slot, highest, bars = WIDTH / max(len(days), 1), max([*(sum(day.values()) for day in days), 1]), []
    for index, day in enumerate(days):
        left, right, total = round(index * slot), round((index + 1) * slot) - 1, 0
        for part, kind in kinds.items():
            low, high = round(HEIGHT * total / highest), round(HEIGHT * (total + day.get(part, 0)) / highest)
            total += day.get(part, 0)
            if high > low:
                bars.append(Bar(left, HEIGHT - high, max(right - left, 1), high - low, kind))
    return bars


def lengths_of(counts: Sequence[int]) -> list[int]:
    """Lengths of lying bars, in hundredths of the longest."""
    highest = max([*counts, 1])
    return [max(round(100 * count / highest), 1) if count else 0 for count in counts]


@dataclass(frozen=True, slots=True)
class Kind:
    """One part of a day's bar: its class and its words."""

    style: str
    label: str


def by_day(rows: Iterable[tuple[date, str, int]], kinds: Mapping[str, Kind], *, at: datetime, days: int) -> Chart:
    """Return a bar a day, ending today, of (day, kind, count); the sentence gives the totals."""
    today = timezone.localtime(at).date()
    names = [today - timedelta(days=days - 1 - index) for index in range(days)]
    counts: dict[date, dict[str, int]] = {name: {} for name in names}
    for day, kind, count in rows:
        if day in counts:
            counts[day][kind] = counts[day].get(kind, 0) + count
    totals = _("，").join(f"{kind.label} {sum(c.get(key, 0) for c in counts.values())}" for key, kind in kinds.items())
    words = _("近 %(days)d 天：%(rows)s。") % {"days": days, "rows": totals}
    table = [[f"{name:%m-%d}", *(counts[name].get(key, 0) for key in kinds)] for name in names]
    bars = stacks_of(list(counts.values()), {key: kind.style for key, kind in kinds.items()})
    columns = [_("日期"), *(kind.label for kind in kinds.values())]
    return Chart(bars, words, columns, table, ticks=[f"{names[0]:%m-%d}", "", f"{names[-1]:%m-%d}"])


def first_midnight(at: datetime, days: int) -> datetime:
    """Return when the first of so many days began, today being the last."""
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)
