"""Health: live (the process answers), ready (it can do its work), metrics (for operators, by token)."""

from __future__ import annotations

import hmac
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.db.models import Count, Max, Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal import invariants
from portal.models import Leaf, Notice, RecordEntry


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return HttpResponse("live\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when database and cache answer, else 503 with what does not."""
    checks = {"database": _database(), "cache": _cache()}
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Counts for operators in the Prometheus text format; needs `Authorization: Bearer <METRICS_TOKEN>`."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse(status=403)
    lines = [f'portal_notices{{state="{state}"}} {count}' for state, count in _notices()]
    oldest = Notice.objects.filter(state=Notice.State.NEW).aggregate(oldest=Min("created_at"))["oldest"]
    age = (timezone.now() - oldest).total_seconds() if oldest else 0
    lines.append(f"portal_notices_oldest_seconds {age:.0f}")
    waiting = RecordEntry.objects.filter(seq__gt=Leaf.objects.aggregate(last=Max("entry_seq"))["last"] or 0).count()
    lines.append(f"portal_record_unsealed {waiting}")
    lines.append(f"portal_invariants_broken {cache.get(invariants.BROKEN, 0)}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


def _notices() -> Any:
    return Notice.objects.values_list("state").annotate(Count("pk")).order_by("state")


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _cache() -> bool:
    try:
        cache.set("health", 1, 10)
        return cache.get("health") == 1
    except Exception:  # noqa: BLE001  # Redis brings errors of its own; whatever it is, the cache does not answer
        return False
