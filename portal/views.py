"""Pages of the site itself: home, language, robots, what is needed to check the record, errors."""

from __future__ import annotations

import sys

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_POST, require_safe

from portal import languages, seals, signing
from portal.models import Zone

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


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
    response = HttpResponseRedirect(target)
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
    return render(request, "portal/styleguide.html")


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: say what to do; nothing was done."""
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    is_too_much = isinstance(exception, TOO_MUCH)
    reason = _("提交的内容过多，未作任何更改。请返回上一页，减少后再试。") if is_too_much else ""
    return render(request, "400.html", {"reason": reason}, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault, or the disk's: a database that has no room is said so, and nothing was stored."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError) and ("full" in str(error) or "No space left" in str(error)):
        return render(request, "507.html", status=503)
    return render(request, "500.html", status=500)
