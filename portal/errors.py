"""Error pages: what happened, what is safe, what to do; the right status, and Retry-After both as header and words.

A page of its own must not fail where the product has: 500, 503 and 507 stand in the bare frame, and where even that
cannot be rendered a few lines of plain HTML do.
"""

from __future__ import annotations

import logging
import re
import sys

from allauth.core.internal.ratelimit import parse_rates
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

log = logging.getLogger(__name__)
SOON, A_WHILE = 60, 300  # seconds until it is worth trying again
TOO_MANY = (TooManyFieldsSent, TooManyFilesSent)
# Which limit of allauth's a page runs into, where it is not that of guessing.
LIMITS = {
    "account_signup": "signup",
    "account_request_login_code": "request_login_code",
    "account_confirm_login_code": "request_login_code",
}
UNTOLD = re.compile("pass|token|code|secret|key|next|version|csrf", re.IGNORECASE)  # fields nobody is shown again
WORTH_COPYING, MOST_COPIED = 10, 20  # characters, fields


def page(request: HttpRequest, name: str, *, status: int, wait: int = 0, **context: object) -> HttpResponse:
    """Render an error page; `wait` is in seconds and goes into Retry-After and into its words."""
    response = render(request, f"{name}.html", {"wait": wait, **context}, status=status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: nothing was done, and what was typed is given back to be copied."""
    response = page(request, "403_csrf", status=403, typed=_typed(request))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return page(request, "413", status=413)
    reason = _("提交的内容过多，未作任何更改。请返回上一页，减少后再试。") if isinstance(exception, TOO_MANY) else ""
    return page(request, "400", status=400, reason=reason)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, "403", status=403, reason=str(exception))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, "404", status=404)


def filled(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Django's answer to a wrong method is an empty page: the same answer with words, where there is a person."""
    if response.status_code != 405 or response.content or "text/html" not in request.headers.get("Accept", ""):
        return response
    worded = page(request, "405", status=405)
    worded.headers["Allow"] = response.headers.get("Allow", "")
    return worded


def too_many(request: HttpRequest) -> HttpResponse:
    """allauth's limits: it does not say which one was met, so the longest of this page's is told."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    limits = settings.ACCOUNT_RATE_LIMITS or {}
    rates = parse_rates(limits.get(LIMITS.get(name or "", "login_failed")))
    return page(request, "429", status=429, wait=max((int(rate.duration) for rate in rates), default=A_WHILE))


def unavailable(request: HttpRequest) -> HttpResponse:
    """The gate cannot judge: nobody passes, and it is said that nothing of theirs is lost."""
    return page(request, "503", status=503, wait=SOON)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault, or the disk's: a database that has no room or is away says so, and nothing was stored."""
    error = sys.exc_info()[1]
    try:
        if isinstance(error, OperationalError) and ("full" in str(error) or "No space left" in str(error)):
            return page(request, "507", status=507, wait=A_WHILE)
        if isinstance(error, OperationalError | InterfaceError):
            reason = _("网站的数据库暂时不可用，这次操作没有完成。")
            return page(request, "503", status=503, wait=SOON, reason=reason)
        return page(request, "500", status=500)
    except Exception:
        log.exception("the error page failed too")
        return HttpResponse(_plain(), status=500)


def _plain() -> str:
    language = "en" if translation.get_language() == "en" else "zh-Hans"
    title, text = _("我们这边出了问题"), _("故障已经记录，此前已经保存的内容不受影响。请稍后刷新再试。")
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    return (
        f'<!doctype html><html lang="{language}"><head>{head}</head><body><h1>{title}</h1><p>{text}</p></body></html>'
    )


def _typed(request: HttpRequest) -> list[str]:
    """Return the longer texts of a form of ours; what another site made somebody send is not repeated."""
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        return []
    fields = [(name, text) for name, texts in request.POST.lists() for text in texts]
    told = [text for name, text in fields if not UNTOLD.search(name) and len(text.strip()) >= WORTH_COPYING]
    return told[:MOST_COPIED]
