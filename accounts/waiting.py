"""How long a case still waits: its place in the queue, and the range that the recent queue foretells (forecast.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.forecast import SHARE, Past, Range, forecast
from accounts.models import Decision, Verification
from portal.templatetags.portal import moment

HISTORY, AT_MOST = timedelta(days=90), 1000  # how far back decisions are looked at, and how many
STEP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A range, on how many cases it rests and what share of cases it covers.

    `is_late` when the case has waited longer than the range it was given on the day it was sent.
    """

    earliest: datetime
    latest: datetime
    samples: int
    is_late: bool
    share: float = SHARE

    @property
    def of_ten(self) -> int:
        """Of ten cases, how many such a range covers."""
        return int(10 * self.share)

    def words(self, *, at: datetime) -> str:
        """The range in Asia/Shanghai as short as it can be said: today's by the clock alone."""
        first, last, today = (timezone.localtime(value) for value in (self.earliest, self.latest, at))
        if first.date() != last.date():
            return f"{moment(self.earliest)} – {moment(self.latest)}"
        hours = f"{first:%H:%M}–{last:%H:%M}"
        return hours if first.date() == today.date() else f"{moment(self.earliest)[:-5]}{hours}"


def ahead_of(case: Verification) -> int:
    """Return how many cases were sent earlier and still wait."""
    earlier = Q(submitted_at__lt=case.submitted_at) | Q(submitted_at=case.submitted_at, pk__lt=case.pk)
    return Verification.objects.waiting().filter(earlier).count()


def estimate(case: Verification, *, at: datetime) -> Estimate | None:
    """Return when the decision is likely, from the recent decisions; None where there are too few to say anything."""
    past = _decided_before(at)
    waiting = list(Verification.objects.waiting().exclude(pk=case.pk).values_list("submitted_at", flat=True))
    now = forecast(past, waiting, ahead=ahead_of(case), at=at)
    if now is None:
        return None
    promised = _promised(case, past, waiting)
    floor = _rounded_up(at)
    earliest, latest = max(_rounded_down(now.earliest), floor), max(_rounded_up(now.latest), floor + STEP)
    is_late = promised is not None and promised.latest <= at
    return Estimate(earliest, latest, now.samples, is_late=is_late, share=now.share)


def _decided_before(at: datetime) -> list[Past]:
    """Return the newest decisions as the forecast wants them: one query, whatever the length of the queue."""
    rows = Decision.objects.filter(decided_at__range=(at - HISTORY, at)).order_by("-decided_at", "-pk")
    times: Any = rows.values_list("submission__sent_at", "decided_at")[:AT_MOST]
    return [Past(sent_at, decided_at) for sent_at, decided_at in times]


def _promised(case: Verification, past: list[Past], waiting: list[datetime]) -> Range | None:
    """Return the range this case was given when it was sent."""
    sent = case.submitted_at
    known = [row for row in past if row.decided_at <= sent]
    still = [row.sent_at for row in past if row.sent_at < sent < row.decided_at]
    before = [moment for moment in waiting if moment < sent] + still
    return forecast(known, before, ahead=len(before), at=sent)


def _rounded_up(value: datetime) -> datetime:
    """To the next ten minutes: an estimate to the minute would claim too much."""
    return value + (datetime.min.replace(tzinfo=value.tzinfo) - value) % STEP


def _rounded_down(value: datetime) -> datetime:
    return value - (value - datetime.min.replace(tzinfo=value.tzinfo)) % STEP


def masked(address: str) -> str:
    """Return an address its owner recognises and nobody else learns: o***@example.com."""
    name, _at, host = address.partition("@")
    return f"{name[:1]}***@{host}"
