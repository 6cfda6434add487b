"""The words of a rule set in one language, made once: labels, conditions, notes as markup. Nothing of a patient."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from threading import Lock

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.localise import spaced
from portal.names import titled, whole
from portal.templatetags.portal import sentence
from strategy.conditions import Condition, Either, Part, Test
from strategy.rules import STATE, Rule, RuleSet, Text

Markup = SafeString
KEPT = 16
MOST_KEPT = 2000
NOTE_KINDS = {"contraindication": "stop", "caution": "caution", "editorial": "caution", "info": "info"}
# Derived facts have values without words of their own: these are the ones that rules use.
DERIVED_WORDS = {
    "yes": Text("是", "yes"),
    "no": Text("否", "no"),
    "unknown": Text("未知", "unknown"),
    "possible": Text("可能", "possible"),
    "none": Text("无", "none"),
    "other": Text("其他", "other"),
    "g1": Text("一代", "first generation"),
    "g2": Text("二代", "second generation"),
    "g3": Text("三代", "third generation"),
    "both": Text("两类并存", "both"),
    "alk_dependent": Text("ALK 依赖性", "ALK-dependent"),
    "alk_independent": Text("非 ALK 依赖性", "ALK-independent"),
    "none_found": Text("已检测、均未检出", "tested, none found"),
    "untested": Text("未检测全", "not fully tested"),
}

BRACKET = re.compile(r"\s*[（(][^（(]*[）)]$")

_kept: dict[tuple[str, str], Phrases] = {}
_lock = Lock()


def phrases_of(sha256: str, ruleset: RuleSet) -> Phrases:
    """The words of this rule set in the reader's language, kept by the process under the hash of the source."""
    key = (sha256, get_language() or "")
    found = _kept.get(key)
    if found is None:
        found = Phrases(ruleset, is_english=key[1] == "en")
        with _lock:
            while len(_kept) >= KEPT:
                del _kept[next(iter(_kept))]
            _kept[key] = found
    return found


class Phrases:
    """Words of one rule set in one language."""

    def __init__(self, ruleset: RuleSet, *, is_english: bool) -> None:
        self.ruleset, self._is_english = ruleset, is_english
        self.option = {key: self.of(option.label) for key, option in ruleset.options.items()}
        self.question = {key: self.of(question.label) for key, question in ruleset.inputs.items()}
        self.strength = {key: self.of(text) for key, text in ruleset.strength_labels.items()}
        self.status = {key: self.of(text) for key, text in ruleset.statuses.items()}
        self.texts = {key: self.of(text) for key, text in ruleset.texts.items()}
        self.why = {rule.key: self.of(rule.why) for rule in ruleset.rules}
        self.rules = {rule.key: rule for rule in ruleset.rules}
        self._unbroken: dict[str, Markup] = {}
        self._parts: dict[int, str] = {}  # by id: the rule set outlives them

    def unbroken(self, words: str) -> Markup:
        """One label, value or reason of the rule set, escaped, the names in it whole. Kept: the same for everybody."""
        found = self._unbroken.get(words)
        if found is None:
            if len(self._unbroken) >= MOST_KEPT:
                self._unbroken.clear()
            found = self._unbroken[words] = whole(words)
        return found

    def of(self, text: Text) -> str:
        return text.en if self._is_english else text.zh

    @cached_property
    def heading(self) -> dict[str, SafeString]:
        """The label of each option as a heading that breaks between phrases."""
        return {key: breaking(label) for key, label in self.option.items()}

    @cached_property
    def short(self) -> dict[str, str]:
        """The label of each option for a line of many: of systemic treatments without the bracket at its end."""
        return {
            key: BRACKET.sub("", label) if self.ruleset.options[key].kind == "systemic" else label
            for key, label in self.option.items()
        }

    @cached_property
    def bare(self) -> dict[str, str]:
        """The label of each option without the bracket at its end, where its whole name stands nearby."""
        return {key: BRACKET.sub("", label) for key, label in self.option.items()}

    @cached_property
    def brief(self) -> dict[str, str]:
        """The label of each question without the bracket at its end."""
        return {key: BRACKET.sub("", label) for key, label in self.question.items()}

    @cached_property
    def note(self) -> dict[str, SafeString]:
        """Each caution as markup, in the open."""
        return {key: self.note_about(key, ()) for key in self.ruleset.cautions}

    def note_about(self, key: str, labels: tuple[str, ...]) -> SafeString:
        """A caution as markup; with labels, those of the options it is about."""
        caution = self.ruleset.cautions[key]
        kind = NOTE_KINDS[caution.severity]
        titles = {"contraindication": _("禁忌"), "caution": _("注意"), "info": _("说明")}
        title = titles.get(caution.severity, "")  # editorial notes begin with their own name
        named = (_("适用于"), _("："), _("；").join(labels))
        about = format_html(' <span class="soft">{}{}{}</span>', *named) if labels else ""
        return format_html(
            '<div class="note {}{} slim" data-caution="{}">{}<p>{}{}{}</p></div>',
            kind,
            " aside" if caution.severity in ("editorial", "info") else "",
            key,
            icon(kind),
            format_html("<b>{}</b> ", title) if title else "",
            whole(sentence(self.of(caution.text))),
            about,
        )

    @cached_property
    def not_for(self) -> dict[str, dict[str, str]]:
        """Whom each option is not for: the conditions of the rules that veto it, in words, by rule."""
        found: dict[str, dict[str, str]] = {}
        for rule in self.ruleset.rules:
            for option in rule.vetoes:
                found.setdefault(option, {})[rule.key] = self.condition(rule)
        return found

    def condition(self, rule: Rule) -> str:
        """When a rule fires, without the state of the disease that nearly all share."""
        parts = [part for part in rule.when.parts if not (isinstance(part, Test) and part.key == STATE)]
        return spaced(_("；").join(self.part(part) for part in parts))

    def part(self, part: Part) -> str:
        """One condition of a rule."""
        found = self._parts.get(id(part))
        if found is None:
            found = self._parts[id(part)] = self._part(part)
        return found

    def _part(self, part: Part) -> str:
        if isinstance(part, Test):
            label, values = self.label(part.key), self.values(part.key, part.values, _("或"))
            if part.how == "none":
                return _("%(label)s不含%(values)s") % {"label": label, "values": values}
            if part.count > 1:
                count = {"label": label, "count": part.count}
                return _("%(label)s至少 %(count)d 项") % count
            return _("%(label)s为%(values)s") % {"label": label, "values": values}
        if isinstance(part, Either):
            return _("，或").join(self._all(branch) for branch in part.branches)
        return _("并非（%(what)s）") % {"what": self._all(part.condition)}

    def _all(self, condition: Condition) -> str:
        return _("且").join(self.part(part) for part in condition.parts)

    def label(self, key: str) -> str:
        """What a key is called: a question, or a derived fact."""
        return self.question[key] if key in self.question else self.of(self.ruleset.derived[key].label)

    def shown(self, key: str, values: Iterable[str]) -> Markup:
        """Values of a key as markup, each kept by itself: what one patient has together is not."""
        return _all_of(self.unbroken(name) for name in self._named(key, values))

    def questions(self, keys: Iterable[str]) -> Markup:
        """What questions are called in short, as markup."""
        return _all_of(self.unbroken(self.brief[key]) for key in keys)

    def _named(self, key: str, values: Iterable[str]) -> list[str]:
        if key in self.ruleset.inputs:
            known = self.ruleset.inputs[key].values
            return [self.of(known[value]) for value in values]
        return [self.of(DERIVED_WORDS.get(value, Text(value, value))) for value in values]

    def values(self, key: str, values: Iterable[str], joint: str = "") -> str:
        """Values of a key in words."""
        named = self._named(key, values)
        return f" {joint} ".join(named) if joint and len(named) <= 2 else _("、").join(named)


def _all_of(pieces: Iterable[Markup]) -> Markup:
    return mark_safe(_("、").join(pieces))  # noqa: S308  # every piece is escaped already


def breaking(label: str) -> SafeString:
    """Break before brackets, after colons and commas, so that no heading breaks inside a word."""
    pieces = re.split(r"(?=（)|(?<=[：，])|(?=联合)|(?=并维持)", sentence(label))
    return titled(piece for piece in pieces if piece)


def linked(places: Iterable[tuple[str, str]], joint: str = "") -> Markup:
    """Links, address and words, one after the other."""
    return format_html_join(joint or _("；"), '<a href="{}">{}</a>', places)


@lru_cache(maxsize=16)
def icon(name: str) -> SafeString:
    """The sign that stands beside a word."""
    return mark_safe(render_to_string("_partials/icon.html", {"name": name}))  # noqa: S308  # our own template
