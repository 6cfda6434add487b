"""{% steps "profile" %}: where one is, what comes, how long it takes; at the gate and on the way to an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import keys

register = template.Library()


@dataclass(frozen=True, slots=True)
class Part:
    """One step: its name, and how many minutes it takes; 0 where nobody can say."""

    name: Any
    minutes: int = 0


GATE = {
    "agreement": Part(gettext_lazy("阅读协议"), 1),
    "informed-consent": Part(gettext_lazy("知情同意"), 1),
    "profile": Part(gettext_lazy("完善信息"), 2),
    "evidence": Part(gettext_lazy("上传资质"), 2),
    "pending": Part(gettext_lazy("人工审核")),
}
# Pages that are no step of their own: the step they stand at, and what the page is called.
WITHIN = {
    "survey": ("profile", gettext_lazy("收集问题")),
    "rejected": ("pending", gettext_lazy("审核未通过")),
    "appeal": ("pending", gettext_lazy("审核未通过")),
    "expired": ("profile", gettext_lazy("更新认证")),
    "revoked": ("profile", gettext_lazy("申诉")),
    "declined": ("agreement", gettext_lazy("您选择了拒绝")),
}
HINTS = {
    "agreement": gettext_lazy("全程约 6 分钟，可随时离开，回来接着做"),
    "informed-consent": gettext_lazy("约 1 分钟，可以跳过"),
    "survey": gettext_lazy("约 2 分钟，之后是上传资质"),
    "pending": gettext_lazy("资料已齐，无需再操作"),
    "rejected": gettext_lazy("补正约 2 分钟，之后再次审核"),
    "appeal": gettext_lazy("可以申诉，由另一位审核员处理"),
    "expired": gettext_lazy("约 4 分钟，之后是人工审核"),
    "revoked": gettext_lazy("约 4 分钟，之后由审核员重新处理"),
    "declined": gettext_lazy("到此为止，可以随时重新考虑"),
    "passed": gettext_lazy("5 步都已完成"),
}
ACCOUNT = {
    "sign-up": (
        gettext_lazy("注册进度"),
        (Part(gettext_lazy("填写邮箱和密码"), 1), Part(gettext_lazy("输入验证码"), 1)),
        gettext_lazy("约 1 分钟，之后是身份认证，约 6 分钟"),
    ),
    "code": (
        gettext_lazy("登录进度"),
        (Part(gettext_lazy("填写邮箱或手机号")), Part(gettext_lazy("输入验证码"))),
        gettext_lazy("约 1 分钟"),
    ),
    "reset": (
        gettext_lazy("重设密码进度"),
        (Part(gettext_lazy("填写邮箱")), Part(gettext_lazy("输入验证码")), Part(gettext_lazy("设置新密码"))),
        gettext_lazy("约 2 分钟"),
    ),
}


@register.inclusion_tag("_partials/steps.html")
def steps(step: str) -> dict[str, Any]:
    """The stepper of a gate page; the survey stands within the third step, ends where they came about."""
    if step == "passed":
        return _shown(list(GATE.values()), len(GATE) + 1, heading=_("认证完成"), hint=HINTS[step])
    at, title = WITHIN.get(step, (step, GATE[step].name if step in GATE else ""))
    number = list(GATE).index(at) + 1
    return _shown(list(GATE.values()), number, title=title, hint=HINTS.get(step) or _next(number))


@register.filter
def at_step(step: str) -> str:
    """Where a step of the gate stands on the way: 第 4 步，共 5 步; nothing for ends and what is open."""
    at = "profile" if step == "survey" else step
    if at not in GATE:
        return ""
    return _("第 %(number)d 步，共 %(total)d 步") % {"number": list(GATE).index(at) + 1, "total": len(GATE)}


@register.simple_tag
def draft_of(person: Any, form: str) -> str:
    """The name under which a browser keeps what this person typed into this form: nobody else's page knows it."""
    return f"{form}:{keys.blind_index('draft', str(person.public_id))[:16]}"


@register.inclusion_tag("_partials/steps.html")
def account_steps(way: str, number: int) -> dict[str, Any]:
    """The stepper of a way of signing in or up; `way` is a key of ACCOUNT, numbers begin at 1."""
    label, parts, hint = ACCOUNT[way]
    return _shown(parts, number, title=parts[number - 1].name, hint=hint) | {"label": label}


def _next(number: int) -> str:
    """How long this step takes, and what comes after it."""
    parts = list(GATE.values())
    words = {"minutes": parts[number - 1].minutes, "next": parts[number].name, "count": len(parts) - number}
    if words["count"] == 1:
        return _("约 %(minutes)d 分钟，之后是%(next)s") % words
    return _("约 %(minutes)d 分钟，之后是%(next)s，还有 %(count)d 步") % words


def _shown(parts: Sequence[Part], number: int, *, title: Any = "", heading: str = "", hint: Any = "") -> dict[str, Any]:
    states = [
        {
            "label": part.name,
            "minutes": part.minutes,
            "state": "done" if index < number else "current" if index == number else "todo",
        }
        for index, part in enumerate(parts, start=1)
    ]
    return {
        "steps": states,
        "number": number,
        "total": len(parts),
        "title": title,
        "heading": heading,
        "hint": hint,
        "label": _("认证进度"),
    }
