"""Pages of the site itself: home, language, robots, what is needed to check the record."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from portal import languages, seals, signing
from portal.models import Zone
from portal.styleguide import drawn as components


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The zones, for everybody."""
    return render(request, "portal/home.html", {"zones": Zone.objects.listed()})


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language chosen: in this browser, and with the person."""
    chosen, target = request.POST.get("language", ""), request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = reverse("home")
    response = HttpResponseRedirect(languages.without_language(target))
    languages.choose(request, response, chosen)
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Landings and abstracts may be indexed; the rest answers with a redirect anyway."""
    lines = [
        "User-agent: *",
        "Disallow: /accounts/",
        "Disallow: /admin/",
        "Disallow: /me/",
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def record_keys(request: HttpRequest) -> HttpResponse:
    """The record's public keys and its newest signed head, for whoever checks a receipt; see docs/record.md."""
    newest = seals.latest()
    keys = [
        {"key_id": key.key_id, "public_key": key.public_key, "state": "current" if key.is_current else "retired"}
        for key in signing.public_keys()
    ]
    head = seals.head_of(newest) if newest else None
    return JsonResponse({"format": "portal-record-keys-1", "algorithm": "Ed25519", "keys": keys, "head": head})


@require_safe
def record_verifier(request: HttpRequest) -> HttpResponse:
    """The script that checks a receipt offline: one file, the standard library only."""
    text = (settings.BASE_DIR / "deploy" / "verify_receipt.py").read_text(encoding="utf-8")
    response = HttpResponse(text, content_type="text/x-python; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="verify_receipt.py"'
    return response


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state; for staff, and for everybody in development."""
    if not settings.DEBUG and not admin.site.has_permission(request):
        raise PermissionDenied
    return render(request, "portal/styleguide.html", {"components": list(components(request))})
