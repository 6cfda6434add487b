"""Which fields each section of a rule set has, and what they may refer to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from articles.models import Block, Fact
from strategy.admin.condition_field import ConditionField
from strategy.admin.effects_field import EffectsField
from strategy.admin.fields import Choice, Facts, Field, Flag, Key, Line, Number, Pick, Picks, Words
from strategy.admin.list_fields import CasesField, KeysField, ValuesField
from strategy.admin.wording import KINDS, PRIORITIES, SEVERITIES, TABLES
from strategy.document import KEY_OF
from strategy.forms import words
from strategy.models.citation import current_revision
from strategy.rules import RuleSet

if TYPE_CHECKING:
    from strategy.admin.part_form import PartForm

PREFIXES = {
    "rules": "r-",
    "options": "option_",
    "cautions": "c-",
    "inputs": "input_",
    "derived": "fact_",
    "validations": "v-",
}


def option_choices(rules: RuleSet, *, with_groups: bool = True) -> list[Choice]:
    """Every option, by kind; groups of options first."""
    groups = [
        Choice(
            f"${name}",
            _("组 %(name)s") % {"name": name},
            _("选项组"),
            _("、").join(words(rules.options[key].label) for key in keys),
        )
        for name, keys in rules.groups.items()
    ]
    options = [Choice(key, words(o.label), str(KINDS[o.kind])) for key, o in rules.options.items()]
    return [*(groups if with_groups else []), *options]


def caution_choices(rules: RuleSet) -> list[Choice]:
    """Every caution, by severity, in its own words."""
    return [
        Choice(key, words(caution.text), str(SEVERITIES[severity]))
        for severity in SEVERITIES
        for key, caution in rules.cautions.items()
        if caution.severity == severity
    ]


def fact_choices() -> list[Choice]:
    """Every fact: its claim, its number, the verdict on it."""
    return [
        Choice(
            fact.key,
            fact.claim_zh,
            fact.section,
            f"{fact.key} · {Fact.Verdict(fact.verdict).label}",
            fact.verdict != Fact.Verdict.OK,
        )
        for fact in Fact.objects.order_by("section", "key")
    ]


def section_choices(form: PartForm) -> list[Choice]:
    """The sections of the article, by their headings; those that rules name and the article has not, by their keys."""
    revision = current_revision(form.version)
    anchors = revision.anchors if revision else {}
    places = {block: key.removeprefix("section:") for key, block in anchors.items() if key.startswith("section:")}
    headings = Block.objects.filter(revision=revision, block_id__in=places).order_by("position")
    found = {places[block_id]: text for block_id, text in headings.values_list("block_id", "text")}
    missing = sorted({rule.section for rule in form.rules.rules} - set(found))
    return [Choice(key, text) for key, text in [*found.items(), *((key, key) for key in missing)]]


def _key(form: PartForm) -> Key:
    name = KEY_OF[form.section]
    taken = [str(part.get(name)) for part in form.document.parts(form.section)] if not form.key else []
    if form.section in {"inputs", "derived"} and not form.key:
        taken = list(form.rules.vocabulary.values)
    return Key(name, fixed=bool(form.key), taken=taken, prefix=PREFIXES[form.section])


def _picks(labels: Mapping[str, Any]) -> list[Choice]:
    return [Choice(value, str(label)) for value, label in labels.items()]


def _rule(form: PartForm) -> list[Field]:
    rules = form.rules
    editorial = _("原文没有、由编辑补充或改变了强度；须带一条编辑注。")
    return [
        Pick("table", _("所属步骤"), _picks(TABLES)),
        ConditionField("when", _("当（各行须同时成立）"), rules, _("没有任何一行表示任何情况下都适用。")),
        EffectsField("then", _("则"), rules=rules, options=option_choices(rules), cautions=caution_choices(rules)),
        Words("why", _("理由（读者看到的一句话）")),
        Facts("because", _("依据的事实"), fact_choices(), _("按文字、编号或「存疑」等核对结果搜索。")),
        Pick("section", _("原文章节"), section_choices(form)),
        Number("priority", _("先后"), PRIORITIES),
        Flag("editorial", _("编辑添加"), editorial, required=False),
        _key(form),
    ]


def _option(form: PartForm) -> list[Field]:
    cautions = caution_choices(form.rules)
    return [
        Words("", _("名称")),
        Pick("kind", _("类别"), _picks(KINDS)),
        Picks("cautions", _("列出时总要显示的提示"), cautions, required=False),
        Flag("avoid_only", _("只能被排除，从不列出"), required=False),
        Flag("fallback", _("表示原文未覆盖（整个规则集只有一个）"), required=False),
        _key(form),
    ]


def _caution(form: PartForm) -> list[Field]:
    return [
        Words("", _("文字")),
        Pick("severity", _("程度"), _picks(SEVERITIES)),
        Facts("facts", _("依据的事实"), fact_choices(), _("按文字、编号或「存疑」等核对结果搜索。")),
        _key(form),
    ]


def _input(form: PartForm) -> list[Field]:
    kinds = [Choice("single", _("只能选一个")), Choice("multi", _("可以选几个"))]
    steps = [Choice(str(n), _("第 %(n)d 步") % {"n": n}) for n in range(1, 5)]
    known = form.rules.inputs.get(form.key)
    values = [Choice(value, words(text)) for value, text in known.values.items()] if known else []
    return [
        Words("label", _("问题")),
        Words("help", _("说明")),
        Step("step", _("步骤"), steps),
        Pick("type", _("答法"), kinds),
        ValuesField("values", _("可选的值"), _("须含编号为 unknown 的一项（未知）。")),
        Picks("exclusive", _("与其他值互斥的值（可选几个时须含「未知」）"), values, required=False),
        _key(form),
    ]


class Step(Pick):
    """A number out of a list."""

    def write(self, part: dict[str, Any]) -> None:
        super().write(part)
        if self.name in part and not self.errors:
            part[self.name] = int(self.value)


def _derived(form: PartForm) -> list[Field]:
    known = form.rules.derived.get(form.key)
    values = known.values if known else ("yes", "no", "unknown")
    choices = [Choice(value, value) for value in values]
    return [
        Words("label", _("名称")),
        KeysField("values", _("可能的值"), _("以空格分开，如 yes no unknown。")),
        CasesField("cases", _("依次判断，先成立者为准"), rules=form.rules, key=form.key, values=values),
        Pick("default", _("都不成立时"), choices),
        Line("note", _("备注（读者看不到）"), required=False, long=True),
        _key(form),
    ]


def _validation(form: PartForm) -> list[Field]:
    levels = [Choice("block", _("拦下：更正前不给答案")), Choice("warn", _("提醒：照常回答并显示提示"))]
    return [
        Words("", _("说法")),
        ConditionField("when", _("当（各行须同时成立）"), form.rules),
        Pick("level", _("怎样处理"), levels),
        Pick("caution", _("提醒时显示的提示"), caution_choices(form.rules), required=False),
        _key(form),
    ]


def _group(form: PartForm) -> list[Field]:
    return [Picks("options", _("组内的选项"), option_choices(form.rules, with_groups=False))]


def _text(form: PartForm) -> list[Field]:
    return [Words("", _("文字"))]


FIELDS: dict[str, Any] = {
    "rules": _rule,
    "options": _option,
    "cautions": _caution,
    "inputs": _input,
    "derived": _derived,
    "validations": _validation,
    "groups": _group,
    "texts": _text,
}
