"""What became of the case: pending, rejected, expired, revoked; and how one goes on from there."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import answers, drafts, meanwhile, messages, waiting
from accounts.models import Claim, Submission, Verification
from accounts.questions import TextRules
from portal.idempotency import once
from portal.localise import localised
from portal.text import CleanCharField

REFRESH_SECONDS = 10
APPEAL_LEAST, APPEAL_MOST = 10, 2000


class AppealForm(forms.Form):
    """Why a decision is thought wrong; demanded where nothing else reopens the case."""

    appeal = CleanCharField(
        paragraphs=True,
        label=_("申诉理由"),
        widget=forms.Textarea({"rows": 5}),
        validators=[TextRules(shortest=APPEAL_LEAST, longest=APPEAL_MOST, allows_pictures=True)],
        error_messages={"required": _("请写明您认为哪里判断有误。")},
    )

    def __init__(self, *args: Any, is_required: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["appeal"].required = is_required
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.disable_csrf, self.helper.summary_above = False, True, True


@require_safe
def pending(request: HttpRequest, zone: str) -> HttpResponse:
    """The place in the queue and an honest estimate. A script asks with X-Portal-Poll: 204 while nothing changed."""
    case = Verification.objects.owned_by(request.user).filter(status="PENDING").first()  # type: ignore[arg-type]
    if case is None:  # decided between the gate's look and this one
        return redirect("gate", zone=zone)
    if request.headers.get("X-Portal-Poll"):
        return HttpResponse(status=204)
    is_refreshing, now = request.GET.get("refresh") != "off", timezone.now()
    guess = waiting.estimate(case, at=now)
    context = {
        "is_looked_at": Claim.objects.running(now).filter(verification=case).exists() or case.proposal is not None,
        "readings": meanwhile.readings(request, request.zone),  # type: ignore[attr-defined]
        "target_hours": settings.REVIEW_TARGET_HOURS,
        "by_sms": messages.goes_by_sms(case.owner),
        "case": case,
        "ahead": waiting.ahead_of(case),
        "estimate": guess,
        "range": guess and guess.words(at=now),
        "now": now,
        "address": waiting.masked(case.owner.email),
        "is_refreshing": is_refreshing,
    }
    response = render(request, "accounts/pending.html", context)
    if is_refreshing:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@once
def rejected(request: HttpRequest, zone: str) -> HttpResponse:
    """Why, what is kept, 重新提交; after a final refusal the appeal."""
    case = _case(request)
    if case.status != Verification.Status.REJECTED:
        return redirect("gate", zone=zone)
    decision = case.current.decision
    concerned = {reason["concerns"] for reason in decision.reasons}
    questions = answers.labels(case.current.question_set)
    context: dict[str, Any] = {"decision": decision, "faults": _faults(case, questions)}
    if not case.is_final:
        kept = [localised(row, "label") for key, row in questions.items() if key not in concerned]
        files = [] if drafts.EVIDENCE in concerned else drafts.readable(case.current.evidence, case.owner)
        context |= {"kept_answers": kept, "kept_files": files}
    return _again(request, case, "accounts/rejected.html", context, needs_appeal=case.is_final)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def expired(request: HttpRequest, zone: str) -> HttpResponse:
    """The approval ran out: renew it."""
    return _again(request, _case(request), "accounts/expired.html", {}, needs_appeal=None)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def revoked(request: HttpRequest, zone: str) -> HttpResponse:
    """The approval was taken back: why, since when, and the appeal."""
    return _again(request, _case(request), "accounts/revoked.html", {}, needs_appeal=True)


def _again(
    request: HttpRequest, case: Verification, template: str, context: dict[str, Any], *, needs_appeal: bool | None
) -> HttpResponse:
    """Show the page; a post opens the next draft. needs_appeal: demanded, offered, or (None) not asked."""
    draft = drafts.draft_of(request.user)
    is_post, until = request.method == "POST", drafts.appeal_until(case)
    is_over = until is not None and draft is None and until <= timezone.now()
    if is_post and is_over:
        return render(request, "409.html", {"reason": _("申诉期已过，这项终局决定不再改变。")}, status=409)
    form = AppealForm(
        request.POST if is_post else None,
        is_required=bool(needs_appeal),
        initial={"appeal": draft.appeal if draft else ""},
    )
    if is_post and form.is_valid():
        appeal = "" if needs_appeal is None else form.cleaned_data["appeal"]
        draft = drafts.begin_again(case, appeal=appeal)
        return redirect(_first_page(draft), zone=request.zone.slug)  # type: ignore[attr-defined]
    context |= {"case": case, "draft": draft, "form": form, "appeal_until": until, "appeal_is_over": is_over}
    return render(request, template, context, status=422 if is_post else 200)


def _first_page(draft: Submission) -> str:
    """Where the mending begins: at the profile if something of it is to be mended or missing, else at the files."""
    concerned = set(drafts.complaints(draft)) - {drafts.EVIDENCE}
    return "profile" if concerned or not draft.is_profile_complete else "evidence"


def _faults(case: Verification, questions: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what failed, item by item: its name, what was given, and the reasons that concern it."""
    found: dict[str, dict[str, Any]] = {}
    for reason in case.current.decision.reasons:
        item = found.setdefault(
            reason["concerns"],
            {"name": _concern(reason["concerns"], questions), "given": _given(case, reason["concerns"]), "why": []},
        )
        item["why"].append(localised(reason, "text"))
    return list(found.values())


def _given(case: Verification, concerns: str) -> list[str]:
    """What the person gave for it, as far as it stands readable: answers in words, files by name."""
    if concerns == drafts.EVIDENCE:
        return list(case.current.evidence.order_by("pk").values_list("name", flat=True))
    row = case.current.answers.filter(question__key=concerns).first()
    if row is None or row.sealed is not None or row.value in (None, ""):
        return []
    choices = {
        str(c["value"]): localised({"w_zh": c.get("zh"), "w_en": c.get("en")}, "w")
        for c in row.wording.get("choices") or []
    }
    values = row.value if isinstance(row.value, list) else [row.value]
    return [str(choices.get(str(value), value)) for value in values]


def _concern(concerns: str, questions: dict[str, Any]) -> Any:
    if concerns in questions:
        return localised(questions[concerns], "label")
    return _("资质文件") if concerns == drafts.EVIDENCE else _("整份资料")


def _case(request: HttpRequest) -> Verification:
    cases = Verification.objects.owned_by(request.user)  # type: ignore[arg-type]
    return cases.select_related("owner", "current__decision", "current__question_set").get()
