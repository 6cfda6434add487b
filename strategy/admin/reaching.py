"""Who may look at versions, the version a page is about, and what a page answers when somebody was faster."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from strategy.models import RuleSetVersion
from strategy.models.rights import PUBLISH, SIGN, WRITE

PEOPLE = ("rule_set__zone", "created_by", "held_by", "published_by", "based_on")


def may_look(user: Any) -> bool:
    """Who writes, publishes or signs rule sets looks at all of them, drafts too."""
    return any(user.has_perm(right) for right in (WRITE, PUBLISH, SIGN))


def find(request: HttpRequest, pk: int) -> RuleSetVersion:
    """The version, for who may look; 403 and 404 otherwise."""
    if not may_look(request.user):
        raise PermissionDenied(_("您没有查看规则集的权限。"))
    return get_object_or_404(RuleSetVersion.objects.select_related(*PEOPLE), pk=pk)


def may_edit(request: HttpRequest, version: RuleSetVersion) -> bool:
    """Whether this person holds this draft."""
    is_mine = version.held_by_id == request.user.pk and request.user.has_perm(WRITE)
    return is_mine and version.status == RuleSetVersion.Status.DRAFT


def seen(request: HttpRequest) -> int:
    """The version that was on the screen; 0 when nothing sensible was sent."""
    value = request.POST.get("version", "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0


def gone(request: HttpRequest, stored: Any) -> HttpResponse:
    """Somebody was faster, or the page was old: say how it stands; nothing was done."""
    reason = _("这一版在您打开页面之后变动过（现在：%(status)s），这次没有作任何更改。请重新打开后再处理。") % {
        "status": stored.get_status_display()
    }
    if stored.status == RuleSetVersion.Status.IN_REVIEW and stored.is_behind():
        reason = _("在这份草稿起草之后，已有另一版发布，所以不能直接发布。请退回，由起草人在现行版上重新修改。")
    return render(request, "409.html", {"reason": reason}, status=409)


def to_version(version: RuleSetVersion, section: str = "") -> HttpResponse:
    """Back to the version's page, at the section that was worked on."""
    response = redirect("admin:strategy_rulesetversion_change", version.pk)
    if section:
        response["Location"] += f"?part={section}"
    return response
