"""The figures of a fact: rows for the table, and bars. A bar compares a figure with its scale, never drug with drug."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

# The scale of a bar, by unit. Figures in other units stand in the table alone.
SCALES = {"percent": 100.0, "months": 60.0}
AS_WRITTEN = " (as the article says)"
# Terms of the figures, which facts keep in English.
TERMS = {
    "after crizotinib": "克唑替尼之后",
    "after second-generation TKI": "二代 ALK-TKI 之后",
    "after second-generation TKI with BM": "二代 ALK-TKI 之后，有脑转移",
    "after second-line failure": "二线失败之后",
    "first-line": "一线",
    "second-line": "二线",
    "first-line, baseline BM": "一线，基线脑转移",
    "first-line, no baseline BM": "一线，基线无脑转移",
    "no baseline BM": "基线无脑转移",
    "oligoprogression": "寡进展",
    "ALK+ lung cancer at diagnosis": "初诊 ALK 阳性肺癌",
    "elderly": "高龄",
    "brain metastases vs none": "有与无脑转移相比",
    "mPFS": "中位 PFS",
    "median PFS": "中位 PFS",
    "intracranial ORR": "颅内 ORR",
    "intracranial CR": "颅内 CR",
    "number of lesions": "病灶数",
    "cumulative incidence of brain metastases at 5 years": "5 年脑转移累积发生率",
    "share of ALK-independent resistance": "非 ALK 依赖性耐药占比",
    "share of ALK-dependent resistance": "ALK 依赖性耐药占比",
    "brain MRI interval": "脑 MRI 间隔",
    "brain metastases": "脑转移",
    "age": "年龄",
    "extra annual cost": "每年额外费用",
    "freedom from intracranial progression at 5 years": "5 年颅内无进展",
    "follow-up interval": "随访间隔",
    "alectinib": "阿来替尼",
    "brigatinib": "布格替尼",
    "ceritinib": "塞瑞替尼",
    "crizotinib": "克唑替尼",
    "lorlatinib": "洛拉替尼",
    "second-generation TKI": "二代 ALK-TKI",
    "first- or second-generation TKI": "一代或二代 ALK-TKI",
    "second-generation class (alectinib, brigatinib, ceritinib named)": "二代药（原文举阿来替尼、布格替尼、塞瑞替尼）",
    "alectinib + local therapy": "阿来替尼联合局部治疗",
    "carboplatin + pemetrexed + alectinib": "卡铂、培美曲塞联合阿来替尼",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure in words; `low` and `width` place its bar, in percent of the scale (None: no bar)."""

    endpoint: str
    value: str
    drug: str
    trial: str
    setting: str  # line of therapy
    population: str
    low: float | None
    width: float

    @property
    def whose(self) -> str:
        """Drug, trial, line and population in one line."""
        return _("，").join(filter(None, [self.drug, self.trial, self.setting, self.population]))


def figures_of(figures: list[dict[str, Any]], *, others: Collection[str] = ()) -> list[Figure]:
    """The figures of a fact, without those of the drugs in `others`: they belong to another option's card."""
    return [_figure(one) for one in figures if not any(name in str(one.get("drug", "")).split() for name in others)]


def _figure(one: Mapping[str, Any]) -> Figure:
    unit = str(one.get("unit", ""))
    low, high, value = _extent(one)
    scale = SCALES.get(unit)
    words = [_term(str(one.get(name, ""))) for name in ("endpoint", "drug", "trial", "setting", "population")]
    endpoint, drug, trial, setting, population = words
    return Figure(
        endpoint=endpoint,
        value=_with_unit(value, unit),
        drug=drug,
        trial=trial,
        setting=setting,
        population=population,
        low=None if scale is None else round(min(low / scale, 1) * 100, 1),
        width=0 if scale is None else round(max(min(high / scale, 1) - min(low / scale, 1), 0.005) * 100, 1),
    )


def _extent(one: Mapping[str, Any]) -> tuple[float, float, str]:
    """Where the bar begins and ends, and the figure as written."""
    if one.get("range"):
        low, high = one["range"]
        return float(low), float(high), f"{low}–{high}"
    if one.get("gt") is not None:
        return 0, float(one["gt"]), f"> {one['gt']}"
    value = one.get("value")
    return 0, float(value) if isinstance(value, int | float) else 0, "" if value is None else str(value)


def _with_unit(value: str, unit: str) -> str:
    units = {
        "percent": _("%(value)s%%"),
        "months": _("%(value)s 个月"),
        "years": _("%(value)s 岁"),
        "lesions": _("%(value)s 个病灶"),
        "EUR per year": _("每年 %(value)s 欧元"),
    }
    return units[unit] % {"value": value} if unit in units else " ".join(filter(None, [value, unit]))


def _term(words: str) -> str:
    """A term in the reader's language; what is not known stands as it was written."""
    plain, mark, _rest = words.partition(AS_WRITTEN)
    if get_language() == "en":
        return words
    return TERMS.get(plain, plain) + ("（原文如此写）" if mark else "")
