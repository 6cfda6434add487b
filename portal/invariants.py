"""What must hold of the database at every moment, as queries that find the rows which break it; see docs/record.md.

Each app registers its own. A check takes the time and gives the rows it finds; an empty answer is a sound database.
They run by `manage.py invariants`, once a day by the sweep, after faults and after each step of the state machine.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal import edges
from portal.models import Notice, RecordEntry, StoredAnswer

log = logging.getLogger(__name__)

Check = Callable[[datetime], Iterable[Any]]
MOST = 20  # rows named per check
STUCK = timedelta(minutes=10)
RAN, BROKEN, DAY = "invariants-ran", "invariants-broken", 24 * 3600  # cache keys, seconds


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken invariant: its code, what it says in words, and the rows (at most MOST) as table and key."""

    code: str
    words: str
    rows: tuple[str, ...]


_checks: dict[str, tuple[str, Check]] = {}


def register(code: str, words: str, check: Check) -> None:
    """Add a check under its code; called from an app's ready()."""
    _checks[code] = (words, check)


def codes() -> list[str]:
    """Return the codes of all checks, in order."""
    return sorted(_checks)


def broken(at: datetime, *, without: Iterable[str] = ()) -> list[Finding]:
    """Return what does not hold; nothing is written. `without`: codes to leave out."""
    found = []
    for code in codes():
        if code not in set(without):
            words, check = _checks[code]
            rows = tuple(_named(row) for row in islice(iter(check(at)), MOST))
            if rows:
                found.append(Finding(code, _(words), rows))
    return found


def nightly(at: datetime) -> None:
    """Run all checks once a day, whoever sweeps first; what is found is logged and counted for operators."""
    if not cache.add(RAN, at.isoformat(), DAY):
        return
    found = broken(at)
    cache.set(BROKEN, len(found), 2 * DAY)
    for finding in found:
        log.error("invariant %s is broken: %s", finding.code, ", ".join(finding.rows))


def twice(rows: QuerySet[Any], *fields: str) -> QuerySet[Any]:
    """Return the values of these fields that more than one row has."""
    return rows.order_by().values(*fields).annotate(rows=Count("pk")).filter(rows__gt=1)


def illegal_moves(events: type[Any], subject: type[Any]) -> Iterator[Any]:
    """Yield events off the edges of their workflow, and those that do not begin where the one before them ended."""
    edges = {("", first) for first, _more in [next(iter(subject.TRANSITIONS.items()))]}
    edges |= {(old, new) for old, targets in subject.TRANSITIONS.items() for new in targets}
    pairs = events.objects.order_by().values_list("old", "new").distinct()
    wrong = [pair for pair in pairs if pair not in edges and pair[0] != pair[1]]
    for old, new in wrong:
        yield from events.objects.filter(old=old, new=new)[:MOST]
    yield from events.objects.filter(Q(old="") & ~Q(seq=1) | Q(seq=1) & ~Q(old=""))[:MOST]


def _named(row: Any) -> str:
    if isinstance(row, dict):
        return " ".join(f"{name}={value}" for name, value in row.items() if name != "rows")
    return f"{row._meta.label_lower}:{row.pk}" if hasattr(row, "_meta") else str(row)


# -- the ground's own


def _same_form_twice(at: datetime) -> Iterable[Any]:
    return twice(StoredAnswer.objects.all(), "person", "key")


def _stuck(at: datetime) -> Iterable[Any]:
    late = at - STUCK
    return Notice.objects.filter(Q(state="NEW", next_at__lt=late) | Q(state="LEASED", lease_until__lt=late))


def _notice_twice(at: datetime) -> Iterable[Any]:
    return twice(Notice.objects.all(), "event_key", "channel", "address")


def _sent_unheld(at: datetime) -> Iterable[Any]:
    return Notice.objects.filter(Q(state="SENT") & (Q(attempts=0) | Q(lease_token="") | Q(sent_at__lt=F("created_at"))))


def _unrecorded(at: datetime) -> Iterator[Any]:
    """Events of every workflow. Those of before events had a kind, and made-up load, have none."""
    for model in edges.moving_models():
        events: Any = model._meta.get_field("events").related_model
        label = model._meta.label_lower
        entries = RecordEntry.objects.filter(subject__startswith=f"{label}:").values_list("subject", "payload")
        written = {(subject, payload.get("version")) for subject, payload in entries.iterator()}
        name = "public_id" if hasattr(model, "public_id") else "pk"
        rows = events.objects.exclude(kind="") if hasattr(events, "kind") else events.objects.all()
        for pk, subject, seq in rows.order_by("pk").values_list("pk", f"subject__{name}", "seq").iterator():
            if (f"{label}:{subject}", seq) not in written:
                yield f"{events._meta.label_lower}:{pk}"


def register_own() -> None:
    """Called once when the ground is ready."""
    register("Q06", gettext_noop("同一份表单被处理了两次"), _same_form_twice)
    register("Q09", gettext_noop("通知滞留超过十分钟"), _stuck)
    register("Q10", gettext_noop("同一通知写入了两次"), _notice_twice)
    register("Q11", gettext_noop("通知未经领取就标为已发送"), _sent_unheld)
    register("Q22", gettext_noop("状态的变动没有记录条目"), _unrecorded)


def last_of(events: QuerySet[Any]) -> QuerySet[Any]:
    """Return {subject, n, last} of each history."""
    return events.order_by().values("subject").annotate(n=Count("pk"), last=Max("seq"))
