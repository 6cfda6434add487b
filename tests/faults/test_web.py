"""Web workers killed while readers post: every comment is there once, however often its reader tried again."""

from __future__ import annotations

import http.client
import random
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from tests.services.portal import Portal, kill
from tests.services.process import wait_until
from tests.services.visitor import Visitor, comment_count, demo

pytestmark = [pytest.mark.pure, pytest.mark.xdist_group("served")]
READERS, POSTS, KILLS = 2, 15, 8


@pytest.fixture
def portal(served_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    monkeypatch.setenv("LIMIT_COMMENTS", "1000")
    with closing(Portal(shutil.copytree(served_once, tmp_path / "data"))) as portal:
        portal.start()
        yield portal


def post_until_answered(visitor: Visitor, path: str, text: str) -> int:
    """Post one comment as a patient reader does, with one key; return how often it took."""
    fields = {"body": text, "idempotency_key": str(uuid.uuid4())}
    for attempt in range(1, 60):
        try:
            page = visitor.post(path, fields)
        except (OSError, http.client.HTTPException):
            Event().wait(0.1)
            continue
        assert page.status in {302, 303}, f"{page.status} for {text}: {page.text[:500]}"
        return attempt
    raise AssertionError(f"never answered: {text}")


@pytest.fixture
def window(portal: Portal) -> Iterator[Visitor]:
    with closing(Visitor(portal.port)) as window:
        yield window


def test_every_comment_is_there_once_though_workers_are_killed(portal, window):
    known = demo(portal.data_dir)
    article = str(known["article_url"])
    window.sign_in(known["people"]["doctor"]["email"], known["people"]["doctor"]["password"])
    before = comment_count(window.get(article))
    texts = {f"第 {reader}-{number} 条" for reader in range(READERS) for number in range(POSTS)}
    done = Event()

    def read_and_write(reader: int) -> int:
        mine = sorted(text for text in texts if text.startswith(f"第 {reader}-"))
        with closing(Visitor(portal.port, timeout=10)) as visitor:
            visitor.cookies = dict(window.cookies)
            return sum(post_until_answered(visitor, f"{article}comments/", text) for text in mine)

    def kill_workers() -> int:
        killed = 0
        while killed < KILLS and not done.is_set():
            if workers := portal.web_workers():
                kill(random.choice(workers))
                killed += 1
            done.wait(0.4)
        return killed

    with ThreadPoolExecutor(READERS + 1) as pool:
        killer = pool.submit(kill_workers)
        attempts = [future.result() for future in [pool.submit(read_and_write, r) for r in range(READERS)]]
        done.set()

    assert killer.result() > 0
    assert sum(attempts) >= READERS * POSTS
    wait_until(portal.is_ready, seconds=20, what="ready again")
    assert comment_count(window.get(article)) == before + READERS * POSTS
    with closing(sqlite3.connect(portal.data_dir / "portal.sqlite3")) as database:
        rows = [row[0] for row in database.execute("SELECT body FROM articles_comment") if row[0] in texts]
    assert sorted(rows) == sorted(texts)
