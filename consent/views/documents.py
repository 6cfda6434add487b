"""The user agreement and the privacy policy: pages of their own, for everybody; accepted anew by who has an account."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from consent.actions import Answer, to_accept_anew
from consent.models import AgreementVersion
from consent.texts import body_html
from consent.views.asking import ask
from portal.idempotency import once
from portal.localise import localised


@require_safe
def document(request: HttpRequest, kind: str) -> HttpResponse:
    """The version in force."""
    version = AgreementVersion.objects.current(kind, None)
    if version is None:
        raise Http404
    context = {
        "title": localised(version, "title"),
        "summary": localised(version, "summary"),
        "number": version.number,
        "published_at": version.published_at,
        "body": body_html(version),
    }
    return render(request, "portal/document.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def accept(request: HttpRequest, kind: str) -> HttpResponse:
    """A new version that must be accepted anew: what changed, the text, and one button. Nothing to accept: 我的."""
    if kind not in {version.agreement.kind for version in to_accept_anew(request.user)}:
        return redirect("me")
    return ask(request, kind, None, {"agree": Answer.GIVEN}, "consent/accept.html", reverse("me"))
