"""完善信息: the platform's question set about the person."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import answers, drafts
from accounts.models import QuestionSet, Submission, Verification
from accounts.questions import QuestionForm
from portal.idempotency import once
from portal.localise import localised
from portal.purposes import OWNER, purpose


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@once
def profile(request: HttpRequest, zone: str) -> HttpResponse:
    """Ask, keep in the draft, go on. After a refusal what failed is marked and the rest is there."""
    draft = drafts.draft_of(request.user)
    is_first = not Verification.objects.owned_by(request.user).exists()  # type: ignore[arg-type]
    if draft is None and not is_first:  # a new attempt is opened where one reads why
        return redirect("gate", zone=zone)
    question_set = QuestionSet.objects.current_profile()
    if question_set is None:
        raise Http404
    form = QuestionForm(
        question_set,
        request.POST if request.method == "POST" else None,
        initial=_told_before(request, draft),
        notes=notes(draft),
    )
    if request.method != "POST":
        return _page(request, form, draft)
    if not form.is_valid():
        return _page(request, form, draft, status=422)
    draft = draft or drafts.begin(request.user)  # type: ignore[arg-type]
    try:
        answers.save_profile(draft, question_set, form.answers(), at=timezone.now())
    except answers.DraftGone:
        reason = _("这份资料已经在另一个窗口提交，不能再改。")
        return render(request, "409.html", {"reason": reason}, status=409)
    return redirect("gate" if is_first else "evidence", zone=zone)


def _told_before(request: HttpRequest, draft: Submission | None) -> dict[str, Any]:
    if draft is None:
        return {}
    with purpose(OWNER, by=request.user, of=draft.owner):
        return answers.shown_again(draft)


def notes(draft: Submission | None) -> dict[str, str]:
    """Return why answers were sent back, by question key, in the reader's language."""
    return {
        key: " ".join(localised(reason, "text") for reason in reasons)
        for key, reasons in drafts.complaints(draft).items()
    }


def _page(request: HttpRequest, form: QuestionForm, draft: Submission | None, status: int = 200) -> HttpResponse:
    general = drafts.complaints(draft).get("", [])
    return render(request, "accounts/profile.html", {"form": form, "general": general}, status=status)
