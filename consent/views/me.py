"""我的: status, consents with receipts and withdrawal, who looked at one's evidence, erasure."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.retention import HOLD, ask_erasure
from consent import overview
from portal import exports, record


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Everything about oneself on one page."""
    case = overview.case_of(request.user)
    context = {
        "places": overview.places(request.user),
        "case": case,
        "key": overview.key_of(request.user, case),
        "consents": overview.consents(request.user),
        "views": overview.evidence_views(request.user),
        "session_count": overview.sessions_open(request.user),
        "days": HOLD.days,
    }
    return render(request, "consent/me.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def export(request: HttpRequest) -> HttpResponse:
    """Say what the copy holds, then hand it out; recorded."""
    if request.method != "POST":
        return render(request, "consent/export.html")
    now = timezone.now()
    subject = f"accounts.user:{request.user.public_id}"  # type: ignore[union-attr]
    content = exports.archive(request.user)
    record.append("person.exported", actor=request.user, subject=subject, payload={"bytes": len(content)}, at=now)
    name = f"portal-{timezone.localdate(now):%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/zip", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def erase(request: HttpRequest) -> HttpResponse:
    """Explain, then close the account: signed out at once, erased after the hold."""
    if request.method != "POST":
        return render(request, "consent/erase.html", {"days": HOLD.days})
    if request.POST.get("confirm") != "erase":
        context = {"days": HOLD.days, "error": _("请先勾选确认。")}
        return render(request, "consent/erase.html", context, status=422)
    person = request.user
    ask_erasure(person, at=timezone.now())  # type: ignore[arg-type]
    logout(request)
    messages.success(request, _("账号已停用，%(days)d 天后删除。期间可联系我们撤销。") % {"days": HOLD.days})
    return redirect("home")
