"""F02: the process that keeps evidence is killed at five points between the first byte and the answer.

Each time: no row without its pages; what has no row is swept; the same file can be sent again.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services.portal import ROOT

pytestmark = [pytest.mark.pure, pytest.mark.xdist_group("served")]

# Runs in a process of its own: the points are set there, in children that die of them, and nowhere in the product.
KILLED = """
import json, os, signal, time
from datetime import timedelta
from django.db import connections
from django.utils import timezone
from accounts import drafts, evidence, sweeping
from accounts.models import Evidence, User
from tests.factories import accepted, jpeg, make_draft

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def after(function):
    def both(*args, **kwargs):
        function(*args, **kwargs)
        die()
    return both

POINTS = {
    "the page is half written": lambda: setattr(os, "fsync", die),
    "the page is there, its folder is not on the disk": lambda: setattr(evidence, "_sync_folder", die),
    "all pages are there, no row": lambda: setattr(evidence, "keep", die),
    "the row is written, nothing is committed": lambda: setattr(Evidence, "save", after(Evidence.save)),
    "everything is committed, nobody was answered": lambda: setattr(evidence, "keep", after(evidence.keep)),
}

def upload(person):
    draft = drafts.draft_of(person)
    files = [accepted("a.jpg", [jpeg("#333333"), jpeg("#777777")])]
    with evidence.staged(person, files, at=timezone.now()) as rows:
        evidence.keep(draft, rows)

def state():
    rows = list(Evidence.objects.filter(discarded_at=None))
    pages = [(r.public_id, n) for r in rows for n in range(1, r.pages + 1)]
    lacking = [str(place) for place in pages if not evidence._path(*place).exists()]
    known = {r.public_id for r in rows}
    stray = sum(public_id not in known for _path, public_id in evidence.stored_ids())
    return {"rows": len(rows), "lacking": lacking, "stray": stray}

person = User.objects.create_user("killed@example.org")
make_draft(person)
found = {"before": state()}
for name, arm in POINTS.items():
    connections.close_all()
    child = os.fork()
    if child == 0:
        arm()
        upload(person)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), name
    found[name] = state()
old = time.time() - 7200
for path, _public_id in evidence.stored_ids():
    os.utime(path, (old, old))
found["swept"] = [sweeping.remove_orphans(timezone.now()), state()]
upload(person)
found["again"] = state()
print("FOUND" + json.dumps(found))
"""


@pytest.fixture
def found(served_once: Path, tmp_path: Path) -> dict:
    data = shutil.copytree(served_once, tmp_path / "data")
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment = {**kept, "DJANGO_SETTINGS_MODULE": "portal.settings.embedded", "DATA_DIR": str(data)}
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", f"exec({KILLED!r}, {{}})"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.partition("FOUND")[2])


def test_a_kill_at_any_point_leaves_no_row_without_its_pages_and_orphans_are_swept(found):
    points = {name: state for name, state in found.items() if name not in {"before", "swept", "again"}}
    rows = found["before"]["rows"]

    assert len(points) == 5
    assert [state["lacking"] for state in points.values()] == [[]] * 5
    assert [state["rows"] - rows for state in points.values()] == [0, 0, 0, 0, 1]
    strays = [state["stray"] for state in points.values()]
    assert strays == sorted(strays)
    assert strays[3] >= 4
    removed, state = found["swept"]
    assert removed == strays[-1]
    assert state == {"rows": rows + 1, "lacking": [], "stray": 0}
    assert found["again"]["rows"] == rows + 2
