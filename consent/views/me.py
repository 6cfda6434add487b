"""我的: status, consents with receipts and withdrawal, who looked at one's evidence, erasure."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import erasing
from accounts.retention import HOLD, ask_erasure
from accounts.waiting import masked
from consent import overview
from consent.actions import to_accept_anew
from portal import exports, record


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Everything about oneself on one page."""
    case = overview.case_of(request.user)
    consents = overview.consents(request.user)
    views = Paginator(overview.evidence_views(request.user), overview.VIEWS_A_PAGE)
    context = {
        "to_accept": to_accept_anew(request.user),
        "places": overview.places(request.user),
        "case": case,
        "key": overview.key_of(request.user, case),
        "consents": consents[: overview.CONSENTS_SHOWN],
        "more_consents": consents[overview.CONSENTS_SHOWN :],
        "views": views.get_page(request.GET.get("views")),
        "session_count": overview.sessions_open(request.user),
        "days": HOLD.days,
    }
    return render(request, "consent/me.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Say what the copy holds, then hand it out while it is made; recorded."""
    if request.method != "POST":
        return render(request, "consent/export.html")
    person, now = request.user, timezone.now()
    subject = f"accounts.user:{person.public_id}"  # type: ignore[union-attr]
    record.append("person.exported", actor=person, subject=subject, payload={}, at=now)
    content = exports.archive(person, at=now, language=translation.get_language() or "zh-hans")
    name = f"portal-{timezone.localdate(now):%Y-%m-%d}.zip"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Encoding": "identity",  # packed already: no middleware packs it again
    }
    return StreamingHttpResponse(content, content_type="application/zip", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def erase(request: HttpRequest) -> HttpResponse:
    """Explain, then close the account: signed out at once, erased after the hold."""
    context = {"days": HOLD.days, "address": masked(request.user.email)}  # type: ignore[union-attr]
    if request.method != "POST":
        return render(request, "consent/erase.html", context)
    if request.POST.get("confirm") != "erase":
        return render(request, "consent/erase.html", {**context, "error": _("请先勾选确认。")}, status=422)
    ask_erasure(request.user, at=timezone.now())  # type: ignore[arg-type]
    logout(request)
    words = _("账号已停用，%(days)d 天后删除。撤销的链接已发到您的邮箱。") % {"days": HOLD.days}
    messages.success(request, words)
    return redirect("home")


@require_http_methods(["GET", "HEAD", "POST"])
def erasure_back(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail: say whose account opens again, then do it by a press of the button."""
    now = timezone.now()
    erasure = erasing.open_erasure(token, at=now)
    if erasure is None:
        return render(request, "consent/erasure_back.html", {"is_gone": True}, status=404)
    context = {"address": masked(erasure.person.email), "due_at": erasure.due_at, "asked_at": erasure.asked_at}
    if request.method != "POST":
        return render(request, "consent/erasure_back.html", context)
    if not erasing.take_back(erasure, at=now):
        return render(request, "consent/erasure_back.html", {"is_gone": True}, status=409)
    messages.success(request, _("注销已撤销，账号照旧。请重新登录。"))
    return redirect("account_login")
