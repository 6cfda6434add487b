"""Reminders before an approval ends: 30 and 7 days ahead, each once, also after a time when nothing ran."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import Verification
from accounts.models.coherence import REMIND_DAYS
from portal import sweeps

AT_ONCE = 500


def register() -> None:
    """Called once when the app is ready."""
    sweeps.register(remind_of_ends)


def remind_of_ends(at: datetime) -> int:
    """Remind whoever is due; return how many. A missed day is made up for, a doubled run says nothing twice."""
    soon = Q(approved_until__lte=at + timedelta(days=max(REMIND_DAYS)), reminded=None)
    for days in REMIND_DAYS:
        soon |= Q(approved_until__lte=at + timedelta(days=days), reminded__gt=days)
    due = Verification.objects.in_force(at).filter(soon, owner__is_active=True).select_related("owner")
    return sum(case.remind(at=at) for case in due.order_by("approved_until", "pk")[:AT_ONCE])
