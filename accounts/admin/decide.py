"""The decide page: answers, evidence and checks side by side, and the decision. Every act is one call."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import review
from accounts.admin import checking, dossier, material
from accounts.admin.access import (
    DECIDE,
    QUEUE,
    conflict,
    forbid_own,
    holder_of,
    refused,
    reviewable,
    reviewer_of,
    winner,
)
from accounts.admin.decision_form import MESSAGE_LIMIT, ChecksForm, DecisionForm, SetAsideForm, with_canned
from accounts.admin.queue import professions, row_of
from accounts.comparing import changes_since
from accounts.models import CannedMessage, Check, Claim, Decision, Held, NotAllowed, Proposal, Verification
from portal.idempotency import once
from portal.workflow import TransitionError

GO_ON = "desk_go_on"  # in the session: whether this reviewer wants the next case claimed after each decision
NOTE, INSERT = "note", "insert"  # what a form without a script asks for besides a decision


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: read only until claimed; then answers and evidence side by side, and the decision."""
    case = reviewable(request, pk)
    if request.method != "POST":
        return page_of(request, case, None)
    if case.status == Verification.Status.PENDING and str(case.version) == request.POST.get("version"):
        # The hold is taken apart from the decision, so that a form shown again keeps its evidence in reach.
        try:
            Claim.take(case, by=reviewer_of(request), at=timezone.now())
        except Held as refusal:
            return conflict(request, case, str(refusal))
        except NotAllowed as refusal:
            forbid_own(request, case, refusal)  # anything else is the decision's to say
        else:
            if request.POST.get("do") in {NOTE, INSERT}:
                return _keep(request, case)
    return _decide(request, case)


def _keep(request: HttpRequest, case: Verification) -> HttpResponse:
    """Record the checks, or put a kept message into the box; nothing is decided, nothing typed is lost."""
    if request.POST["do"] == INSERT:
        chosen, typed = request.POST.get("canned", ""), request.POST.get("message", "")
        return page_of(request, case, None, typed=with_canned(typed, chosen, case.owner.language))
    form = ChecksForm(request.POST)
    if not form.is_valid():
        return page_of(request, case, form, status=422)
    try:
        Check.note(case, form.answers(), by=reviewer_of(request), at=timezone.now())
    except NotAllowed as refusal:  # decided by somebody else since the hold was taken
        return refused(request, case, refusal)
    messages.success(request, _("核对已记录，还没有作决定。"))
    return page_of(request, case, None)


@once
def _decide(request: HttpRequest, case: Verification) -> HttpResponse:
    form, user = DecisionForm(request.POST, submission=case.current), reviewer_of(request)
    is_whole = form.is_valid()
    version: Any = form.cleaned_data.get("version")
    shown = request.POST.get("submission") or str(case.current.public_id)
    if version is not None and (version != case.version or shown != str(case.current.public_id)):
        return conflict(request, case, winner(case, version))
    if not is_whole:
        return page_of(request, case, form, status=422)
    try:
        made = _settle(case, form, user, at=timezone.now())
    except TransitionError as error:
        stored: Any = error.stored
        return conflict(request, case, winner(stored, version))
    except NotAllowed as refusal:
        return refused(request, case, refusal)
    words = {"case": case.case_number, "outcome": made.get_outcome_display()}
    if isinstance(made, Proposal):
        messages.success(request, _("%(case)s：已提出「%(outcome)s」，等另一位审核员确认后生效。") % words)
    else:
        messages.success(request, _("%(case)s：%(outcome)s。已通知申请人。") % words)
    return go_on(request, user, wants_next=form.cleaned_data["go_on"])


@transaction.atomic
def _settle(case: Verification, form: DecisionForm, user: Any, *, at: datetime) -> Decision | Proposal:
    """The checks and the decision on them, together or not at all."""
    data = form.cleaned_data
    if form.answers():
        Check.note(case, form.answers(), by=user, at=at)
    return review.decide(
        case,
        by=user,
        decision=data["decision"],
        version=data["version"],
        reasons=data["reasons"],
        message=data["message"],
        at=at,
    )


def go_on(request: HttpRequest, user: Any, *, wants_next: bool) -> HttpResponse:
    """Open the next case; claimed at once only for who asked for that."""
    request.session[GO_ON], now = wants_next, timezone.now()
    following = review.take_next(user, at=now) if wants_next else review.free_cases(user, at=now).first()
    return redirect(DECIDE, following.pk) if following else redirect(QUEUE)


def page_of(
    request: HttpRequest,
    case: Verification,
    form: forms.Form | None,
    *,
    status: int = 200,
    typed: str | None = None,
    set_aside: SetAsideForm | None = None,
) -> HttpResponse:
    """The case's page, with what was typed."""
    user, now = reviewer_of(request), timezone.now()
    held = holder_of(case, now)
    is_mine = bool(held and held.reviewer_id == user.pk and case.status == Verification.Status.PENDING)
    case.running = [held] if held else []  # type: ignore[attr-defined]  # as the queue's prefetch names it
    proposal = case.proposal
    case.proposed = [proposal] if proposal else []  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "title": case.case_number,
        "case": case,
        "held": held,
        "is_mine": is_mine,
        "row": row_of(case, user, professions(), at=now),
        "form": form,
        "proposal": proposal,
        "decisions": dossier.decisions(case),
        "events": dossier.events(case),
        "go_on": request.session.get(GO_ON, False) if request.method != "POST" else "go_on" in request.POST,
        "idempotency_key": secrets.token_urlsafe(16),
        "may_revoke": user.has_perm("accounts.revoke_verification"),
        "why_not": "" if is_mine else case.why_not(user),
    }
    if is_mine and held:
        message = request.POST.get("message", "") if typed is None else typed
        context |= _held(request, case, held, form, now) | {"typed": message, "set_aside": set_aside or SetAsideForm()}
    return render(request, "admin/accounts/verification/decide.html", context, status=status)


def _held(
    request: HttpRequest, case: Verification, held: Claim, form: forms.Form | None, now: datetime
) -> dict[str, Any]:
    """What only the holder of the case sees."""
    retry, final = dossier.reason_choices()
    changes = changes_since(case.current)
    return {
        "lines": dossier.answer_lines(case, retry, held=held, at=now),
        "changes": changes,
        "pages": material.pages_now(case, changes),
        "gone": material.pages_gone(case, changes),
        "items": checking.items(case.current, form if isinstance(form, ChecksForm) else None, request.POST),
        "register_url": settings.REGISTER_URL,
        "canned": CannedMessage.objects.filter(is_active=True).order_by("position", "pk"),
        "is_english": case.owner.language == "en",
        "message_limit": MESSAGE_LIMIT,
        "retry": retry,
        "final": final,
        "duplicates": dossier.duplicates(case, held.reviewer),
        "ticked": set(request.POST.getlist("reasons")),
        "proposes": {word: review.is_proposed(word) for word in review.OUTCOMES},
    }
