"""A stored impact in words: for the author before review, and for readers as the change note. No z3 here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from strategy.prover.words import patient_words
from strategy.rules import RuleSet, Text

WAYS: dict[str, Text] = {
    "status": Text("状态改变", "Status changed"),
    "added": Text("新列出的选项", "Options added"),
    "removed": Text("不再列出的选项", "Options removed"),
    "stronger": Text("强度提高", "Strength raised"),
    "weaker": Text("强度降低", "Strength lowered"),
    "ruled_out": Text("新被排除", "Newly ruled out"),
    "not_ruled_out": Text("不再被排除", "No longer ruled out"),
    "caution_added": Text("新增的提示", "Cautions added"),
    "caution_removed": Text("不再出现的提示", "Cautions removed"),
    "conflict": Text("冲突的显示改变", "Conflicts shown differently"),
}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One thing that changes: for how many situations of the core grid, and for whom for example."""

    text: Text
    count: int
    is_elsewhere: bool
    patient: Text


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Changes of one kind."""

    title: Text
    lines: tuple[ChangeLine, ...]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """An impact as the pages show it. `is_elsewhere`: something outside the core grid changes too."""

    grid: int
    changed: int
    is_elsewhere: bool
    groups: tuple[ChangeGroup, ...]
    only_in_old: tuple[str, ...]
    only_in_new: tuple[str, ...]

    @property
    def is_none(self) -> bool:
        """Whether no answer of any patient changes."""
        return not self.groups


def change_view(ruleset: RuleSet, data: Mapping[str, Any]) -> ChangeView:
    """Put a stored impact (impact.Impact as JSON) into words of the newer rule set."""
    groups = []
    for way, title in WAYS.items():
        lines = [_line(ruleset, change) for change in data["changes"] if change["way"] == way]
        if lines:
            groups.append(ChangeGroup(title, tuple(lines)))
    return ChangeView(
        grid=data["grid"],
        changed=data["changed"],
        is_elsewhere=data["is_elsewhere"],
        groups=tuple(groups),
        only_in_old=tuple(data["inputs_only_in_old"]),
        only_in_new=tuple(data["inputs_only_in_new"]),
    )


def _line(ruleset: RuleSet, change: Mapping[str, Any]) -> ChangeLine:
    # The one off the grid is the shorter one: as little known of it as possible.
    patient = change["example"] if change["elsewhere"] is None else change["elsewhere"]
    return ChangeLine(
        Text(**change["text"]), change["count"], change["elsewhere"] is not None, patient_words(ruleset, patient or {})
    )
