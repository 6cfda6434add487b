"""The four steps as a picture: the branches of each, the one taken marked. SVG drawn here, words beside it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portal.localise import spaced
from strategy.answers import Answer
from strategy.forms import step_title
from strategy.phrases import Phrases

# The questions and derived facts at which each step of the framework branches.
FORKS = {1: ("progression_pattern", "mechanism"), 2: ("last_gen",), 3: ("bm_status",), 4: ("ecog",)}
EM, LINE, PAD = 13.0, 28, 12  # size of the letters, height of a chip with its gap, margin within a step


@dataclass(frozen=True, slots=True)
class Branch:
    label: str
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Fork:
    """Where a step branches, and which way this patient goes."""

    label: str
    branches: tuple[Branch, ...]

    @property
    def taken(self) -> list[str]:
        return [branch.label for branch in self.branches if branch.is_taken]

    @property
    def others(self) -> list[str]:
        return [branch.label for branch in self.branches if not branch.is_taken]


@dataclass(frozen=True, slots=True)
class Stop:
    """One step of the path."""

    ordinal: str
    title: str
    forks: tuple[Fork, ...]

    @property
    def way(self) -> str:
        """The branches taken, in few words."""
        return _("，").join(taken for fork in self.forks for taken in fork.taken)

    @property
    def in_words(self) -> str:
        """What the picture of the step shows."""
        said = [
            _("%(fork)s：所走分支为%(taken)s，其余为%(others)s")
            % {"fork": fork.label, "taken": _("、").join(fork.taken), "others": _("、").join(fork.others)}
            for fork in self.forks
        ]
        return spaced(f"{self.ordinal} · {self.title}{_('：')}{_('；').join(said)}")


@dataclass(frozen=True, slots=True)
class _Chip:
    x: float
    y: float
    width: float
    branch: Branch


def path_of(phrases: Phrases, answer: Answer) -> list[Stop]:
    """The steps with their forks; a rule set without one of the keys has the step without it."""
    ruleset, stops = phrases.ruleset, []
    for number, keys in FORKS.items():
        forks = []
        for key in keys:
            if key in ruleset.inputs:
                values, taken = tuple(ruleset.inputs[key].values), answer.given[key]
            elif key in ruleset.derived:
                values, taken = ruleset.derived[key].values, (answer.derived.get(key, ""),)
            else:
                continue
            branches = tuple(Branch(_short(phrases.values(key, [value])), value in taken) for value in values)
            forks.append(Fork(phrases.label(key), branches))
        ordinal, title = step_title(number)
        stops.append(Stop(ordinal, title, tuple(forks)))
    return stops


def draw(stops: Sequence[Stop], *, is_tall: bool) -> SafeString:
    """The picture: steps under one another (phones, print) or side by side."""
    width, gap = (336, 24) if is_tall else (226, 28)
    drawn = [_step(stop, width) for stop in stops]
    heights = [height for _markup, height in drawn]
    pieces, x, y = [], 0.0, 0.0
    for (markup, height), stop in zip(drawn, stops, strict=True):
        box = height if is_tall else max(heights)
        pieces.append(
            format_html(
                '<g transform="translate({} {})"><rect class="box" x="1" y="1" width="{}" height="{}" rx="8"/>{}</g>',
                x,
                y,
                width - 2,
                box - 2,
                markup,
            )
        )
        x, y = (x, y + box + gap) if is_tall else (x + width + gap, y)
        if stop is not stops[-1]:
            pieces.append(_arrow(width / 2, y - gap, is_down=True) if is_tall else _arrow(x - gap, 30, is_down=False))
    whole = (width, y - gap) if is_tall else (x - gap, max(heights))
    return format_html(
        '<svg class="path {}" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}</svg>',
        "tall" if is_tall else "wide",
        *whole,
        format_html_join("", "{}", ((piece,) for piece in pieces)),
    )


def _step(stop: Stop, width: float) -> tuple[SafeString, int]:
    """The inside of a step, and the height it needs."""
    y = 24
    pieces = [_words("name", y, stop.ordinal)]
    for fork in stop.forks:
        y += 22
        pieces.append(_words("fork", y, fork.label))
        y += 8
        chips = list(_flow(fork, width - 2 * PAD))
        pieces += [_draw_chip(chip, y) for chip in chips]
        y += LINE * (1 + max((int(chip.y) for chip in chips), default=0))
    return mark_safe("".join(pieces)), y + 10  # noqa: S308  # every piece is escaped already


@lru_cache(maxsize=256)
def _words(kind: str, y: int, words: str) -> SafeString:
    return format_html('<text class="{}" x="{}" y="{}">{}</text>', kind, PAD, y, words)


def _flow(fork: Fork, room: float) -> Iterator[_Chip]:
    """Chips in lines, as words are: `y` counts lines."""
    x, line = 0.0, 0
    for branch in fork.branches:
        width = min(_width(branch.label) + 16 + (15 if branch.is_taken else 0), room)
        if x and x + width > room:
            x, line = 0.0, line + 1
        yield _Chip(x, line, width, branch)
        x += width + 6


@lru_cache(maxsize=1024)  # one branch, taken or not: nothing of the others
def _draw_chip(chip: _Chip, top: int) -> SafeString:
    x, y = round(PAD + chip.x, 1), top + int(chip.y) * LINE
    kind, sign = ("taken", "✓ ") if chip.branch.is_taken else ("way", "")
    return format_html(
        '<g class="{}"><rect x="{}" y="{}" width="{}" height="22" rx="6"/><text x="{}" y="{}">{}{}</text></g>',
        kind,
        x,
        y,
        round(chip.width, 1),
        x + 8,
        y + 16,
        sign,
        chip.branch.label,
    )


def _arrow(x: float, y: float, *, is_down: bool) -> SafeString:
    line = f"M{x} {y + 2}v16m-5 -6l5 6l5 -6" if is_down else f"M{x + 3} {y}h20m-6 -5l6 5l-6 5"
    return format_html('<path class="way-on" d="{}"/>', line)


def _short(label: str) -> str:
    """Without what stands in brackets: the picture has little room, the words beside it say all."""
    return label.partition("（")[0].partition(" (")[0]


@lru_cache(maxsize=1024)
def _width(text: str) -> float:
    """About how wide the words are drawn."""
    return sum(EM if unicodedata.east_asian_width(letter) in "WF" else EM * 0.58 for letter in text)
