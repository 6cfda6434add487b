"""Why an option is not in the answer, and what would change the answer: in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from portal.localise import spaced
from strategy.absences import Absence, absences
from strategy.answers import Answer
from strategy.changes import Change, Changes, Flip
from strategy.conditions import Test
from strategy.contrasts import difference, treatment_changes
from strategy.evidence import Evidence
from strategy.phrases import Markup, Phrases
from strategy.pieces import joined
from strategy.rules import TREATMENTS


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Options that are not listed: how many, and for each the reason and the sentence of the article behind it."""

    count: int
    items: Markup


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer, or several that do the same: what then changes."""

    when: str
    then: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turns:
    """A question whose answer would change the result."""

    question: str
    now: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """`unknown`: what to find out; `known`: what is given otherwise; `pairs`: two at once; all changes in full words.

    `leading`: of the unknowns those that change the treatments listed, `otherwise`: of the given, `together`: of two
    at once; in few words, of the treatments alone.
    """

    unknown: tuple[Turns, ...]
    known: tuple[Turns, ...]
    pairs: tuple[Turn, ...]
    leading: tuple[Turns, ...]
    otherwise: tuple[Turns, ...]
    together: tuple[Turn, ...]
    is_complete: bool

    @property
    def count(self) -> int:
        """How many lines the full list has."""
        return sum(len(turns.turns) for turns in (*self.unknown, *self.known)) + len(self.pairs)


def why_not(phrases: Phrases, answer: Answer, evidence: Evidence) -> tuple[WhyNot, WhyNot]:
    """Every option that is not listed: treatments, and the others."""
    treatments: list[Markup] = []
    others: list[Markup] = []
    read = escape(_("看原文"))
    for absence in absences(phrases.ruleset, answer):
        is_treatment = phrases.ruleset.options[absence.option].kind in TREATMENTS
        text, url = _why(phrases, answer, evidence, absence)
        label = phrases.unbroken(phrases.option[absence.option])
        link = f' <a href="{escape(url)}">{read}</a>' if url else ""
        item = f'<div data-absent="{absence.option}"><dt>{label}</dt><dd>{text}{link}</dd></div>'
        (treatments if is_treatment else others).append(mark_safe(item))  # noqa: S308  # keys are plain, words escaped
    return WhyNot(len(treatments), joined(treatments)), WhyNot(len(others), joined(others))


def _why(phrases: Phrases, answer: Answer, evidence: Evidence, absence: Absence) -> tuple[Markup, str]:
    """Why, as markup; and where the article says so."""
    rule, unbroken = absence.rule, phrases.unbroken
    if absence.vetoes:
        reasons = _("；").join(dict.fromkeys(unbroken(phrases.why[veto.key]) for veto in absence.vetoes))
        text, rule = _("已排除：%(reasons)s。") % {"reasons": reasons}, absence.vetoes[0]
    elif rule is None or absence.part is None:
        return escape(_("本工具不把它列为选项，只可能被排除。")), ""
    else:
        names = {"need": unbroken(phrases.part(absence.part)), "now": _now(phrases, answer, absence)}
        text = (_("需%(need)s；现为%(now)s。") if names["now"] else _("需%(need)s。")) % names
        if absence.failed > 1:
            text += _("另有 %(count)d 个条件不符。") % {"count": absence.failed - 1}
    return mark_safe(text), evidence.sentence(rule.facts, rule.section)  # noqa: S308  # `unbroken` escapes what is put in


def _now(phrases: Phrases, answer: Answer, absence: Absence) -> Markup | str:
    """What the input says where the condition failed."""
    if not isinstance(absence.part, Test):
        return ""
    key = absence.part.key
    values = answer.given[key] if key in answer.given else (answer.derived[key],)
    return phrases.shown(key, values)


Said = Callable[[Phrases, Answer, Answer], list[str]]


def explain(phrases: Phrases, answer: Answer, changes: Changes) -> Explained:
    """Changes in words: of one question by question, answers that do the same together; then of two."""
    unknown = [change for change in changes.single if change.flips[0].was_unknown]
    known = [change for change in changes.single if not change.flips[0].was_unknown]
    return Explained(
        unknown=_by_question(phrases, answer, unknown, difference),
        known=_by_question(phrases, answer, known, difference),
        pairs=_pairs(phrases, answer, changes.pairs, difference),
        leading=_by_question(phrases, answer, unknown, treatment_changes),
        otherwise=_by_question(phrases, answer, known, treatment_changes),
        together=_pairs(phrases, answer, changes.pairs, treatment_changes),
        is_complete=changes.is_complete,
    )


def _by_question(phrases: Phrases, answer: Answer, found: Iterable[Change], said: Said) -> tuple[Turns, ...]:
    """Changes of one question under it; without those of which nothing is said."""
    grouped: dict[str, list[Change]] = {}
    for change in found:
        grouped.setdefault(change.flips[0].key, []).append(change)
    turns = (
        Turns(phrases.question[key], phrases.values(key, same[0].flips[0].before), _turns(phrases, answer, same, said))
        for key, same in grouped.items()
    )
    return tuple(one for one in turns if one.turns)


def _turns(phrases: Phrases, answer: Answer, found: Iterable[Change], said: Said) -> tuple[Turn, ...]:
    """Answers to one question, those with the same effect as one."""
    by_effect: dict[tuple[str, ...], list[str]] = {}
    for change in found:
        flip = change.flips[0]
        if effect := tuple(said(phrases, answer, change.answer)):
            by_effect.setdefault(effect, []).append(phrases.values(flip.key, flip.after))
    return tuple(Turn(spaced(_(" 或 ").join(values)), effect) for effect, values in by_effect.items())


def _pairs(phrases: Phrases, answer: Answer, found: Iterable[Change], said: Said) -> tuple[Turn, ...]:
    named = (
        (
            spaced(_(" 且 ").join(_named(phrases, flip) for flip in change.flips)),
            tuple(said(phrases, answer, change.answer)),
        )
        for change in found
    )
    return tuple(Turn(when, effect) for when, effect in named if effect)


def _named(phrases: Phrases, flip: Flip) -> str:
    names = {"label": phrases.question[flip.key], "values": phrases.values(flip.key, flip.after)}
    return spaced(_("%(label)s为%(values)s") % names)
