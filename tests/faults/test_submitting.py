"""F01: workers are killed while people send their cases: all of it or nothing, and a second try is the first one."""

from __future__ import annotations

import http.client
import json
import random
import shutil
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from tests.services.portal import Portal, kill
from tests.services.process import wait_until
from tests.services.visitor import Visitor

pytestmark = [pytest.mark.pure, pytest.mark.xdist_group("served")]
PEOPLE, KILLS = 10, 12
PAGE = "/zones/alk/gate/evidence/"

PREPARE = """
import json
from django.test import Client
from portal.models import Zone
from tests import factories
zone, sessions = Zone.objects.get(slug="alk"), []
for number in range({people}):
    person = factories.make_user(f"sender-{{number}}@example.org")
    factories.consent_to(person, zone)
    factories.make_evidence(factories.make_draft(person))
    browser = Client()
    browser.force_login(person)
    sessions.append(browser.cookies["sessionid"].value)
print(json.dumps(sessions))
"""
JUDGE = """
import json
from accounts.models import Submission, Verification
from django.utils import timezone
from portal import invariants, verifying
mine = Submission.objects.filter(owner__email__startswith="sender-")
print(json.dumps({
    "sent": mine.sent().count(), "drafts": mine.drafts().count(),
    "cases": Verification.objects.filter(owner__email__startswith="sender-").count(),
    "broken": [finding.code for finding in invariants.broken(timezone.now())],
    "record": str(verifying.examine().bad),
}))
"""


@pytest.fixture
def portal(served_once: Path, tmp_path: Path) -> Iterator[Portal]:
    with closing(Portal(shutil.copytree(served_once, tmp_path / "data"))) as portal:
        portal.start()
        yield portal


def send(port: int, session: str) -> tuple[int, str]:
    """Press 提交审核 with one key until there is an answer; return it."""
    key = str(uuid.uuid4())
    with closing(Visitor(port, timeout=10)) as visitor:
        visitor.cookies["sessionid"] = session
        for _attempt in range(80):
            try:
                if "csrftoken" not in visitor.cookies:
                    visitor.get(PAGE)
                page = visitor.post(PAGE, {"decision": "submit", "idempotency_key": key})
            except (OSError, http.client.HTTPException):
                Event().wait(0.1)
                continue
            return page.status, page.headers.get("Location", "")
    raise AssertionError("never answered")


def test_f01_every_case_that_was_answered_is_there_once_and_whole(portal):
    sessions = json.loads(portal.shell(PREPARE.format(people=PEOPLE)).strip().splitlines()[-1])
    done = Event()

    def kill_workers() -> int:
        killed = 0
        while killed < KILLS and not done.is_set():
            if workers := portal.web_workers():
                kill(random.choice(workers))
                killed += 1
            done.wait(0.3)
        return killed

    with ThreadPoolExecutor(PEOPLE + 1) as pool:
        killer = pool.submit(kill_workers)
        ledger = list(pool.map(lambda session: send(portal.port, session), sessions))
        done.set()
    assert killer.result() > 0
    assert ledger == [(302, "/zones/alk/gate/")] * PEOPLE

    wait_until(portal.is_ready, seconds=20, what="ready again")
    found = json.loads(portal.shell(JUDGE).strip().splitlines()[-1])
    assert found == {"sent": PEOPLE, "drafts": 0, "cases": PEOPLE, "broken": [], "record": "None"}
