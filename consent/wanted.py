"""The page wanted is remembered to the end of the way: a path of our own, by zone, in the session."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from portal.models import Zone

KEY = "wanted"


def remember(request: HttpRequest, zone: Zone) -> None:
    """Keep the page a person was refused, if it is a page: GET, no fragment request."""
    if request.method != "GET" or request.headers.get("HX-Request") or len(request.get_full_path()) > 500:
        return
    kept = dict(request.session.get(KEY, {}))
    if kept.get(zone.slug) != request.get_full_path():
        request.session[KEY] = {**kept, zone.slug: request.get_full_path()}


def recall(request: HttpRequest, zone: Zone) -> str | None:
    """Return the path wanted in this zone, if it still names a page of ours."""
    path = request.session.get(KEY, {}).get(zone.slug)
    if not path or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return None
    try:
        resolve(path.partition("?")[0])
    except Resolver404:
        return None
    return path if path.startswith(f"/zones/{zone.slug}/") else None


def forget(request: HttpRequest, zone: Zone) -> None:
    """The page was reached."""
    kept = dict(request.session.get(KEY, {}))
    if kept.pop(zone.slug, None):
        request.session[KEY] = kept
