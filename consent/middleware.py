"""The gate as a middleware: in __call__, by resolved view name, closed by default.

It stands before CommonMiddleware, so that a missing slash, a missing page and a gated page answer alike. (A decorator
or LoginRequiredMiddleware hooks process_view, which fallbacks and unresolved paths never reach.)
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import quote, urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import ResolverMatch, resolve, reverse
from django.utils import timezone
from django.utils.http import urlencode

from consent import doors, wanted
from consent.gate import Step, judge, read_facts
from portal import errors
from portal.models import Zone

log = logging.getLogger(__name__)
PREFIX = "/zones/"
ASKED_EVERY_TIME = "private, no-cache"  # of a conditional GET, whose ETag changes with the reader's standing


class GateMiddleware:
    """Judge every request before any view, middleware answer or error page of it can speak."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match = self._resolve(request)
        name = match.view_name if match else ""
        if name in doors.PUBLIC:
            request.zone = self._zone_named(match)  # type: ignore[attr-defined]
            return self.get_response(request)
        if not request.user.is_authenticated:
            return self._to_login(request)
        if match and (name in doors.STAFF or set(match.namespaces) & doors.STAFF_NAMESPACES):
            return _closed_to_caches(self.get_response(request))
        if name in doors.SIGNED_IN:
            request.zone = self._zone_named(match)  # type: ignore[attr-defined]
            return _closed_to_caches(self.get_response(request))
        try:
            refusal = self._judge(request, match, name)
        except Exception:
            # Whatever went wrong, nobody passes: deny, and let the operators see it.
            log.exception("the gate could not judge")
            return _closed_to_caches(errors.unavailable(request))
        return _closed_to_caches(refusal or self.get_response(request))

    def _resolve(self, request: HttpRequest) -> ResolverMatch | None:
        try:
            return resolve(request.path_info)
        except Http404:
            return None

    def _zone_named(self, match: ResolverMatch | None) -> Zone | None:
        slug = match.kwargs.get("zone") if match else None
        return Zone.objects.listed().filter(slug=slug).first() if slug else None

    def _to_login(self, request: HttpRequest) -> HttpResponse:
        # A stranger's POST is never replayed: they come back to the page by GET.
        if request.headers.get("HX-Request") == "true":  # a part of a page: the whole page leaves, and comes back
            page = urlsplit(request.headers.get("HX-Current-URL", "")).path or request.path
            login = f"{reverse('account_login')}?{urlencode({'next': page})}"
            return _closed_to_caches(HttpResponse(status=204, headers={"HX-Redirect": login}))
        target = request.get_full_path()
        response = HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': target})}")
        return _closed_to_caches(response)

    def _judge(self, request: HttpRequest, match: ResolverMatch | None, name: str) -> HttpResponse | None:
        """Return the refusal, or None when the request may go on."""
        zone = self._zone_of_path(request)
        if zone is None:
            if self._opens_with_slash(request):
                return HttpResponseRedirect(quote(request.path_info) + "/")
            return errors.not_found(request)
        request.zone = zone  # type: ignore[attr-defined]
        facts = read_facts(request.user, zone)
        step = judge(facts, at=timezone.now())
        request.standing, request.facts = step, facts  # type: ignore[attr-defined]
        if name in doors.STEPS:
            if step in doors.STEPS[name]:
                request.step = name  # type: ignore[attr-defined]
                return None
            return HttpResponseRedirect(reverse("gate", kwargs={"zone": zone.slug}))
        if step != Step.OPEN:
            wanted.remember(request, zone)
            return _to_step(request, zone, step)
        request.step = Step.OPEN  # type: ignore[attr-defined]
        if match is None:
            if self._slashed(request):
                return HttpResponseRedirect(quote(request.path_info) + "/")
            return errors.not_found(request)
        return None

    def _opens_with_slash(self, request: HttpRequest) -> bool:
        """Whether only the slash is missing to a page that is behind no zone's gate, /admin before all."""
        match = self._slashed(request)
        return match is not None and (
            match.view_name in doors.PUBLIC | doors.SIGNED_IN or bool(set(match.namespaces) & doors.STAFF_NAMESPACES)
        )

    def _slashed(self, request: HttpRequest) -> ResolverMatch | None:
        if request.method not in {"GET", "HEAD"} or request.path_info.endswith("/"):
            return None
        try:
            return resolve(request.path_info + "/")
        except Http404:
            return None

    def _zone_of_path(self, request: HttpRequest) -> Zone | None:
        if not request.path_info.startswith(PREFIX):
            return None
        slug = request.path_info[len(PREFIX) :].partition("/")[0]
        return Zone.objects.listed().filter(slug=slug).first()


def _to_step(request: HttpRequest, zone: Zone, step: Step) -> HttpResponse:
    if step == Step.SIGN_IN:
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
    target = reverse(step.value, kwargs={"zone": zone.slug})
    if request.headers.get("HX-Request") == "true":  # a fragment of a page whose standing has gone: leave the page
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def _closed_to_caches(response: HttpResponse) -> HttpResponse:
    if not (response.headers.get("Cache-Control") == ASKED_EVERY_TIME and "ETag" in response.headers):
        response.headers["Cache-Control"] = "private, no-store"
    return response
