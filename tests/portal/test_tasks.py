"""The outbox drained by a real Celery worker over Redis: the same function as the embedded child's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from portal import outbox
from portal.models import Notice
from tests.services.celery import CeleryWorker
from tests.services.portal import children, kill
from tests.services.process import wait_until

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def worker(transactional_db: None) -> Iterator[CeleryWorker]:
    """A worker with its beat on this test's database."""
    where = connection.settings_dict
    database_url = f"postgres://{where['USER']}@{where['HOST']}:{where['PORT']}/{where['NAME']}"
    with closing(CeleryWorker(database_url=database_url, redis_url=settings.CELERY["broker_url"])) as worker:
        worker.start()
        yield worker


def message(key: str) -> outbox.Message:
    return outbox.Message(key=key, channel=outbox.EMAIL, address="a@example.org", text="正文", subject="主题")


def all_sent() -> bool:
    return not Notice.objects.exclude(state=Notice.State.SENT).exists()


def test_a_committed_notice_leaves_at_once(worker):
    with transaction.atomic():
        outbox.enqueue([message("one")], at=timezone.now())

    wait_until(all_sent, seconds=8, what="sent before beat's next round")
    (file,) = worker.outbox.glob("*-email.json")
    assert json.loads(file.read_text(encoding="utf-8")) == {"to": "a@example.org", "subject": "主题", "text": "正文"}


def test_what_nobody_announced_leaves_with_the_next_beat(worker):
    Notice.objects.create(
        event_key="silent", channel="email", address="a@example.org", created_at=timezone.now(), next_at=timezone.now()
    )

    wait_until(all_sent, seconds=40, what="sent by beat")


def test_nothing_is_lost_when_the_workers_are_killed(worker):
    with transaction.atomic():
        outbox.enqueue([message(f"n{number}") for number in range(150)], at=timezone.now())
    wait_until(lambda: Notice.objects.filter(state="SENT").exists(), seconds=20, what="the first one sent")

    killed = children(worker.pid)
    for pid in killed:
        kill(pid)
    wait_until(lambda: set(children(worker.pid)) - set(killed), seconds=20, what="another child of the worker")

    Notice.objects.filter(state="LEASED").update(lease_until=timezone.now())  # what died holds its lease a minute
    wait_until(all_sent, seconds=60, what="all sent")
    assert len(list(worker.outbox.glob("*-email.json"))) == 150
