"""The user agreement and the privacy policy: pages of their own, for everybody."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consent.models import AgreementVersion
from consent.texts import body_html
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
