"""An answer as the page shows it: in groups, in the reader's words, with every caution in the open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from strategy.answers import Answer, Conflict, Contradiction, Listed, RuledOut
from strategy.evidence import Claim, Evidence, Section
from strategy.forms import words
from strategy.rules import STRENGTHS, TREATMENTS, UNKNOWN, RuleSet

URGENT = 90  # rules of the safety and missing-data bands: their advice comes before the treatments
NOTE_KINDS = {"contraindication": "stop", "caution": "caution", "editorial": "caution", "info": "info"}


def breakable(label: str) -> list[str]:
    """Split before brackets, after colons and commas, so that no heading breaks inside a word."""
    return re.split(r"(?=（)|(?<=[：，])|(?=联合)|(?=并维持)", label)


@dataclass(frozen=True, slots=True)
class Note:
    """A caution as shown."""

    key: str
    kind: str
    title: str
    text: str
    concerns: tuple[str, ...] = ()  # labels of the options, where it stands above several


@dataclass(frozen=True, slots=True)
class Dispute:
    """Rules that disagree about an option, and how it was settled."""

    option: str
    label: str
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    resolution: str


@dataclass(frozen=True, slots=True)
class Card:
    """An option that is listed."""

    option: str
    label: str
    strength: str
    strength_label: str
    reasons: tuple[str, ...]
    notes: tuple[Note, ...]
    claims: tuple[Claim, ...]
    sections: tuple[Section, ...]
    dispute: Dispute | None

    @property
    def phrases(self) -> list[str]:
        """The label in pieces between which a heading may break."""
        return breakable(self.label)


@dataclass(frozen=True, slots=True)
class Rows:
    """Options shown as rows. A caution of several of them stands once, above, and names them."""

    cards: tuple[Card, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Options of one strength, which stand side by side."""

    strength: str
    label: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Excluded:
    """An option that was ruled out; `proposals` are the reasons of the rules that had proposed it."""

    option: str
    label: str
    reasons: tuple[str, ...]
    proposals: tuple[str, ...]

    @property
    def phrases(self) -> list[str]:
        return breakable(self.label)


@dataclass(frozen=True, slots=True)
class Correction:
    """A contradiction in the input: what is wrong and which questions to correct."""

    text: str
    questions: tuple[tuple[str, str], ...]  # key, label


class Presentation:
    """Everything the templates ask of an answer."""

    def __init__(self, ruleset: RuleSet, answer: Answer, evidence: Evidence) -> None:
        self.ruleset, self.answer, self.evidence = ruleset, answer, evidence
        self.status = answer.status
        self.title = words(ruleset.statuses[answer.status])
        self._rules = {rule.key: rule for rule in ruleset.rules}
        self._disputes = {conflict.option: self._dispute(conflict) for conflict in answer.conflicts}
        self.disputes = list(self._disputes.values())
        self.warnings = self._notes(answer.warnings)
        self.corrections = [self._correction(found) for found in answer.contradictions]
        self.excluded = [self._excluded(out) for out in answer.ruled_out if out.proposed_by]
        self.excluded_anyway = [self._excluded(out) for out in answer.ruled_out if not out.proposed_by]
        self.excluded_notes = self._notes(dict.fromkeys(name for out in answer.ruled_out for name in out.cautions))
        first, treatment, uncovered, support, follow = self._sorted()
        self.first, self.uncovered = self._rows(first), self._rows(uncovered)
        self.treatments = self._groups(treatment)
        self.support, self.follow = self._rows(support), self._rows(follow)
        self.notes = self._notes(self._not_in_cards())
        self.lead = self._lead(len(first))

    @property
    def phrases(self) -> list[str]:
        return breakable(self.title)

    @property
    def given(self) -> list[tuple[str, str]]:
        """What was answered, as label and words; questions answered alike (none, no) stand together, at the end."""
        by_words: dict[str, list[str]] = {}
        for key, values in self.answer.given.items():
            if values != (UNKNOWN,):
                by_words.setdefault(self._chosen(key, values), []).append(words(self.ruleset.inputs[key].label))
        ordered = sorted(by_words.items(), key=lambda item: len(item[1]) > 1)
        return [(_("、").join(labels), chosen) for chosen, labels in ordered]

    @property
    def unknown(self) -> list[str]:
        """The questions counted as unknown."""
        return [
            words(self.ruleset.inputs[key].label) for key, values in self.answer.given.items() if values == (UNKNOWN,)
        ]

    def _chosen(self, key: str, values: Iterable[str]) -> str:
        known = self.ruleset.inputs[key].values
        return _("、").join(words(known[value]) for value in values)

    def _sorted(self) -> tuple[list[Listed], list[Listed], list[Listed], list[Listed], list[Listed]]:
        """The options in the groups of the page; in each the order of the answer."""
        first, treatment, uncovered, support, follow = [], [], [], [], []
        for option in self.answer.options:
            known = self.ruleset.options[option.option]
            if known.fallback:
                uncovered.append(option)
            elif known.kind in TREATMENTS:
                treatment.append(option)
            elif known.kind == "monitoring":
                follow.append(option)
            elif known.kind == "diagnostic" or option.strength == STRENGTHS[0] or option.priority >= URGENT:
                first.append(option)
            else:
                support.append(option)
        return first, treatment, uncovered, support, follow

    def _not_in_cards(self) -> list[str]:
        """Cautions of rules that act on no option shown: they speak of the whole answer."""
        shown = {name for option in self.answer.options for name in option.cautions}
        shown.update(name for out in self.answer.ruled_out for name in out.cautions)
        shown.update(self.answer.warnings)
        return [name for name in self.answer.cautions if name not in shown]

    def _lead(self, first: int) -> str:
        """The answer in one line of counts; no judgement of its own."""
        parts = []
        if first:
            parts.append(ngettext("%(count)d 项先补", "%(count)d 项先补", first) % {"count": first})
        for group in self.treatments:
            count = len(group.cards)
            template = _("%(count)d 项并列为“%(strength)s”") if count > 1 else _("%(count)d 项“%(strength)s”")
            parts.append(template % {"count": count, "strength": group.label})
        if self.excluded:
            parts.append(_("%(count)d 项有条目提出但被排除") % {"count": len(self.excluded)})
        lowered = sum(1 for conflict in self.answer.conflicts if conflict.resolution != "veto")
        if lowered:
            parts.append(_("%(count)d 处条目之间有冲突") % {"count": lowered})
        return _("%(list)s。") % {"list": _("，").join(parts)} if parts else ""

    def _groups(self, options: list[Listed]) -> list[Group]:
        groups = []
        for strength in STRENGTHS:
            cards = self._cards([option for option in options if option.strength == strength])
            if cards:
                groups.append(Group(strength, words(self.ruleset.strength_labels[strength]), tuple(cards)))
        return groups

    def _rows(self, options: list[Listed]) -> Rows | None:
        if not options:
            return None
        counted = Counter(name for option in options for name in option.cautions)
        shared = {name for name, count in counted.items() if count > 1}
        notes = []
        for note in self._notes(name for name in self.answer.cautions if name in shared):
            labels = tuple(self._label(option.option) for option in options if note.key in option.cautions)
            notes.append(replace(note, concerns=labels if len(labels) < len(options) else ()))
        return Rows(tuple(self._card(option, without=shared) for option in options), tuple(notes))

    def _cards(self, options: list[Listed]) -> list[Card]:
        return [self._card(option) for option in options]

    def _card(self, option: Listed, *, without: Collection[str] = ()) -> Card:
        return Card(
            option=option.option,
            label=self._label(option.option),
            strength=option.strength,
            strength_label=words(self.ruleset.strength_labels[option.strength]),
            reasons=tuple(words(reason) for reason in option.reasons),
            notes=self._notes(name for name in option.cautions if name not in without),
            claims=tuple(self.evidence.claim(key) for key in option.facts),
            sections=tuple(self.evidence.section(key) for key in option.sections),
            dispute=self._disputes.get(option.option),
        )

    def _excluded(self, out: RuledOut) -> Excluded:
        return Excluded(
            option=out.option,
            label=self._label(out.option),
            reasons=tuple(words(reason) for reason in out.reasons),
            proposals=self._reasons(out.proposed_by),
        )

    def _dispute(self, conflict: Conflict) -> Dispute:
        before, _arrow, after = conflict.resolution.partition(" -> ")
        if not after:
            resolution = _("以安全规则为准：排除")
        else:
            labels = self.ruleset.strength_labels
            if before == after:
                resolution = _("已是“%(strength)s”，不再降级") % {"strength": words(labels[after])}
            else:
                names = {"before": words(labels[before]), "after": words(labels[after])}
                resolution = _("由“%(before)s”降为“%(after)s”") % names
        return Dispute(
            option=conflict.option,
            label=self._label(conflict.option),
            reasons_for=self._reasons(conflict.rules_for),
            reasons_against=self._reasons(conflict.rules_against),
            resolution=resolution,
        )

    def _correction(self, found: Contradiction) -> Correction:
        labels = tuple((key, words(self.ruleset.inputs[key].label)) for key in found.keys)
        if found.text is not None:
            return Correction(words(found.text), labels)
        text = _("这一项只能选一个值。") if found.kind == "single" else _("互斥的选项不能与其他选项同时勾选。")
        return Correction(text, labels)

    def _reasons(self, keys: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(words(self._rules[key].why) for key in keys))

    def _label(self, option: str) -> str:
        return words(self.ruleset.options[option].label)

    def _notes(self, keys: Iterable[str]) -> tuple[Note, ...]:
        titles = {"contraindication": _("禁忌"), "caution": _("注意"), "info": _("说明")}
        found = []
        for key in keys:
            caution = self.ruleset.cautions[key]
            title = titles.get(caution.severity, "")  # editorial notes begin with their own name
            found.append(Note(key, NOTE_KINDS[caution.severity], title, words(caution.text)))
        return tuple(found)
