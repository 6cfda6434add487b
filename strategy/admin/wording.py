"""Tables, conditions and effects of a rule set in the words of those who know medicine and no code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.localise import spaced
from strategy.conditions import Condition, Either, Not, Part, Test
from strategy.forms import words
from strategy.prover.words import condition_words
from strategy.rules import STRENGTHS, Rule, RuleSet

TABLES = {
    "T1": gettext_lazy("先要弄清的事（各步之前）"),
    "T2": gettext_lazy("第一步 · 耐药机制"),
    "T3": gettext_lazy("第一步 · 进展模式"),
    "T4": gettext_lazy("第二步 · 既往用药"),
    "T5": gettext_lazy("二线及以上失败后的挽救"),
    "T6": gettext_lazy("第三步 · 脑与骨"),
    "T7": gettext_lazy("第四步 · 患者因素"),
    "T8": gettext_lazy("全程管理"),
}
SECTIONS = {
    "rules": gettext_lazy("条目"),
    "options": gettext_lazy("选项"),
    "cautions": gettext_lazy("提示"),
    "inputs": gettext_lazy("问题"),
    "derived": gettext_lazy("推导事实"),
    "validations": gettext_lazy("矛盾检查"),
    "groups": gettext_lazy("选项组"),
    "texts": gettext_lazy("安全说明"),
}
KINDS = {
    "systemic": gettext_lazy("全身治疗"),
    "local": gettext_lazy("局部治疗"),
    "diagnostic": gettext_lazy("检查"),
    "supportive": gettext_lazy("支持与会诊"),
    "monitoring": gettext_lazy("监测随访"),
    "trial": gettext_lazy("临床试验"),
}
SEVERITIES = {
    "contraindication": gettext_lazy("禁忌"),
    "caution": gettext_lazy("注意"),
    "editorial": gettext_lazy("编辑注"),
    "info": gettext_lazy("说明"),
}
EFFECTS = {
    "recommend": gettext_lazy("列出"),
    "promote": gettext_lazy("提高一级（仅在已列出时）"),
    "demote": gettext_lazy("降低一级（仅在已列出时）"),
    "veto": gettext_lazy("排除"),
    "caution": gettext_lazy("显示提示"),
    "gap": gettext_lazy("说明原文未覆盖，转 MDT"),
}
HOWS = {
    "any": gettext_lazy("含有其中任一"),
    "none": gettext_lazy("一个也不含"),
    "at_least": gettext_lazy("至少含有几个"),
}
PRIORITIES = gettext_lazy(
    "数字大者先。安全 100，缺资料 90，机制 80，局部 75，脑 70，既往用药 60，一般 50，挽救 40，支持 30，监测 20。"
)
COMMON = {
    "yes": gettext_lazy("是"),
    "no": gettext_lazy("否"),
    "unknown": gettext_lazy("未知"),
    "none": gettext_lazy("无"),
    "other": gettext_lazy("其他"),
    "g1": gettext_lazy("一代"),
    "g2": gettext_lazy("二代"),
    "g3": gettext_lazy("三代"),
    "both": gettext_lazy("两类并存"),
    "alk_dependent": gettext_lazy("ALK 依赖性"),
    "alk_independent": gettext_lazy("非 ALK 依赖性"),
    "none_found": gettext_lazy("已检测、未发现"),
    "untested": gettext_lazy("未检测清楚"),
    "possible": gettext_lazy("可能"),
}


def label_of(rules: RuleSet, key: str) -> str:
    """The name of an input or of a derived fact."""
    known = rules.inputs.get(key) or rules.derived.get(key)
    return words(known.label) if known else key


def value_of(rules: RuleSet, key: str, value: str) -> str:
    """The name of a value. Derived facts have none of their own beyond the common ones."""
    known = rules.inputs.get(key)
    if known is not None:
        return words(known.values[value]) if value in known.values else value
    return str(COMMON.get(value, value))


def meaning_of(rules: RuleSet, key: str, value: str) -> str:
    """When a derived fact has this value, in words; empty for inputs and for the value that is left over."""
    derived = rules.derived.get(key)
    if derived is None:
        return ""
    cases = [words(condition_words(rules, when)) for when, given in derived.cases if given == value]
    return spaced(_("；或 ").join(cases))


def lines_of(rules: RuleSet, condition: Condition) -> list[str]:
    """A condition, one line a part; all of them hold together."""
    return [_line(rules, part) for part in condition.parts] or [_("任何情况")]


def _line(rules: RuleSet, part: Part) -> str:
    if isinstance(part, Either):
        return spaced(_("以下任一：") + _("；或 ").join(_joined(rules, branch) for branch in part.branches))
    if isinstance(part, Not):
        return _("并非：") + _joined(rules, part.condition)
    return _test(rules, part)


def _joined(rules: RuleSet, condition: Condition) -> str:
    return spaced(_(" 且 ").join(lines_of(rules, condition)))


def _test(rules: RuleSet, test: Test) -> str:
    listed = _(" 或 ").join(value_of(rules, test.key, value) for value in test.values)
    names = {"label": label_of(rules, test.key), "values": listed, "n": test.count}
    if test.how == "none":
        return spaced(_("%(label)s 不含 %(values)s") % names)
    if test.count > 1:
        return spaced(_("%(label)s 至少含 %(n)d 项：%(values)s") % names)
    if test.how == "any":
        return spaced(_("%(label)s 含 %(values)s") % names)
    return spaced(_("%(label)s 为 %(values)s") % names)


@dataclass(frozen=True, slots=True)
class Effect:
    """One line of what a row does."""

    do: str
    label: str
    targets: str


def effects_of(rules: RuleSet, rule: Rule) -> list[Effect]:
    """What a row does, in the order in which it is applied."""
    found = []
    for strength, name in enumerate(STRENGTHS):
        listed = [option for option, given in rule.recommends if given == strength]
        if listed:
            label = _("列为「%(strength)s」") % {"strength": words(rules.strength_labels[name])}
            found.append(Effect("recommend", label, _options(rules, listed)))
    for do, options in (("promote", rule.promotes), ("demote", rule.demotes), ("veto", rule.vetoes)):
        if options:
            found.append(Effect(do, str(EFFECTS[do]), _options(rules, options)))
    if rule.gaps:
        found.append(Effect("gap", str(EFFECTS["gap"]), ""))
    if rule.cautions:
        texts = [words(rules.cautions[key].text) for key in rule.cautions]
        found.append(Effect("caution", str(EFFECTS["caution"]), " ".join(texts)))
    return found


def _options(rules: RuleSet, keys: Iterable[str]) -> str:
    return _("、").join(words(rules.options[key].label) for key in keys)
