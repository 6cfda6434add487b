"""我的: status, consents with receipts and withdrawal, who looked at one's evidence, erasure."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import EvidenceView, Verification
from accounts.retention import HOLD, ask_erasure
from consent import actions
from consent.gate import standing
from consent.models import Agreement, ConsentRecord
from portal import exports, record
from portal.models import Zone


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Everything about oneself on one page."""
    zones = [(zone, standing(request.user, zone)) for zone in Zone.objects.listed()]
    views = EvidenceView.objects.filter(evidence__owner_id=request.user.pk).select_related("evidence", "viewer")
    context = {
        "zones": zones,
        "case": Verification.objects.owned_by(request.user).first(),  # type: ignore[arg-type]
        "consents": actions.standing_answers(request.user),
        "views": views.order_by("-viewed_at", "-pk")[:50],
    }
    return render(request, "consent/me.html", context)


@require_safe
def receipt(request: HttpRequest, public_id: str) -> HttpResponse:
    """One's own consent: what was shown, what was answered, when."""
    row = get_object_or_404(
        ConsentRecord.objects.owned_by(request.user).select_related("version__agreement", "zone"), public_id=public_id
    )
    latest = row in actions.standing_answers(request.user)
    can_withdraw = latest and row.answer == actions.Answer.GIVEN and row.zone_id is not None
    can_give = (
        latest
        and row.kind == Agreement.Kind.INFORMED_CONSENT
        and row.answer in {actions.Answer.SKIPPED, actions.Answer.WITHDRAWN}
    )
    context = {"row": row, "can_withdraw": can_withdraw, "can_give": can_give}
    return render(request, "consent/receipt.html", context)


@require_http_methods(["POST"])
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Withdraw a consent that stands; the next request already feels it."""
    row = get_object_or_404(ConsentRecord.objects.owned_by(request.user), public_id=public_id)
    if actions.withdraw(row, at=timezone.now(), form="me") is None:
        messages.warning(request, _("这项同意已不在有效状态，未作更改。"))
    else:
        messages.success(request, _("已撤回，立即生效。撤回前的处理不受影响。"))
    return redirect("me")


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
