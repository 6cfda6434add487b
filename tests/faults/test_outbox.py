"""The outbox child killed while it sends: nothing is lost, and the web never notices."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.services.portal import Portal, kill
from tests.services.process import wait_until

pytestmark = [pytest.mark.pure, pytest.mark.xdist_group("served")]
NOTICES, KILLS = 600, 4

WRITE = f"""
from django.utils import timezone
from portal import outbox
numbers = range({NOTICES})
messages = [
    outbox.Message(key=f"n{{n}}", channel="email", address=f"p{{n}}@example.org", subject="主题", text=f"第 {{n}} 条")
    for n in numbers
]
outbox.enqueue(messages, at=timezone.now())
"""


@pytest.fixture
def portal(served_once: Path, tmp_path: Path) -> Iterator[Portal]:
    with closing(Portal(shutil.copytree(served_once, tmp_path / "data"))) as portal:
        portal.start()
        yield portal


def count(portal: Portal, where: str) -> int:
    with closing(sqlite3.connect(portal.data_dir / "portal.sqlite3", timeout=20)) as database:
        query = f"SELECT count(*) FROM portal_notice WHERE event_key LIKE 'n%' AND {where}"
        return int(database.execute(query).fetchone()[0])


def let_leases_run_out(portal: Portal) -> None:
    """What a minute of waiting does: a dead sender's lease is over."""
    with closing(sqlite3.connect(portal.data_dir / "portal.sqlite3", timeout=20)) as database:
        database.execute("UPDATE portal_notice SET lease_until = '2000-01-01 00:00:00' WHERE state = 'LEASED'")
        database.commit()


def test_nothing_is_lost_when_the_sender_is_killed_again_and_again(portal):
    portal.shell(WRITE)
    kills = 0
    for number in range(KILLS):
        wait_until(portal.drainer, seconds=30, what="an outbox child")
        share = NOTICES * (number + 1) // (KILLS + 1)
        wait_until(lambda share=share: count(portal, "state = 'SENT'") >= share, seconds=60, what=f"{share} sent")
        kill(portal.drainer())
        kills += 1
        assert portal.get("/health/ready") == 200

    let_leases_run_out(portal)
    wait_until(lambda: count(portal, "state <> 'SENT'") == 0, seconds=90, what="all sent")

    assert kills == KILLS
    assert count(portal, "1") == NOTICES
    assert count(portal, f"attempts > {1 + KILLS}") == 0
    with closing(sqlite3.connect(portal.data_dir / "portal.sqlite3")) as database:
        sent = {row[0] for row in database.execute("SELECT id FROM portal_notice WHERE event_key LIKE 'n%'")}
    files = {int(path.name.partition("-")[0]) for path in (portal.data_dir / "outbox").glob("*-email.json")}
    assert sent <= files
