"""How two answers differ, in words: for what would change the answer, and for two scenarios side by side."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from strategy.answers import Answer
from strategy.changes import outline
from strategy.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Row:
    """One option in both answers; empty where it is neither listed nor ruled out."""

    option: str
    label: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        return self.first != self.second


def difference(phrases: Phrases, before: Answer, after: Answer) -> list[str]:
    """What changes, treatments first and one by one; the other options only as a number."""
    said = []
    if before.status != after.status:
        said.append(_("结果变为「%(status)s」") % {"status": phrases.status[after.status]})
    others = 0
    for row in rows_of(phrases, before, after):
        if not row.differs:
            continue
        option = phrases.ruleset.options[row.option]
        if option.is_treatment or option.kind == "diagnostic":
            said.append(_sentence(row))
        else:
            others += 1
    if others:
        template = ngettext("另有 %(count)d 项支持或随访条目变化", "另有 %(count)d 项支持或随访条目变化", others)
        said.append(template % {"count": others})
    if not said and outline(before) != outline(after):
        said.append(_("并列条目的排列变化"))
    return said


def treatment_changes(phrases: Phrases, before: Answer, after: Answer) -> list[str]:
    """What changes of the treatments listed, those that change alike together; empty where they stay as they are."""
    ours, theirs = _treatments(phrases, before), _treatments(phrases, after)
    out = {option.option for option in after.ruled_out}
    alike: dict[tuple[str, str], list[str]] = {}
    for key in dict.fromkeys([*ours, *theirs]):
        now, then = ours.get(key, ""), theirs.get(key) or (_("排除") if key in out else "")
        if now != then:
            alike.setdefault((now, then), []).append(phrases.short[key])
    return [_briefly(Row("", _("、").join(labels), now, then)) for (now, then), labels in alike.items()]


def _treatments(phrases: Phrases, answer: Answer) -> dict[str, str]:
    return {
        option.option: phrases.strength[option.strength]
        for option in answer.options
        if phrases.ruleset.options[option.option].is_treatment
    }


def rows_of(phrases: Phrases, first: Answer, second: Answer) -> list[Row]:
    """Every option that is listed or ruled out in either answer, in the order of the first, then of the second."""
    ours, theirs = _standing(phrases, first), _standing(phrases, second)
    return [
        Row(key, phrases.option[key], ours.get(key, ""), theirs.get(key, "")) for key in dict.fromkeys([*ours, *theirs])
    ]


def _standing(phrases: Phrases, answer: Answer) -> dict[str, str]:
    listed = {option.option: phrases.strength[option.strength] for option in answer.options}
    return listed | {out.option: _("排除") for out in answer.ruled_out}


def _briefly(row: Row) -> str:
    names = {"option": row.label, "before": row.first, "after": row.second}
    if row.first and row.second == _("排除"):
        return _("排除%(option)s") % names
    return _("%(option)s %(before)s → %(after)s") % names if row.first and row.second else _sentence(row)


def _sentence(row: Row) -> str:
    names = {"option": row.label, "before": row.first, "after": row.second}
    if not row.first:
        if row.second == _("排除"):
            return _("排除%(option)s") % names
        return _("新列%(option)s（%(after)s）") % names
    if not row.second:
        return _("不再列%(option)s") % names if row.first != _("排除") else _("%(option)s不再被排除") % names
    return _("%(option)s由「%(before)s」变为「%(after)s」") % names
