"""The second pair of eyes: confirming what a colleague proposed, or not agreeing to it, with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import review
from accounts.admin.access import conflict, refused, reviewable, reviewer_of, winner
from accounts.admin.decide import go_on, page_of
from accounts.admin.decision_form import SetAsideForm
from accounts.models import NotAllowed, Verification
from portal.idempotency import once
from portal.workflow import TransitionError

CONFIRM, SET_ASIDE = "confirm", "set_aside"


@require_POST
def second(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the proposal on the screen: answer=confirm|set_aside, why, version. One's own is 403 with words."""
    case = reviewable(request, pk)
    proposal = case.proposal
    if proposal is not None and proposal.proposed_by_id == request.user.pk:
        raise PermissionDenied(_("这项决定由您提出，须由另一位审核员确认。"))
    return _answer(request, case)


@once
def _answer(request: HttpRequest, case: Verification) -> HttpResponse:
    answer, user, form = request.POST.get("answer"), reviewer_of(request), SetAsideForm(request.POST)
    version = request.POST.get("version", "")
    if answer not in {CONFIRM, SET_ASIDE} or version != str(case.version):
        return conflict(request, case, winner(case, int(version) if _is_number(version) else case.version))
    if answer == SET_ASIDE and not form.is_valid():
        return page_of(request, case, None, status=422, set_aside=form)
    try:
        words = _act(case, answer, form, user)
    except TransitionError as error:
        stored: Any = error.stored
        return conflict(request, case, winner(stored, int(version)))
    except NotAllowed as refusal:
        return refused(request, case, refusal)
    messages.success(request, words)
    return go_on(request, user, wants_next="go_on" in request.POST)


def _act(case: Verification, answer: str, form: SetAsideForm, user: Any) -> str:
    now = timezone.now()
    if answer == CONFIRM:
        made = review.confirm(case, by=user, version=case.version, at=now)
        words = {"case": case.case_number, "outcome": made.get_outcome_display()}
        return _("%(case)s：%(outcome)s，由两人作出。已通知申请人。") % words
    review.set_aside(case, by=user, version=case.version, why=form.cleaned_data["why"], at=now)
    return _("%(case)s 已回到队列；提出的人会看到您的理由。") % {"case": case.case_number}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
