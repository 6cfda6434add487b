"""The decide page: claim, put back, renew, decide. Every row starts at reviewable_by; every act is one call."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts import review
from accounts.admin import dossier
from accounts.admin.queue import professions, row_of
from accounts.models import Claim, Held, NotAllowed, Reason, Verification
from portal.idempotency import once
from portal.text import CleanCharField
from portal.workflow import TransitionError

MESSAGE_LIMIT = 1000
QUEUE = "admin:accounts_verification_changelist"
DECISIONS = [
    (review.APPROVE, gettext_lazy("通过")),
    (review.REJECT, gettext_lazy("退回")),
    (review.REFUSE_FINAL, gettext_lazy("终局拒绝")),
]
INCOMPLETE = gettext_lazy("不完整，请重新打开这件案件。")
GO_ON = "desk_go_on"  # in the session: whether this reviewer wants the next case claimed after each decision


class DecisionForm(forms.Form):
    """What was decided of what was on the screen."""

    decision = forms.ChoiceField(
        label=gettext_lazy("决定"),
        choices=DECISIONS,
        error_messages={
            "required": gettext_lazy("请按「通过」「退回」或「终局拒绝」。"),
            "invalid_choice": gettext_lazy("没有这种决定。"),
        },
    )
    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("退回理由"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("没有这条理由，或它已停用。")},
    )
    message = CleanCharField(
        label=gettext_lazy("给申请人的话"), paragraphs=True, required=False, max_length=MESSAGE_LIMIT
    )
    version = forms.IntegerField(
        label=gettext_lazy("页面"),
        min_value=1,
        max_value=2**31 - 1,
        error_messages={name: INCOMPLETE for name in ("required", "invalid", "min_value", "max_value")},
    )
    go_on = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {reason.code: reason for reason in Reason.objects.filter(is_active=True)}
        field: Any = self.fields["reasons"]
        field.choices = [(code, code) for code in self.known]

    def clean_reasons(self) -> list[Reason]:
        return [self.known[code] for code in dict.fromkeys(self.cleaned_data["reasons"])]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        decision, reasons = data.get("decision"), data.get("reasons")
        if decision is None or reasons is None:
            return data
        retry, final = ([r for r in reasons if r.is_final is kind] for kind in (False, True))
        if decision == review.REJECT and final:
            raise _wrong(_("终局理由只用于终局拒绝；退回请选可重交的理由。"))
        if decision == review.REJECT and not retry:
            raise _wrong(_("退回时至少选一条理由，申请人才知道要改什么。"))
        if decision == review.REFUSE_FINAL and not final:
            raise _wrong(_("终局拒绝须选至少一条终局理由。"))
        if decision == review.APPROVE and reasons:
            raise _wrong(_("通过时不带退回理由。请取消勾选，或改按「退回」。"))
        return data


def _wrong(words: str) -> ValidationError:
    return ValidationError({"reasons": words})


def reviewable(request: HttpRequest, pk: int) -> Verification:
    """Return the case if this person may open it at the desk; 403 without the right or for one's own, else 404."""
    user: Any = request.user
    if not user.has_perm("accounts.review_verification"):
        raise PermissionDenied(_("您没有审核资质的权限。"))
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


@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the case, or renew one's hold; somebody else's hold is 409 with their name."""
    case, user = reviewable(request, pk), _user(request)
    try:
        Claim.take(case, by=user, at=timezone.now())
    except NotAllowed as refusal:
        return _refused(request, case, refusal)
    return redirect("admin:accounts_verification_decide", pk)


@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the case back."""
    case = reviewable(request, pk)
    Claim.release(case, by=_user(request), at=timezone.now())
    messages.info(request, _("%(case)s 已放回队列。") % {"case": case.case_number})
    return redirect(QUEUE)


@require_POST
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep one's hold while the page is open; answers until when, or 409 with why not."""
    case = reviewable(request, pk)
    try:
        taken = Claim.take(case, by=_user(request), at=timezone.now())
    except NotAllowed as refusal:
        return JsonResponse({"reason": str(refusal)}, status=409)
    return JsonResponse({"until": taken.until.isoformat()})


@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """下一件: claim the oldest free case and open it."""
    user = _user(request)
    if not user.has_perm("accounts.review_verification"):
        raise PermissionDenied(_("您没有审核资质的权限。"))
    case = review.take_next(user, at=timezone.now())
    if case is None:
        messages.info(request, _("现在没有待领取的案件。"))
        return redirect(QUEUE)
    return redirect("admin:accounts_verification_decide", case.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: read only until claimed; then answers and evidence side by side, and the decision."""
    case = reviewable(request, pk)
    if request.method != "POST":
        return _page(request, case, None)
    if case.status == Verification.Status.PENDING and str(case.version) == request.POST.get("version"):
        # The hold is taken apart from the decision, so that a form shown again keeps its evidence in reach.
        try:
            Claim.take(case, by=_user(request), at=timezone.now())
        except Held as refusal:
            return conflict(request, case, str(refusal))
        except NotAllowed as refusal:
            _forbid_own_refusal(request, case, refusal)  # anything else is the decision's to say
    return _decide(request, case)


def _refused(request: HttpRequest, case: Verification, refusal: NotAllowed) -> HttpResponse:
    if not isinstance(refusal, Held):
        _forbid_own_refusal(request, case, refusal)
    return conflict(request, case, str(refusal))


def _forbid_own_refusal(request: HttpRequest, case: Verification, refusal: NotAllowed) -> None:
    """An appeal never goes back to who refused: that is no race but a right they lack."""
    if not Verification.objects.decidable_by(_user(request)).filter(pk=case.pk).exists():
        raise PermissionDenied(_("申诉须由另一位审核员处理。")) from refusal


@once
def _decide(request: HttpRequest, case: Verification) -> HttpResponse:
    form, user = DecisionForm(request.POST), _user(request)
    is_whole = form.is_valid()
    version: Any = form.cleaned_data.get("version")
    shown = request.POST.get("submission") or str(case.current.public_id)
    if version is not None and (version != case.version or shown != str(case.current.public_id)):
        return conflict(request, case, _winner(case, version))
    if not is_whole:
        return _page(request, case, form, status=422)
    data = form.cleaned_data
    try:
        made = review.decide(
            case,
            by=user,
            decision=data["decision"],
            version=version,
            reasons=data["reasons"],
            message=data["message"],
            at=timezone.now(),
        )
    except TransitionError as error:
        return conflict(request, case, _winner(error.stored, data["version"]))  # type: ignore[arg-type]
    except NotAllowed as refusal:
        return _refused(request, case, refusal)
    words = {"case": case.case_number, "outcome": made.get_outcome_display()}
    messages.success(request, _("%(case)s：%(outcome)s。已通知申请人。") % words)
    return _go_on(request, user, wants_next=data["go_on"])


def _go_on(request: HttpRequest, user: Any, *, wants_next: bool) -> HttpResponse:
    """Open the next case; claimed at once only for who asked for that."""
    request.session[GO_ON], now = wants_next, timezone.now()
    following = review.take_next(user, at=now) if wants_next else review.free_cases(user, at=now).first()
    return redirect("admin:accounts_verification_decide", following.pk) if following else redirect(QUEUE)


def _winner(stored: Verification, seen: int) -> str:
    """Say who moved the case after what was on the screen, and to what."""
    event = stored.events.select_related("actor").filter(seq__gt=seen).order_by("seq").first()
    if event is None:
        return _("这一页与案件不符，请重新打开。")
    words = dict(Verification.Status.choices)
    decision = dossier.decisions(stored)
    outcome = words.get(event.new, event.new)
    if event.new == Verification.Status.REJECTED and decision and decision[0].decided_at == event.at:
        outcome = decision[0].get_outcome_display()
    name = str(event.actor) if event.actor else _("系统")
    return _("%(name)s 已先处理：%(outcome)s。您的决定没有生效。") % {"name": name, "outcome": outcome}


def conflict(request: HttpRequest, case: Verification, why: str) -> HttpResponse:
    """409: nothing was changed; who was faster, and what was typed, to be copied."""
    case.refresh_from_db()
    codes = request.POST.getlist("reasons")[:50]
    typed = {
        "decision": dict(DECISIONS).get(request.POST.get("decision", ""), ""),
        "reasons": Reason.objects.filter(code__in=[c for c in codes if "\x00" not in c]).order_by("position"),
        "message": request.POST.get("message", "").replace("\x00", ""),
    }
    context = {
        "title": _("没有作出更改"),
        "case": case,
        "why": why,
        "typed": typed,
        "decision": next(iter(dossier.decisions(case)), None),
    }
    return render(request, "admin/accounts/verification/conflict.html", context, status=409)


def _page(request: HttpRequest, case: Verification, form: DecisionForm | None, status: int = 200) -> HttpResponse:
    user, now = _user(request), timezone.now()
    held = holder_of(case, now)
    is_mine = bool(held and held.reviewer_id == user.pk and case.status == Verification.Status.PENDING)
    case.running = [held] if held else []  # type: ignore[attr-defined]  # as the queue's prefetch names it
    context: dict[str, Any] = {
        "title": case.case_number,
        "case": case,
        "held": held,
        "is_mine": is_mine,
        "row": row_of(case, user, professions(), at=now),
        "form": form,
        "decisions": dossier.decisions(case),
        "events": dossier.events(case),
        "message_limit": MESSAGE_LIMIT,
        "go_on": request.session.get(GO_ON, False) if form is None else "go_on" in request.POST,
        "idempotency_key": secrets.token_urlsafe(16),
        "may_revoke": user.has_perm("accounts.revoke_verification"),
    }
    if is_mine and held:
        retry, final = dossier.reason_choices()
        context |= {
            "lines": dossier.answer_lines(case, retry, held=held, at=now),
            "pages": dossier.evidence_pages(case),
            "retry": retry,
            "final": final,
            "duplicates": dossier.duplicates(case),
            "ticked": set(request.POST.getlist("reasons")),
            "typed": request.POST.get("message", ""),
        }
    return render(request, "admin/accounts/verification/decide.html", context, status=status)


def _user(request: HttpRequest) -> Any:
    return request.user
