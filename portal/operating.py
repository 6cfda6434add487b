"""What operators have before them: the outbox, the seals of the record, room on the disk, broken invariants."""

from __future__ import annotations

import shutil
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max, Min

from portal import invariants, seals
from portal.charts import Chart, Kind, by_day, first_midnight
from portal.models import Leaf, Notice, RecordEntry

DAYS = 14
TIGHT = 0.1  # of the disk: less than this free, and somebody should act
STYLES = {Notice.State.SENT: "fine", Notice.State.NEW: "hollow", Notice.State.DEAD: "halt"}
GIGABYTE = 1024**3


def numbers(*, at: datetime) -> dict[str, Any]:
    """Return the numbers of the operators' part of the first page."""
    states = dict(Notice.objects.values_list("state").annotate(Count("pk")).order_by("state"))
    waiting = Notice.objects.filter(state__in=[Notice.State.NEW, Notice.State.LEASED])
    oldest = waiting.aggregate(oldest=Min("created_at"))["oldest"]
    sealed = Leaf.objects.aggregate(last=Max("entry_seq"))["last"] or 0
    seal = seals.latest()
    return {
        "dead": states.get(Notice.State.DEAD, 0),
        "waiting": states.get(Notice.State.NEW, 0) + states.get(Notice.State.LEASED, 0),
        "oldest": (at - oldest).total_seconds() / 60 if oldest else 0,
        "unsealed": RecordEntry.objects.filter(seq__gt=sealed).count(),
        "seal": seal,
        "disk": disk(),
        "broken": cache.get(invariants.BROKEN, 0),
        "notices": notices_by_day(at),
    }


def disk() -> dict[str, Any]:
    """Room on the disk that holds the data, in gigabytes; `is_tight` when somebody should act."""
    use = shutil.disk_usage(settings.DATA_DIR)
    return {
        "free": round(use.free / GIGABYTE, 1),
        "total": round(use.total / GIGABYTE, 1),
        "used_share": round(100 * use.used / max(use.total, 1)),
        "is_tight": use.free < TIGHT * use.total,
    }


def notices_by_day(at: datetime) -> Chart:
    """The notices of the last days by how they stand now; what is being sent waits still."""
    rows = Notice.objects.filter(created_at__gte=first_midnight(at, DAYS))
    counted = rows.values_list("created_at__date", "state").annotate(Count("pk")).order_by()
    drawn = [(day, state if state in STYLES else Notice.State.NEW, count) for day, state, count in counted]
    return by_day(drawn, {s: Kind(style, str(s.label)) for s, style in STYLES.items()}, at=at, days=DAYS)
