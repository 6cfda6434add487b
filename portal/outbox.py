"""The outbox: messages to people are rows written with what they tell of, and leave only after commit.

One drain for everybody: the embedded default's child process and Celery call drain_notices. A notice is leased,
sent, marked; a sender that dies leaves a lease that runs out. Delivery is at least once, with a stable Message-ID.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

log = logging.getLogger(__name__)

EMAIL, SMS = "email", "sms"
LEASE, MAX_ATTEMPTS = timedelta(seconds=60), 8
SUBJECT_LENGTH = 200
BACK_OFF = [timedelta(minutes=m) for m in (1, 2, 5, 15, 60, 180, 360)]


@dataclass(frozen=True, slots=True)
class Message:
    """One message: unique by (key, address); secret ones (codes) lose their text once sent."""

    key: str
    channel: str
    address: str
    text: str
    subject: str = ""
    person: Any = None
    is_secret: bool = False


def enqueue(messages: Iterable[Message], *, at: datetime) -> None:
    """Write notices in the caller's transaction and wake the drain when it commits. A repeated key is one notice."""
    from portal.models import Notice

    rows = [
        Notice(
            event_key=m.key,
            person=m.person,
            channel=m.channel,
            address=m.address,
            subject=_one_line(m.subject),
            text=m.text,
            is_secret=m.is_secret,
            created_at=at,
            next_at=at,
        )
        for m in messages
    ]
    if rows:
        Notice.objects.bulk_create(rows, ignore_conflicts=True)
        transaction.on_commit(wake, robust=True)


def _one_line(subject: str) -> str:
    """A header is one line, and fits its column whatever title it quotes."""
    line = " ".join(subject.split())
    return line if len(line) <= SUBJECT_LENGTH else line[: SUBJECT_LENGTH - 1] + "…"


def wake() -> None:
    """Tell the worker there is something to send. The embedded child polls; a dead broker only means beat does it."""
    from django.conf import settings

    if settings.REDIS_URL:
        from kombu.exceptions import OperationalError

        from portal.celery import app  # a bare shared_task would look for a broker of its own

        try:
            app.send_task("portal.tasks.drain_notices", retry=False)
        except OperationalError:
            log.warning("broker unreachable; beat will drain the outbox")


def drain_notices(*, limit: int = 50) -> int:
    """Send what is due, oldest first; return how many were sent. Safe to run many times at once."""
    from portal.models import Notice

    due = list(Notice.objects.due(timezone.now()).order_by("next_at", "pk").values_list("pk", flat=True)[:limit])
    return sum(_send_one(pk) for pk in due)


def _send_one(pk: int) -> bool:
    from portal import channels
    from portal.models import Notice

    now, token = timezone.now(), secrets.token_hex(8)
    leased = (
        Notice.objects.due(now)
        .filter(pk=pk)
        .update(state=Notice.State.LEASED, lease_token=token, lease_until=now + LEASE, attempts=F("attempts") + 1)
    )
    if not leased:
        return False
    held = Notice.objects.filter(pk=pk, lease_token=token)
    notice = held.get()
    if notice.attempts > MAX_ATTEMPTS:  # it killed its senders
        held.update(state=Notice.State.DEAD, error="every attempt was cut off")
        return False
    try:
        channels.deliver(notice)
    except channels.DeliveryError as error:
        _put_back(held, notice, str(error), now)
        return False
    blank: dict[str, Any] = {"text": "", "subject": ""} if notice.is_secret else {}
    held.update(state=Notice.State.SENT, sent_at=timezone.now(), error="", **blank)
    return True


def _put_back(held: Any, notice: Any, error: str, now: datetime) -> None:
    from portal.models import Notice

    log.warning("notice %s not sent, attempt %s", notice.pk, notice.attempts)
    if notice.attempts >= MAX_ATTEMPTS:
        held.update(state=Notice.State.DEAD, error=error[:500])
    else:
        pause: Sequence[timedelta] = BACK_OFF
        held.update(state=Notice.State.NEW, next_at=now + pause[notice.attempts - 1], error=error[:500])
