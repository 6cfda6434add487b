"""How long a case still waits: its place in the queue, and what the last decisions took."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Decision, Verification
from portal.templatetags.portal import moment

SAMPLES, AT_LEAST = 30, 5
SHARE = 0.9  # of the samples lie within the range
STEP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A range, and on how many decisions it rests; `is_late` when this case already waited longer than the range."""

    earliest: datetime
    latest: datetime
    samples: int
    is_late: bool

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
    """Return when the decision is likely, from the last decisions; None where there are too few to say anything."""
    decided = Decision.objects.order_by("-decided_at", "-pk").annotate(wait=F("decided_at") - F("submission__sent_at"))
    waits = sorted(decided.values_list("wait", flat=True)[:SAMPLES])
    if len(waits) < AT_LEAST:
        return None
    shortest, longest = _range(waits)
    earliest, latest = max(case.submitted_at + shortest, at), case.submitted_at + longest
    return Estimate(_rounded(earliest), _rounded(latest), len(waits), is_late=latest <= at)


def _rounded(value: datetime) -> datetime:
    """Up to the next ten minutes: an estimate to the minute would claim too much."""
    return value + (datetime.min.replace(tzinfo=value.tzinfo) - value) % STEP


def _range(waits: list[timedelta]) -> tuple[timedelta, timedelta]:
    """Return the middle SHARE of sorted waits: at most a twentieth is left out at either end."""
    left_out = math.floor(len(waits) * (1 - SHARE) / 2)
    return waits[left_out], waits[-1 - left_out]


def masked(address: str) -> str:
    """Return an address its owner recognises and nobody else learns: o***@example.com."""
    name, _at, host = address.partition("@")
    return f"{name[:1]}***@{host}"
