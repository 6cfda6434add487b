"""An answer as the page shows it: in groups, in the reader's words, with every caution in the open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portal.names import whole
from portal.templatetags.portal import sentence
from strategy.answers import Answer, Conflict, Contradiction, Listed, RuledOut
from strategy.cards import Card, Correction, Dispute, Excluded, Group, Part, Rows
from strategy.evidence import Evidence
from strategy.phrases import Markup, Phrases, breaking, linked
from strategy.pieces import evidence as evidence_of
from strategy.pieces import joined, reason
from strategy.possible import vetoes_still_open
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
        self._language = get_language() or ""
        self._open = vetoes_still_open(self.ruleset, answer.given)
        self._disputes = {conflict.option: self._dispute(conflict) for conflict in answer.conflicts}
        self.disputes = list(self._disputes.values())
        self.warnings = self._notes(answer.warnings)
        self.corrections = [self._correction(found) for found in answer.contradictions]
        self.excluded = [self._excluded(out) for out in answer.ruled_out if out.proposed_by]
        self.excluded_anyway = [self._excluded(out) for out in answer.ruled_out if not out.proposed_by]
        self.excluded_notes = self._notes(dict.fromkeys(name for out in answer.ruled_out for name in out.cautions))
        first, tests, treatment, uncovered, support, follow = self._sorted()
        self._on_cards = {name: option.option for option in reversed(treatment) for name in option.cautions}
        self.first, self.tests, self.uncovered = self._rows(first), self._rows(tests), self._rows(uncovered)
        self.treatments = self._groups(treatment)
        self.support, self.follow = self._rows(support, above=True), self._rows(follow, above=True)
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
                by_words.setdefault(self.phrases.values(key, values), []).append(self.phrases.brief[key])
        ordered = sorted(by_words.items(), key=lambda item: len(item[1]) > 1)
        return [(_("、").join(labels), chosen) for chosen, labels in ordered]

    @property
    def unknown(self) -> list[str]:
        """The questions counted as unknown."""
        return [self.phrases.brief[key] for key, values in self.answer.given.items() if values == (UNKNOWN,)]

    @property
    def given_words(self) -> Markup:
        """What was answered in one line, what was chosen marked."""
        line = (f"{escape(label)} <b>{whole(chosen)}</b>" for label, chosen in self.given)
        return mark_safe(_("；").join(line))  # noqa: S308  # escaped in place

    @property
    def unknown_words(self) -> Markup:
        return self.phrases.questions(key for key, values in self.answer.given.items() if values == (UNKNOWN,))

    @property
    def first_links(self) -> Markup:
        """What comes first, by name; it stands under one heading."""
        cards = self.first.cards if self.first else ()
        return linked((("#strategy-first", card.label) for card in cards), _("、"))

    @property
    def news(self) -> str:
        """The answer in one sentence, for whoever does not see it change."""
        said = [_("结果：%(title)s") % {"title": self.title}]
        if self.treatments:
            count = sum(len(group.cards) for group in self.treatments)
            said.append(ngettext("%(count)d 个治疗选项", "%(count)d 个治疗选项", count) % {"count": count})
            names = _("、").join(self.phrases.short[card.option] for card in self.treatments[0].cards)
            said.append(_("%(strength)s %(names)s") % {"strength": self.treatments[0].label, "names": names})
        elif self.first:
            said.append(_("先补 %(count)d 项") % {"count": len(self.first.cards)})
        return _("%(list)s。") % {"list": _("，").join(said)}

    @property
    def parts(self) -> list[Part]:
        """What the answer consists of, in order, for the list that leads through it."""
        found = [
            Part("first", _("先补"), len(self.first.cards) if self.first else 0),
            Part("tests", _("可补检查"), len(self.tests.cards) if self.tests else 0),
            Part("uncovered", _("原文没有"), len(self.uncovered.cards) if self.uncovered else 0),
            *(Part(group.strength, sentence(group.label), len(group.cards)) for group in self.treatments),
            Part("out", _("已排除"), len(self.excluded) + len(self.excluded_anyway)),
        ]
        rest = [Part("turns", _("改变结论")), Part("why-not", _("为何没有")), Part("path", _("路径"))]
        more = [Part(name, label) for name, label, rows in self._later() if rows]
        return [part for part in found if part.count] + rest + more + [Part("keep", _("带走"))]

    def _later(self) -> list[tuple[str, str, Rows | None]]:
        return [("support", _("支持"), self.support), ("follow", _("随访"), self.follow)]

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
            template = _("%(count)d 项并列为「%(strength)s」") if count > 1 else _("%(count)d 项「%(strength)s」")
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
                names = linked(((f"#o-{card.option}", self.phrases.short[card.option]) for card in cards), _("、"))
                groups.append(Group(strength, self.phrases.strength[strength], cards, names))
        return groups

    def _rows(self, options: list[Listed], *, above: bool = False) -> Rows | None:
        """With `above` every caution stands above the rows, which are folded; else those of several of them."""
        if not options:
            return None
        counted = Counter(name for option in options for name in option.cautions)
        shared = {name for name, count in counted.items() if count > 1 or above}
        notes = []
        for key in (name for name in self.answer.cautions if name in shared):
            labels = tuple(self.phrases.bare[option.option] for option in options if key in option.cautions)
            is_common = len(labels) == len(options)
            notes.append(self.phrases.note[key] if is_common else self.phrases.note_about(key, labels))
        names = _("、").join(self.phrases.bare[option.option] for option in options)
        return Rows(tuple(self._row(option, without=shared) for option in options), joined(notes), names)

    def _row(self, option: Listed, *, without: set[str]) -> Card:
        """A row; what a card of this answer already says in the open it leads to, except contraindications."""
        grave = {name for name in option.cautions if self.ruleset.cautions[name].severity == "contraindication"}
        told = self._on_cards.keys() - without - grave
        said = {name: self._on_cards[name] for name in option.cautions if name in told}
        places = [(f"#o-{key}", self.phrases.option[key]) for key in dict.fromkeys(said.values())]
        return self._card(option, without={*without, *said}, elsewhere=linked(places, _("、")) if places else "")

    def _card(self, option: Listed, *, without: Collection[str] = (), elsewhere: Markup | str = "") -> Card:
        key, others = option.option, self._singles.get(option.option, ())
        claims = tuple(self.evidence.claim(fact, others) for fact in option.facts)
        not_for = self.phrases.not_for.get(key, {})
        return Card(
            option=key,
            label=self.phrases.option[key],
            heading=self.phrases.heading[key],
            strength=option.strength,
            strength_label=sentence(self.phrases.strength[option.strength]),
            reasons=self._reasons(option.rules),
            notes=self._notes(name for name in option.cautions if name not in without),
            evidence=evidence_of(claims, self.phrases.option[key], self._language),
            claims=len(claims),
            doubts=sum(claim.is_doubtful for claim in claims),
            unless=_("；").join(words for rule, words in not_for.items() if rule in self._open),
            not_for=_("；").join(words for rule, words in not_for.items() if rule not in self._open),
            elsewhere=elsewhere,
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
            dispute=self._disputes.get(out.option),
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
            resolution = _("已是「%(strength)s」，不再降级") % {"strength": labels[after]}
        else:
            resolution = _("由「%(before)s」降为「%(after)s」") % {"before": labels[before], "after": labels[after]}
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

    def _reasons(self, keys: Iterable[str]) -> Markup:
        found = []
        for key in keys:
            rule = self.phrases.rules[key]
            section = self.evidence.section(rule.section)
            place = self.evidence.sentence(rule.facts, rule.section), section.number, section.title
            badges = rule.editorial, key in self._stale
            found.append(reason(key, sentence(self.phrases.why[key]), place, badges, self._language))
        return joined(found)

    def _words(self, keys: Iterable[str]) -> str:
        return _("；").join(dict.fromkeys(self.phrases.why[key] for key in keys))

    def _notes(self, keys: Iterable[str]) -> Markup:
        return joined(self.phrases.note[key] for key in keys)


def _single_drugs(phrases: Phrases) -> dict[str, tuple[str, ...]]:
    """For each option that is one drug the names of the other drugs: their figures are not shown beside its own."""
    drugs = {
        key: key.removeprefix("tki_") for key, option in phrases.ruleset.options.items() if option.kind == "systemic"
    }
    plain = {key: name for key, name in drugs.items() if key != name and "_" not in name}
    return {key: tuple(other for other in plain.values() if other != name) for key, name in plain.items()}
