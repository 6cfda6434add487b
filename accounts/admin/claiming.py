"""Taking a case and putting it back: claim, renew, release, the next one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import review
from accounts.admin.access import DECIDE, QUEUE, refused, reviewable, reviewer_of
from accounts.models import Claim, NotAllowed


@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the case, or renew one's hold; somebody else's hold is 409 with their name."""
    case = reviewable(request, pk)
    try:
        Claim.take(case, by=reviewer_of(request), at=timezone.now())
    except NotAllowed as refusal:
        return refused(request, case, refusal)
    return redirect(DECIDE, pk)


@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the case back."""
    case = reviewable(request, pk)
    Claim.release(case, by=reviewer_of(request), at=timezone.now())
    messages.info(request, _("%(case)s 已放回队列。") % {"case": case.case_number})
    return redirect(QUEUE)


@require_POST
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep one's hold while the page is open; answers until when, or 409 with why not."""
    case = reviewable(request, pk)
    try:
        taken = Claim.take(case, by=reviewer_of(request), at=timezone.now())
    except NotAllowed as refusal:
        return JsonResponse({"reason": str(refusal)}, status=409)
    return JsonResponse({"until": taken.until.isoformat()})


@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """下一件: claim the oldest free case and open it."""
    case = review.take_next(reviewer_of(request), at=timezone.now())
    if case is None:
        messages.info(request, _("现在没有待领取的案件。"))
        return redirect(QUEUE)
    return redirect(DECIDE, case.pk)
