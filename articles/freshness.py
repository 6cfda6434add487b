"""Whether what a reader holds of an article's page is what they would get now: an ETag made of all that the page shows.

The gate has judged and the database was asked before anything here runs; only the drawing is saved. The first answer
is `no-store`. Who asks with If-None-Match has kept the page: they are told `private, no-cache`, to ask every time.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import translation
from django.utils.cache import get_conditional_response

from articles.models import Article
from articles.threads import Page

KEPT = "private, no-cache"


def etag_of(request: HttpRequest, article: Article, page: Page, last_read: int | None) -> str:
    """Return the ETag of this article for this reader, in this session and language, with these comments."""
    user: Any = request.user
    get_token(request)  # the page's forms belong to the session's secret
    parts = (
        _built(),
        translation.get_language(),
        (user.pk, user.display_name, user.display_title, user.is_staff),
        request.META["CSRF_COOKIE"],
        getattr(request, "facts", None),
        _columns(article),
        last_read,
        [(row.said, row.closes, row.more, row.thread) for row in page.rows],
        page.after,
    )
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def unchanged(request: HttpRequest, etag: str) -> HttpResponse | None:
    """Return the 304 when the reader holds this page and nothing is to be said to them; None otherwise."""
    if "If-None-Match" not in request.headers or len(get_messages(request)):
        return None
    answer: HttpResponse | None = get_conditional_response(request, etag=etag)
    return marked(request, answer, etag) if answer is not None else None


def marked(request: HttpRequest, response: HttpResponse, etag: str) -> HttpResponse:
    """Put the ETag on an answer, and how long it may be held."""
    response.headers["ETag"] = etag
    if "If-None-Match" in request.headers:
        response.headers["Cache-Control"] = KEPT
    return response


@cache
def _built() -> float:
    """When the newest template was written: a new release is another page."""
    return max(path.stat().st_mtime for path in (settings.BASE_DIR / "templates").rglob("*.html"))


def _columns(row: Model) -> list[tuple[str, Any]]:
    loaded = row.__dict__
    return [(f.attname, loaded[f.attname]) for f in row._meta.concrete_fields if f.attname in loaded]
