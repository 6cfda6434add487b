"""Asking for an answer to the version in force: for the gate's two documents and the platform's."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.actions import Answer, answer
from consent.differences import compare
from consent.models import AgreementVersion, ConsentRecord
from consent.sender import sender_hashes
from consent.texts import body_html, fingerprint, shown_texts, summary
from portal.localise import localised
from portal.models import Zone


def ask(
    request: HttpRequest, kind: str, zone: Zone | None, choices: Mapping[str, str], template: str, after: str
) -> HttpResponse:
    """Show the version in force and take one answer to it, then go to `after`.

    422 without a choice, 409 when another text was on the screen; both show the page again with the text in force.
    """
    version = AgreementVersion.objects.current(kind, zone)
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
    return redirect(after)


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
    languages = {fingerprint(text): language for language, text in reversed(list(texts.items()))}
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
