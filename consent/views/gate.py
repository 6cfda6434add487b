"""The gate's own pages. The middleware has judged: whoever reaches a view here may stand on it."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Verification
from consent import wanted
from consent.actions import Answer, answer
from consent.differences import compare
from consent.gate import Step, judge, read_facts
from consent.models import Agreement, AgreementVersion, ConsentRecord
from consent.sender import sender_hashes
from consent.texts import body_html, fingerprint, shown_texts, summary
from portal.idempotency import once
from portal.localise import localised
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
    choices = {"agree": Answer.GIVEN, "refuse": Answer.REFUSED}
    return _ask(request, Agreement.Kind.AGREEMENT, choices, "consent/agreement.html")


@require_http_methods(["GET", "HEAD", "POST"])
@once
def informed_consent(request: HttpRequest, zone: str) -> HttpResponse:
    """知情同意书: 同意 or 不同意并跳过; skipping skips the survey and nothing else."""
    choices = {"agree": Answer.GIVEN, "skip": Answer.SKIPPED}
    return _ask(request, Agreement.Kind.INFORMED_CONSENT, choices, "consent/informed_consent.html")


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


def _ask(request: HttpRequest, kind: str, choices: Mapping[str, str], template: str) -> HttpResponse:
    place = _zone(request)
    version = AgreementVersion.objects.current(kind, place)
    if version is None:
        raise Http404
    texts = shown_texts(version)
    if request.method != "POST":
        return _document(request, template, version, texts)
    choice = choices.get(request.POST.get("decision", ""))
    if choice is None:
        return _document(request, template, version, texts, _("请在下面的两个按钮中选择一个。"), status=422)
    language = _language_shown(request, version, texts)
    if language is None:
        words = _("文本在您阅读期间更新了，您的选择没有记录。下面是现行版本，请看过后再选择。")
        return _document(request, template, version, texts, words, status=409)
    answer(
        person=request.user,
        version=version,
        answer=choice,
        text=texts[language],
        language=language,
        at=timezone.now(),
        form=request.resolver_match.view_name if request.resolver_match else kind,
        **sender_hashes(request),
    )
    return redirect("gate", zone=place.slug)


def _document(
    request: HttpRequest,
    template: str,
    version: AgreementVersion,
    texts: Mapping[str, str],
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page: what changed since this person agreed (on a page left open: since what it showed), then the text."""
    agreed = _agreed_before(request, version)
    on_screen = None
    if status == 409 and agreed is None:
        number = request.POST.get("version", "")
        earlier = AgreementVersion.objects.published().filter(agreement=version.agreement).exclude(pk=version.pk)
        on_screen = earlier.filter(number=int(number)).first() if number.isdecimal() and len(number) < 9 else None
    before = agreed.version if agreed else on_screen
    context = {
        "version": version,
        "title": localised(version, "title"),
        "summary": summary(version),
        "body": body_html(version),
        "shown": fingerprint(next(iter(texts.values()))),
        "agreed": agreed,
        "on_screen": on_screen,
        "comparison": compare(before, version) if before else None,
        "error": error,
    }
    return render(request, template, context, status=status)


def _language_shown(request: HttpRequest, version: AgreementVersion, texts: Mapping[str, str]) -> str | None:
    """Return the language of the text that was on the screen; None when that text is not in force any more.

    A form that names neither version nor text was sent by hand: it means the text in force.
    """
    if request.POST.get("version", str(version.number)) != str(version.number):
        return None
    languages = {fingerprint(text): language for language, text in reversed(texts.items())}
    active = next(iter(texts))
    return languages.get(request.POST["shown"]) if "shown" in request.POST else active


def _agreed_before(request: HttpRequest, version: AgreementVersion) -> ConsentRecord | None:
    """Return this person's last acceptance, if it was of an earlier version."""
    last = (
        ConsentRecord.objects.owned_by(request.user)
        .filter(kind=version.agreement.kind, zone=version.agreement.zone, answer=Answer.GIVEN)
        .select_related("version__agreement")
        .first()
    )
    return last if last and last.version_id != version.pk else None


def _zone(request: HttpRequest) -> Zone:
    place = getattr(request, "zone", None)
    if place is None:
        raise Http404
    return place
