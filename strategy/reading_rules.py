"""Reading conditions and rules: the condition language and the effects, each word checked against what exists."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from strategy.conditions import Condition, Either, Not, Part, Test, Vocabulary
from strategy.nodes import Place
from strategy.rules import REQUIRED, STRENGTHS, TREATMENTS, Caution, Option, Rule, Text

EFFECTS = ("recommend", "promote", "demote", "veto", "caution", "gap")


def read_condition(place: Place, vocabulary: Vocabulary) -> Condition:
    """A mapping that is an AND of its entries; an empty one always holds."""
    parts: list[Part] = []
    for key, entry in place.entries().items():
        if key == "or":
            branches = tuple(read_condition(branch, vocabulary) for branch in entry.items())
            if not branches:
                entry.fail("or 须有分支")
            parts.append(Either(branches))
        elif key == "not":
            parts.append(Not(read_condition(entry, vocabulary)))
        elif key not in vocabulary.values:
            entry.fail(f"未知的键 {key}")
        elif key in vocabulary.multiple:
            parts.extend(_read_multiple(key, entry, vocabulary))
        else:
            values = entry.words(vocabulary.values[key], "值")
            parts.append(Test(key, "in", values, vocabulary.mask(key, values)))
    return Condition(tuple(parts))


def _read_multiple(key: str, place: Place, vocabulary: Vocabulary) -> list[Part]:
    """The tests of a multi-valued key: any, none, at_least."""
    known = vocabulary.values[key]
    parts: list[Part] = []
    for how, entry in place.mapping("", "any none at_least").items():
        count, listed = 1, entry
        if how == "at_least":
            counted = entry.mapping("n of")
            count, listed = counted["n"].number(), counted["of"]
        values = listed.words(known, "值")
        if not 1 <= count <= len(values):
            entry.fail("n 须在 1 与所列值的个数之间")
        mask = vocabulary.mask(key, values)
        if how == "any":
            parts.append(Test(key, "any", values, mask))
        elif how == "none":
            parts.append(Test(key, "none", values, mask))
        else:
            parts.append(Test(key, "at_least", values, mask, count))
    if not parts:
        place.fail("须有 any、none 或 at_least")
    return parts


@dataclass(slots=True)
class _Effects:
    recommends: list[tuple[str, int]] = field(default_factory=list)
    promotes: list[str] = field(default_factory=list)
    demotes: list[str] = field(default_factory=list)
    vetoes: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RuleReader:
    """What a rule may refer to."""

    vocabulary: Vocabulary
    options: Mapping[str, Option]
    groups: Mapping[str, tuple[str, ...]]
    cautions: Mapping[str, Caution]
    known_facts: Collection[str] | None

    def rule(self, place: Place, key: str) -> Rule:
        parts = place.mapping("id table priority section when then because why", "editorial")
        effects = _Effects()
        for item in parts["then"].items():
            self._read_effect(item, effects)
        editorial = "editorial" in parts and parts["editorial"].flag()
        if editorial and not any(self.cautions[name].severity == "editorial" for name in self._shown(effects)):
            place.fail("编辑添加的规则须带编辑注（程度为 editorial 的提示）")
        known = self.known_facts
        facts = known if known is not None else [item.text() for item in parts["because"].items()]
        words = parts["why"].mapping("zh en")
        return Rule(
            key=key,
            line=place.line,
            table=parts["table"].text(),
            priority=parts["priority"].number(),
            section=parts["section"].text(),
            editorial=editorial,
            when=read_condition(parts["when"], self.vocabulary),
            recommends=tuple(effects.recommends),
            promotes=tuple(effects.promotes),
            demotes=tuple(effects.demotes),
            vetoes=tuple(effects.vetoes),
            gaps=tuple(effects.gaps),
            cautions=tuple(effects.cautions),
            facts=parts["because"].words(facts, "事实"),
            why=Text(words["zh"].text(), words["en"].text()),
        )

    def _shown(self, effects: _Effects) -> list[str]:
        """The cautions a rule shows: its own and those of the options it lists."""
        listed = [name for option, _strength in effects.recommends for name in self.options[option].cautions]
        return effects.cautions + listed

    def _read_effect(self, place: Place, effects: _Effects) -> None:
        entries = place.entries()
        if "do" not in entries:
            place.fail("缺少键 do")
        match entries["do"].word(EFFECTS, "效果"):
            case "recommend":
                self._read_recommend(place.mapping("do strength options"), effects)
            case "promote":
                effects.promotes += self._listable(place.mapping("do options")["options"])
            case "demote":
                effects.demotes += self._options(place.mapping("do options")["options"])
            case "veto":
                effects.vetoes += self._options(place.mapping("do options")["options"])
            case "caution":
                effects.cautions += place.mapping("do cautions")["cautions"].words(self.cautions, "提示")
            case "gap":
                option = place.mapping("do option")["option"]
                fallbacks = [name for name, known in self.options.items() if known.fallback]
                effects.gaps.append(option.word(fallbacks, "fallback 选项"))

    def _read_recommend(self, parts: dict[str, Place], effects: _Effects) -> None:
        strength = STRENGTHS.index(parts["strength"].word(STRENGTHS, "强度"))
        names = self._listable(parts["options"])
        for name in names:
            if strength == REQUIRED and self.options[name].kind in TREATMENTS:
                parts["strength"].fail("required 只用于检查与咨询")
        effects.recommends += [(name, strength) for name in names]

    def _listable(self, place: Place) -> tuple[str, ...]:
        names = self._options(place)
        for name in names:
            if self.options[name].avoid_only:
                place.fail(f"{name} 只能被排除，不能列出")
        return names

    def _options(self, place: Place) -> tuple[str, ...]:
        """Options by key, `$group` standing for all of a group."""
        known = [*self.options, *(f"${name}" for name in self.groups)]
        found: dict[str, None] = {}
        for name in place.words(known, "选项"):
            found.update(dict.fromkeys(self.groups[name[1:]] if name.startswith("$") else (name,)))
        return tuple(found)
