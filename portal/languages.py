"""Which language somebody reads: their own on every device once they have chosen, until then this browser's cookie.

The interface starts in Chinese whatever the browser says.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

log = logging.getLogger(__name__)
A_YEAR = 365 * 24 * 3600
PARAMETER = "language"
INDEXED = frozenset({"home", "zone", "terms", "privacy"})  # pages that search engines may show, in either language


def chosen_here(request: HttpRequest) -> str:
    """Return what was chosen in this browser; "" when nothing was."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else ""


def language_of(request: HttpRequest) -> str:
    """Return the language of this request. Raises nothing: a database that is away must not cost the error page.

    An address that names a language (what search engines are given for the public pages) is shown in it, this once.
    """
    return _asked(request) or _own(request) or chosen_here(request) or settings.LANGUAGE_CODE


def without_language(address: str) -> str:
    """Return the address without a language named in it."""
    parts = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != PARAMETER]
    return urlunsplit(parts._replace(query=urlencode(query))) if PARAMETER in parts.query else address


def choose(request: HttpRequest, response: HttpResponse, language: str) -> None:
    """Keep a language: in this browser, and with the person who is signed in. An unknown one changes nothing."""
    if language not in dict(settings.LANGUAGES):
        return
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    if request.user.is_authenticated:
        get_user_model().objects.filter(pk=request.user.pk).update(language=language)


def connect() -> None:
    """Who signs in and has never chosen takes along what they chose as a visitor."""
    user_logged_in.connect(_take_along, dispatch_uid="portal.languages")


def _take_along(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    chosen = chosen_here(request)
    if chosen and not user.language:
        get_user_model().objects.filter(pk=user.pk, language="").update(language=chosen)


def _asked(request: HttpRequest) -> str:
    asked = request.GET.get(PARAMETER, "") if request.method in {"GET", "HEAD"} else ""
    return asked if asked in dict(settings.LANGUAGES) else ""


def _own(request: HttpRequest) -> str:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ""
    try:
        own = getattr(request.user, "language", "")
    except DatabaseError:
        log.exception("nobody can say whose language this is")
        return ""
    return own if own in dict(settings.LANGUAGES) else ""
