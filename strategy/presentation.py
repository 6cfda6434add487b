"""An answer as the page shows it: in groups, in the reader's words, with every caution in the open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.templatetags.portal import sentence
from strategy.answers import Answer, Conflict, Contradiction, Listed, RuledOut
from strategy.cards import Card, Correction, Dispute, Excluded, Group, Reason, Rows
from strategy.evidence import Evidence
from strategy.phrases import Markup, Phrases, breaking, linked
from strategy.rules import STRENGTHS, TREATMENTS, UNKNOWN

URGENT = 90  # rules of the safety and missing-data bands: their advice comes before the treatments


class Presentation:
    """Everything the templates ask of an answer."""

    def __init__(
        self, phrases: Phrases, answer: Answer, evidence: Evidence, *, stale: Collection[str] = frozenset()
    ) -> None:
        self.phrases, self.answer, self.evidence, self._stale = phrases, answer, evidence, stale
        self.ruleset = phrases.ruleset
        self.status, self.title = answer.status, phrases.status[answer.status]
        self.heading = breaking(self.title)
        self._singles = _single_drugs(phrases)
        self._disputes = {conflict.option: self._dispute(conflict) for conflict in answer.conflicts}
        self.disputes = list(self._disputes.values())
        self.warnings = self._notes(answer.warnings)
        self.corrections = [self._correction(found) for found in answer.contradictions]
        self.excluded = [self._excluded(out) for out in answer.ruled_out if out.proposed_by]
        self.excluded_anyway = [self._excluded(out) for out in answer.ruled_out if not out.proposed_by]
        self.excluded_notes = self._notes(dict.fromkeys(name for out in answer.ruled_out for name in out.cautions))
        first, tests, treatment, uncovered, support, follow = self._sorted()
        self.first, self.tests, self.uncovered = self._rows(first), self._rows(tests), self._rows(uncovered)
        self.treatments = self._groups(treatment)
        self.support, self.follow = self._rows(support), self._rows(follow)
        self.notes = self._notes(self.of_the_whole)
        self.lead = self._lead(len(first))
        self.next = self._next(first, tests, support, follow)
        self.has_stale = any(rule in stale for rule in answer.fired)

    @property
    def given(self) -> list[tuple[str, str]]:
        """What was answered, as label and words; questions answered alike (none, no) stand together, at the end."""
        by_words: dict[str, list[str]] = {}
        for key, values in self.answer.given.items():
            if values != (UNKNOWN,):
                by_words.setdefault(self.phrases.values(key, values), []).append(self.phrases.question[key])
        ordered = sorted(by_words.items(), key=lambda item: len(item[1]) > 1)
        return [(_("、").join(labels), chosen) for chosen, labels in ordered]

    @property
    def unknown(self) -> list[str]:
        """The questions counted as unknown."""
        return [self.phrases.question[key] for key, values in self.answer.given.items() if values == (UNKNOWN,)]

    @property
    def news(self) -> str:
        """The answer in one sentence, for whoever does not see it change."""
        return _("结果已更新：%(title)s。%(lead)s") % {"title": self.title, "lead": self.lead}

    @property
    def bullets(self) -> list[str]:
        """The strongest treatments by name, for the line that is always in reach."""
        return [card.label for group in self.treatments[:1] for card in group.cards]

    def _sorted(self) -> tuple[list[Listed], ...]:
        """The options in the groups of the page; in each the order of the answer.

        First what must be done, and urgent advice; tests that are no more than advised stand apart from it.
        """
        first, tests, treatment, uncovered, support, follow = [], [], [], [], [], []
        for option in self.answer.options:
            known = self.ruleset.options[option.option]
            if known.fallback:
                uncovered.append(option)
            elif known.kind in TREATMENTS:
                treatment.append(option)
            elif known.kind == "monitoring":
                follow.append(option)
            elif option.strength == STRENGTHS[0]:
                first.append(option)
            elif known.kind == "diagnostic":
                tests.append(option)
            elif option.priority >= URGENT:
                first.append(option)
            else:
                support.append(option)
        return first, tests, treatment, uncovered, support, follow

    @property
    def of_the_whole(self) -> list[str]:
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

    def _next(self, first: list[Listed], tests: list[Listed], support: list[Listed], follow: list[Listed]) -> Markup:
        """What goes with any of the treatments: what is still out, tests, support, follow-up; words and links."""
        steps = []
        for options, anchor, template in (
            (first, "first", _("先完成%(what)s")),
            (tests, "tests", _("可补做%(what)s")),
            (support, "support", _("同时%(what)s")),
            (follow, "follow", _("之后%(what)s")),
        ):
            if options:
                named = [self.phrases.option[option.option] for option in options[:2]]
                what = _("、").join(named) + (_("等 %(count)d 项") % {"count": len(options)} if options[2:] else "")
                steps.append((f"#strategy-{anchor}", template % {"what": what}))
        return linked(steps)

    def _groups(self, options: list[Listed]) -> list[Group]:
        groups = []
        for strength in STRENGTHS:
            cards = tuple(self._card(option) for option in options if option.strength == strength)
            if cards:
                groups.append(Group(strength, self.phrases.strength[strength], cards))
        return groups

    def _rows(self, options: list[Listed]) -> Rows | None:
        if not options:
            return None
        counted = Counter(name for option in options for name in option.cautions)
        shared = {name for name, count in counted.items() if count > 1}
        notes = []
        for key in (name for name in self.answer.cautions if name in shared):
            labels = tuple(self.phrases.option[option.option] for option in options if key in option.cautions)
            is_common = len(labels) == len(options)
            notes.append(self.phrases.note[key] if is_common else self.phrases.note_about(key, labels))
        return Rows(tuple(self._card(option, without=shared) for option in options), tuple(notes))

    def _card(self, option: Listed, *, without: Collection[str] = ()) -> Card:
        key, others = option.option, self._singles.get(option.option, ())
        return Card(
            option=key,
            label=self.phrases.option[key],
            heading=self.phrases.heading[key],
            strength=option.strength,
            strength_label=sentence(self.phrases.strength[option.strength]),
            reasons=self._reasons(option.rules),
            notes=self._notes(name for name in option.cautions if name not in without),
            claims=tuple(self.evidence.claim(fact, others) for fact in option.facts),
            not_for=self.phrases.not_for.get(key, ()),
            dispute=self._disputes.get(key),
            is_stale=self._is_stale(key),
        )

    def _excluded(self, out: RuledOut) -> Excluded:
        return Excluded(
            option=out.option,
            label=self.phrases.option[out.option],
            heading=self.phrases.heading[out.option],
            reasons=self._reasons(out.rules),
            proposals=self._words(out.proposed_by),
            is_stale=self._is_stale(out.option),
        )

    def _is_stale(self, option: str) -> bool:
        """Whether a rule that fired and acts on the option waits to be looked at again."""
        fired = (self.phrases.rules[key] for key in self.answer.fired if key in self._stale)
        return any(option in rule.options for rule in fired)

    def _dispute(self, conflict: Conflict) -> Dispute:
        before, _arrow, after = conflict.resolution.partition(" -> ")
        labels = self.phrases.strength
        if not after:
            resolution = _("以安全规则为准：排除")
        elif before == after:
            resolution = _("已是“%(strength)s”，不再降级") % {"strength": labels[after]}
        else:
            resolution = _("由“%(before)s”降为“%(after)s”") % {"before": labels[before], "after": labels[after]}
        return Dispute(
            option=conflict.option,
            label=self.phrases.option[conflict.option],
            reasons_for=self._words(conflict.rules_for),
            reasons_against=self._words(conflict.rules_against),
            resolution=resolution,
        )

    def _correction(self, found: Contradiction) -> Correction:
        labels = tuple((key, self.phrases.question[key]) for key in found.keys)
        if found.text is not None:
            return Correction(self.phrases.of(found.text), labels)
        text = _("这一项只能选一个值。") if found.kind == "single" else _("互斥的选项不能与其他选项同时勾选。")
        return Correction(text, labels)

    def _reasons(self, keys: Iterable[str]) -> tuple[Reason, ...]:
        found = []
        for key in keys:
            rule = self.phrases.rules[key]
            url, place = self.evidence.sentence(rule.facts, rule.section), self.evidence.section(rule.section).title
            found.append(Reason(key, sentence(self.phrases.why[key]), url, place, rule.editorial, key in self._stale))
        return tuple(found)

    def _words(self, keys: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.phrases.why[key] for key in keys))

    def _notes(self, keys: Iterable[str]) -> tuple[Markup, ...]:
        return tuple(self.phrases.note[key] for key in keys)


def _single_drugs(phrases: Phrases) -> dict[str, tuple[str, ...]]:
    """For each option that is one drug the names of the other drugs: their figures are not shown beside its own."""
    drugs = {
        key: key.removeprefix("tki_") for key, option in phrases.ruleset.options.items() if option.kind == "systemic"
    }
    plain = {key: name for key, name in drugs.items() if key != name and "_" not in name}
    return {key: tuple(other for other in plain.values() if other != name) for key, name in plain.items()}
