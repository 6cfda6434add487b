"""{% steps "profile" %}: where one is on the way through the gate, what comes, how long it takes."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()

LABELS = {
    "agreement": gettext_lazy("阅读协议"),
    "informed-consent": gettext_lazy("知情同意"),
    "profile": gettext_lazy("完善信息"),
    "evidence": gettext_lazy("上传资质"),
    "pending": gettext_lazy("人工审核"),
}
HINTS = {
    "agreement": gettext_lazy("全程约 6 分钟，可随时离开"),
    "informed-consent": gettext_lazy("约 1 分钟，可以跳过"),
    "profile": gettext_lazy("约 2 分钟，之后还有 2 步"),
    "survey": gettext_lazy("约 2 分钟，之后是上传资质"),
    "evidence": gettext_lazy("约 2 分钟，之后是人工审核"),
    "pending": gettext_lazy("资料已齐，无需再操作"),
}


@register.inclusion_tag("_partials/steps.html")
def steps(step: str) -> dict[str, Any]:
    """The stepper of a gate page; the survey stands within the third step."""
    at = "profile" if step == "survey" else step
    number = list(LABELS).index(at) + 1
    states = [
        {"label": label, "state": "done" if index < number else "current" if index == number else "todo"}
        for index, label in enumerate(LABELS.values(), start=1)
    ]
    title = _("收集问题") if step == "survey" else LABELS[at]
    return {"steps": states, "number": number, "total": len(LABELS), "title": title, "hint": HINTS[step]}
