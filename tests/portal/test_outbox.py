"""The outbox: unique, leased, retried, given up; nothing leaves before commit."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from portal import outbox
from portal.models import Notice
from tests.people import make_person

pytestmark = pytest.mark.django_db


def _message(key: str = "k", **changes: object) -> outbox.Message:
    fields = {"key": key, "channel": outbox.EMAIL, "address": "a@example.org", "subject": "主题", "text": "正文"}
    return outbox.Message(**{**fields, **changes})  # type: ignore[arg-type]


def test_a_message_is_a_row_until_it_is_drained():
    outbox.enqueue([_message()], at=timezone.now())

    assert mail.outbox == []
    assert outbox.drain_notices() == 1
    assert [(m.subject, m.to, m.body) for m in mail.outbox] == [("主题", ["a@example.org"], "正文")]
    assert Notice.objects.get().state == Notice.State.SENT


def test_the_same_event_tells_one_person_once_by_each_channel():
    now = timezone.now()
    outbox.enqueue([_message(), _message(), _message(channel=outbox.SMS, address="+8613800000000")], at=now)
    outbox.enqueue([_message()], at=now)

    assert Notice.objects.count() == 2


def test_a_second_drain_sends_nothing_again():
    outbox.enqueue([_message()], at=timezone.now())

    assert (outbox.drain_notices(), outbox.drain_notices(), len(mail.outbox)) == (1, 0, 1)


def test_an_sms_is_written_as_a_file_only_its_owner_can_read(settings):
    outbox.enqueue([_message(channel=outbox.SMS, address="+8613800000000", subject="")], at=timezone.now())
    outbox.drain_notices()

    path = Path(settings.OUTBOX_DIR) / f"{Notice.objects.get().pk}-sms.json"
    assert json.loads(path.read_text()) == {"to": "+8613800000000", "subject": "", "text": "正文"}
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_code_is_gone_from_the_database_once_sent():
    outbox.enqueue([_message(text="123456", is_secret=True)], at=timezone.now())
    outbox.drain_notices()

    assert Notice.objects.get().text == ""
    assert mail.outbox[0].body == "123456"


def test_a_mail_server_that_fails_is_tried_later_and_given_up_after_eight_times(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    outbox.enqueue([_message()], at=timezone.now())

    tries = 0
    while Notice.objects.exclude(state=Notice.State.DEAD).exists() and tries < 20:
        outbox.drain_notices()
        tries += 1
        later = timezone.now() + timedelta(seconds=30)
        assert tries == 8 or Notice.objects.get().next_at > later
        Notice.objects.update(next_at=timezone.now())

    notice = Notice.objects.get()
    assert (notice.state, notice.attempts, notice.error) == (Notice.State.DEAD, 8, "ConnectionRefusedError")


def test_a_sender_that_died_leaves_a_lease_that_runs_out():
    now = timezone.now()
    outbox.enqueue([_message()], at=now)
    later = now + timedelta(seconds=30)
    Notice.objects.update(state=Notice.State.LEASED, lease_token="x", lease_until=later, attempts=1)

    assert outbox.drain_notices() == 0
    Notice.objects.update(lease_until=now - timedelta(seconds=1))
    assert outbox.drain_notices() == 1


def test_a_notice_that_kills_its_senders_is_given_up():
    now = timezone.now()
    outbox.enqueue([_message()], at=now)
    Notice.objects.update(
        state=Notice.State.LEASED, lease_token="x", lease_until=now - timedelta(seconds=1), attempts=8
    )

    assert outbox.drain_notices() == 0
    assert Notice.objects.get().state == Notice.State.DEAD
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_was_never_said():
    with transaction.atomic():
        outbox.enqueue([_message(person=make_person())], at=timezone.now())
        transaction.set_rollback(True)

    assert outbox.drain_notices() == 0


@pytest.mark.django_db(transaction=True)
def test_four_drains_at_once_send_each_notice_once():
    outbox.enqueue([_message(f"k{number}") for number in range(40)], at=timezone.now())
    counts: list[int] = []

    def drain() -> None:
        counts.append(outbox.drain_notices())
        connection.close()

    threads = [threading.Thread(target=drain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(counts) == 40
    assert sorted(m.extra_headers["X-Notice"] for m in mail.outbox) == sorted(
        str(pk) for pk in Notice.objects.values_list("pk", flat=True)
    )
