"""How often one person may comment, or report comments, counted in the shared cache."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse


def may_comment(person: Any) -> bool:
    """Count one attempt of this person; False when it is one too many for the window."""
    return _is_within("comment-limit", person, settings.COMMENT_LIMIT)


def may_report(person: Any) -> bool:
    """The same of reports."""
    return _is_within("report-limit", person, settings.REPORT_LIMIT)


def with_wait(response: HttpResponse) -> HttpResponse:
    """Say in the header of a refusal for being too often how many seconds the window still lasts."""
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        window = settings.COMMENT_WINDOW_SECONDS
        response.headers["Retry-After"] = str(window - int(time.time() % window))
    return response


@transaction.atomic  # where the cache is the database's, counting is one write after another
def _is_within(what: str, person: Any, limit: int) -> bool:
    window = settings.COMMENT_WINDOW_SECONDS
    key = f"{what}:{person.pk}:{int(time.time() // window)}"
    cache.add(key, 0, timeout=window)
    try:
        count = cache.incr(key)
    except ValueError:  # it ran out between the two calls: a new window
        return True
    cache.touch(key, window)  # the database's cache forgets a counted key's own time
    return count <= limit
