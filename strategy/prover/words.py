"""Conditions and patients in the words of the form, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from strategy.conditions import Condition, Either, Part, Test
from strategy.rules import RuleSet, Text

ALWAYS = Text("任何情况", "always")
NOTHING_KNOWN = Text("所有项目均为未知", "nothing is known")


def condition_words(ruleset: RuleSet, condition: Condition) -> Text:
    """A condition as one sentence without a full stop."""
    parts = [_part(ruleset, part) for part in condition.parts]
    return _joined(parts, "；", "; ") if parts else ALWAYS


def patient_words(ruleset: RuleSet, patient: Mapping[str, Sequence[str]]) -> Text:
    """A patient: label and values of what is known, in the order of the form; what the form no longer asks as it is."""
    parts = []
    order = list(ruleset.inputs)
    for key in sorted(patient, key=lambda name: order.index(name) if name in order else len(order)):
        values = patient[key]
        question = ruleset.inputs.get(key)
        known = question.values if question else {}
        label = question.label if question else Text(key, key)
        chosen = _joined([known.get(value, Text(value, value)) for value in values], "、", ", ")
        parts.append(Text(f"{label.zh}：{chosen.zh}", f"{label.en}: {chosen.en}"))
    return _joined(parts, "；", "; ") if parts else NOTHING_KNOWN


def _part(ruleset: RuleSet, part: Part) -> Text:
    if isinstance(part, Test):
        return _test(ruleset, part)
    if isinstance(part, Either):
        branches = [condition_words(ruleset, branch) for branch in part.branches]
        joined = _joined(branches, "，或 ", ", or ")
        return Text(f"（{joined.zh}）", f"({joined.en})")
    inner = condition_words(ruleset, part.condition)
    return Text(f"并非（{inner.zh}）", f"not ({inner.en})")


def _test(ruleset: RuleSet, test: Test) -> Text:
    if test.key in ruleset.derived:
        label, values = ruleset.derived[test.key].label, [Text(value, value) for value in test.values]
    else:
        question = ruleset.inputs[test.key]
        label, values = question.label, [question.values[value] for value in test.values]
    chosen = _joined(values, " / ", " / ")
    if test.how == "none":
        return Text(f"{label.zh}：不含 {chosen.zh}", f"{label.en}: none of {chosen.en}")
    if test.count > 1:
        return Text(
            f"{label.zh}：至少 {test.count} 项于 {chosen.zh}", f"{label.en}: at least {test.count} of {chosen.en}"
        )
    return Text(f"{label.zh}：{chosen.zh}", f"{label.en}: {chosen.en}")


def _joined(parts: Sequence[Text], zh: str, en: str) -> Text:
    return Text(zh.join(part.zh for part in parts), en.join(part.en for part in parts))
