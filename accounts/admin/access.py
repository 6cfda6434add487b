"""Who may open a case at the desk, who holds it, and the page for whoever was slower."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import review
from accounts.admin import dossier
from accounts.models import Claim, Held, NotAllowed, Reason, Verification

QUEUE = "admin:accounts_verification_changelist"
DECIDE = "admin:accounts_verification_decide"
DECISIONS = [
    (review.APPROVE, gettext_lazy("通过")),
    (review.REJECT, gettext_lazy("退回")),
    (review.REFUSE_FINAL, gettext_lazy("终局拒绝")),
]


def reviewer_of(request: HttpRequest) -> Any:
    """Return who asks, if they may review; else 403."""
    user: Any = request.user
    if not user.has_perm("accounts.review_verification"):
        raise PermissionDenied(_("您没有审核资质的权限。"))
    return user


def reviewable(request: HttpRequest, pk: int) -> Verification:
    """Return the case if this person may open it at the desk; 403 without the right or for one's own, else 404."""
    user = reviewer_of(request)
    rows = Verification.objects.select_related("owner", "decided_by", "current__previous__decision")
    case = rows.filter(pk__in=Verification.objects.reviewable_by(user).filter(pk=pk).values("pk")).first()
    if case is not None:
        return case
    if Verification.objects.owned_by(user).filter(pk=pk).exists():
        raise PermissionDenied(_("不能审核自己的案件。"))
    raise Http404


def holder_of(case: Verification, at: datetime) -> Claim | None:
    """Return the running claim on the case."""
    return Claim.objects.running(at).filter(verification=case).select_related("reviewer").first()


def refused(request: HttpRequest, case: Verification, refusal: NotAllowed) -> HttpResponse:
    """Answer what the model refused: 403 where a right is lacking, 409 where somebody was faster."""
    if not isinstance(refusal, Held):
        forbid_own(request, case, refusal)
    return conflict(request, case, str(refusal))


def forbid_own(request: HttpRequest, case: Verification, refusal: NotAllowed) -> None:
    """An appeal never goes back to who refused, a proposal never to who made it: no race, but a right they lack."""
    user: Any = request.user
    if not Verification.objects.decidable_by(user).filter(pk=case.pk).exists():
        raise PermissionDenied(case.why_not(user) or str(refusal)) from refusal


def winner(stored: Verification, seen: int) -> str:
    """Say who moved the case after what was on the screen, and to what."""
    event = stored.events.select_related("actor").filter(seq__gt=seen).order_by("seq").first()
    if event is None:
        return _("这一页与案件不符，请重新打开。")
    name = str(event.actor) if event.actor else _("系统")
    if event.old == event.new:
        return _("%(name)s 刚对这件案件提出或答复了一项决定。您的决定没有生效。") % {"name": name}
    words = dict(Verification.Status.choices)
    decision = dossier.decisions(stored)
    outcome = words.get(event.new, event.new)
    if event.new == Verification.Status.REJECTED and decision and decision[0].decided_at == event.at:
        outcome = decision[0].get_outcome_display()
    return _("%(name)s 已先处理：%(outcome)s。您的决定没有生效。") % {"name": name, "outcome": outcome}


def conflict(request: HttpRequest, case: Verification, why: str) -> HttpResponse:
    """409: nothing was changed; who was faster, and what was typed, to be copied."""
    case.refresh_from_db()
    codes = request.POST.getlist("reasons")[:50]
    typed = {
        "decision": dict(DECISIONS).get(request.POST.get("decision", ""), ""),
        "reasons": Reason.objects.filter(code__in=[c for c in codes if "\x00" not in c]).order_by("position"),
        "message": (request.POST.get("message") or request.POST.get("why") or "").replace("\x00", ""),
    }
    context = {
        "title": _("没有作出更改"),
        "case": case,
        "why": why,
        "typed": typed,
        "decision": next(iter(dossier.decisions(case)), None),
    }
    return render(request, "admin/accounts/verification/conflict.html", context, status=409)
