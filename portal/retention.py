"""What the ground itself forgets: sent messages after 90 days, stored answers after 7, sessions that ran out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from portal.models import Notice, StoredAnswer

NOTICE_DAYS, ANSWER_DAYS = 90, 7


def forget(at: datetime) -> None:
    """Blank what was said in old notices (the row stays as proof that it was said), delete the rest."""
    old = Notice.objects.filter(created_at__lt=at - timedelta(days=NOTICE_DAYS)).exclude(address__startswith="#")
    for pk in old.values_list("pk", flat=True)[:500]:
        # The address is part of the row's uniqueness: its place is taken by the row's own number.
        Notice.objects.filter(pk=pk).update(address=f"#{pk}", subject="", text="", error="")
    StoredAnswer.objects.filter(created_at__lt=at - timedelta(days=ANSWER_DAYS)).delete()
    Session.objects.filter(expire_date__lt=at).delete()
