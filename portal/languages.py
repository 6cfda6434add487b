"""Which language somebody reads: their own on every device once they have chosen, until then this browser's cookie.

The interface starts in Chinese whatever the browser says.
"""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

log = logging.getLogger(__name__)
A_YEAR = 365 * 24 * 3600


def chosen_here(request: HttpRequest) -> str:
    """Return what was chosen in this browser; "" when nothing was."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else ""


def language_of(request: HttpRequest) -> str:
    """Return the language of this request. Raises nothing: a database that is away must not cost the error page."""
    return _own(request) or chosen_here(request) or settings.LANGUAGE_CODE


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


def _own(request: HttpRequest) -> str:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ""
    try:
        own = getattr(request.user, "language", "")
    except DatabaseError:
        log.exception("nobody can say whose language this is")
        return ""
    return own if own in dict(settings.LANGUAGES) else ""
