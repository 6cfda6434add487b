"""A version's page: its state and what may be done, and its parts as tables, rows grouped by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from strategy.admin.reaching import may_edit
from strategy.admin.wording import (
    KINDS,
    SECTIONS,
    SEVERITIES,
    TABLES,
    Effect,
    effects_of,
    lines_of,
    meaning_of,
    value_of,
)
from strategy.citations import stale_rules
from strategy.forms import words
from strategy.loading import compiled
from strategy.models import RuleSetVersion
from strategy.models.rights import PUBLISH, SIGN, WRITE
from strategy.rules import Rule, RuleSet


@dataclass(frozen=True, slots=True)
class Row:
    """A rule as a row of its table."""

    key: str
    why: str
    conditions: list[str]
    effects: list[Effect]
    facts: int
    priority: int
    editorial: bool
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Any other part as a row: its key, its words, and what else there is to say of it."""

    key: str
    label: str
    badge: str
    about: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under one heading."""

    key: str
    title: str
    rows: list[Any]


def version_page(request: HttpRequest, version: RuleSetVersion) -> dict[str, Any]:
    """Everything the page of a version shows."""
    section = request.GET.get("part", "rules")
    section = section if section in SECTIONS else "rules"
    rules = compiled(version)
    user, status = request.user, version.status
    was_editor = version.was_edited_by(user)
    is_draft, is_waiting = status == "DRAFT", status == "IN_REVIEW"
    is_published = status == "PUBLISHED"
    stale = stale_rules(version) if is_published else frozenset()
    return {
        "version": version,
        "rules": rules,
        "section": section,
        "sections": [(key, label, _count(rules, key)) for key, label in SECTIONS.items()],
        "tables": tables_of(rules, section, stale),
        "stale": stale,
        "may_edit": may_edit(request, version),
        "may_take_over": is_draft and version.held_by_id != user.pk and user.has_perm(WRITE),
        "may_discard": is_draft and user.has_perm(WRITE),
        "may_take_back": is_waiting and version.held_by_id == user.pk and user.has_perm(WRITE),
        "may_review": is_waiting and not was_editor and user.has_perm(PUBLISH),
        "may_withdraw": is_published and user.has_perm(PUBLISH),
        "may_sign": is_published and not version.clinically_signed_at and not was_editor and user.has_perm(SIGN),
        "was_editor": was_editor,
        "is_behind": (is_draft or is_waiting) and version.is_behind(),
        "editors": list(version.editors.order_by("pk")),
        "events": version.events.select_related("actor").order_by("seq"),
        "signature": getattr(version, "signature", None),
        "desk_at": "rulesetversion",
    }


def tables_of(rules: RuleSet, section: str, stale: frozenset[str] = frozenset()) -> list[Table]:
    """The parts of a section, under their headings."""
    if section == "rules":
        found: dict[str, list[Any]] = {key: [] for key in TABLES}
        for rule in rules.rules:
            found.setdefault(rule.table, []).append(_row(rules, rule, stale))
        return [Table(key, str(TABLES.get(key, key)), rows) for key, rows in found.items()]
    return _READERS[section](rules)


def _row(rules: RuleSet, rule: Rule, stale: frozenset[str]) -> Row:
    return Row(
        key=rule.key,
        why=words(rule.why),
        conditions=lines_of(rules, rule.when),
        effects=effects_of(rules, rule),
        facts=len(rule.facts),
        priority=rule.priority,
        editorial=rule.editorial,
        is_stale=rule.key in stale,
    )


def _options(rules: RuleSet) -> list[Table]:
    return [
        Table(
            kind,
            str(label),
            [
                Line(key, words(o.label), _flag(o), [words(rules.cautions[name].text) for name in o.cautions])
                for key, o in rules.options.items()
                if o.kind == kind
            ],
        )
        for kind, label in KINDS.items()
    ]


def _flag(option: Any) -> str:
    if option.fallback:
        return _("表示原文未覆盖")
    return _("只能被排除") if option.avoid_only else ""


def _cautions(rules: RuleSet) -> list[Table]:
    return [
        Table(
            severity,
            str(label),
            [
                Line(key, words(c.text), "", [_("依据 %(n)d 条事实") % {"n": len(c.facts)}])
                for key, c in rules.cautions.items()
                if c.severity == severity
            ],
        )
        for severity, label in SEVERITIES.items()
    ]


def _inputs(rules: RuleSet) -> list[Table]:
    return [
        Table(
            str(step),
            _("第 %(n)d 步") % {"n": step},
            [
                Line(
                    key,
                    words(question.label),
                    _("可选几个") if question.multiple else "",
                    [_("、").join(words(text) for text in question.values.values()), words(question.help)],
                )
                for key, question in rules.inputs.items()
                if question.step == step
            ],
        )
        for step in sorted({question.step for question in rules.inputs.values()})
    ]


def _derived(rules: RuleSet) -> list[Table]:
    rows = []
    for key, fact in rules.derived.items():
        meanings = [(value_of(rules, key, value), meaning_of(rules, key, value)) for value in fact.values]
        about = [_("%(value)s：%(when)s") % {"value": name, "when": when} for name, when in meanings if when]
        about.append(_("其余：%(value)s") % {"value": value_of(rules, key, fact.default)})
        rows.append(Line(key, words(fact.label), "", about))
    return [Table("derived", str(SECTIONS["derived"]), rows)]


def _validations(rules: RuleSet) -> list[Table]:
    return [
        Table(
            level,
            title,
            [
                Line(check.key, words(check.text), "", lines_of(rules, check.when))
                for check in rules.validations
                if check.blocks == (level == "block")
            ],
        )
        for level, title in (("block", _("拦下：更正前不给答案")), ("warn", _("提醒：照常回答并显示提示")))
    ]


def _groups(rules: RuleSet) -> list[Table]:
    rows = [
        Line(name, name, "", [_("、").join(words(rules.options[key].label) for key in keys)])
        for name, keys in rules.groups.items()
    ]
    return [Table("groups", str(SECTIONS["groups"]), rows)]


def _texts(rules: RuleSet) -> list[Table]:
    rows = [Line(name, text.zh, "", [text.en]) for name, text in rules.texts.items()]
    return [Table("texts", str(SECTIONS["texts"]), rows)]


def _count(rules: RuleSet, section: str) -> int:
    return len(getattr(rules, section))


_READERS = {
    "options": _options,
    "cautions": _cautions,
    "inputs": _inputs,
    "derived": _derived,
    "validations": _validations,
    "groups": _groups,
    "texts": _texts,
}
