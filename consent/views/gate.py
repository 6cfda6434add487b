"""The gate's own pages. The middleware has judged: whoever reaches a view here may stand on it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Verification
from consent import wanted
from consent.actions import Answer
from consent.gate import Step, judge, read_facts
from consent.models import Agreement, ConsentRecord
from consent.views.asking import ask
from portal.idempotency import once
from portal.models import Zone


@require_safe
def gate(request: HttpRequest, zone: str) -> HttpResponse:
    """Send the caller to their step; when open, once past the passed page, to the page wanted or the landing."""
    place = _zone(request)
    facts, now = read_facts(request.user, place), timezone.now()
    step = judge(facts, at=now)
    if step != Step.OPEN:
        return redirect(step.value, zone=place.slug) if step != Step.SIGN_IN else redirect("account_login")
    if facts is not None and not facts.passed_seen:
        if "enter" not in request.GET:
            return redirect("passed", zone=place.slug)
        case = Verification.objects.owned_by(request.user).get()  # type: ignore[arg-type]
        case.see_passed(at=now)
    target = wanted.recall(request, place) or reverse("zone", kwargs={"zone": place.slug})
    wanted.forget(request, place)
    return redirect(target)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def agreement(request: HttpRequest, zone: str) -> HttpResponse:
    """壹生身份认证协议书: 同意 or 拒绝. After a refusal this is where it is reconsidered."""
    choices, back = {"agree": Answer.GIVEN, "refuse": Answer.REFUSED}, reverse("gate", kwargs={"zone": zone})
    return ask(request, Agreement.Kind.AGREEMENT, _zone(request), choices, "consent/agreement.html", back)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def informed_consent(request: HttpRequest, zone: str) -> HttpResponse:
    """知情同意书: 同意 or 不同意并跳过; skipping skips the survey and nothing else."""
    choices, back = {"agree": Answer.GIVEN, "skip": Answer.SKIPPED}, reverse("gate", kwargs={"zone": zone})
    return ask(request, Agreement.Kind.INFORMED_CONSENT, _zone(request), choices, "consent/informed_consent.html", back)


@require_safe
def declined(request: HttpRequest, zone: str) -> HttpResponse:
    """After 拒绝, or when the zone does not admit the person's profession."""
    facts = request.facts  # type: ignore[attr-defined]
    refused = facts.agreement_answer == Answer.REFUSED
    row = (
        ConsentRecord.objects.owned_by(request.user)
        .filter(kind=Agreement.Kind.AGREEMENT, zone=_zone(request), answer=Answer.REFUSED)
        .first()
    )
    return render(request, "consent/declined.html", {"is_refusal": refused, "refusal": row if refused else None})


@require_safe
def passed(request: HttpRequest, zone: str) -> HttpResponse:
    """「您已通过HCP身份认证和信息审核」(5 s), once per approval; consumed when left by `enter`."""
    place = _zone(request)
    case = Verification.objects.owned_by(request.user).get()  # type: ignore[arg-type]
    enter = f"{reverse('gate', kwargs={'zone': place.slug})}?enter=1"
    if case.passed_seen_at is not None:
        return redirect("gate", zone=place.slug)
    is_stopped = "stay" in request.GET
    context = {
        "enter_url": enter,
        "until": case.approved_until,
        "is_stopped": is_stopped,
        "seconds": 5,
        "has_wanted": wanted.recall(request, place) is not None,
    }
    response = render(request, "consent/passed.html", context)
    if not is_stopped:
        response.headers["Refresh"] = f"5; url={enter}"
    return response


def _zone(request: HttpRequest) -> Zone:
    place = getattr(request, "zone", None)
    if place is None:
        raise Http404
    return place
