"""The process that proves a rule set, started as the desk starts it, killed while it works: no run is lost."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.services.portal import Portal
from tests.services.process import wait_until

pytestmark = [pytest.mark.pure, pytest.mark.xdist_group("served")]
# As the desk does, in a process that ends at once: what it started goes on.
ASK = """
import os
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # or whoever reads our errors would wait for the child too
from django.utils import timezone
from strategy import proving
from strategy.models import RuleSet, RuleSetVersion
rule_set = RuleSet.objects.get()
source = rule_set.current_version().source
version = RuleSetVersion.draft(rule_set, source + "\\n# a draft\\n", by=None, at=timezone.now())
print(proving.start(version, by=None, at=timezone.now()).pk)
"""
SWEEP = """
from datetime import timedelta
from django.utils import timezone
from strategy import proving
from strategy.models import ProofRun
ProofRun.objects.filter(state="RUNNING").update(heartbeat_at=timezone.now() - timedelta(minutes=2))
proving.tend(timezone.now())
"""


@pytest.fixture
def portal(served_once: Path, tmp_path: Path) -> Iterator[Portal]:
    with closing(Portal(shutil.copytree(served_once, tmp_path / "data"))) as portal:
        portal.start()
        yield portal


def run_of(portal: Portal, pk: int) -> tuple[str, int, str]:
    with closing(sqlite3.connect(portal.data_dir / "portal.sqlite3", timeout=20)) as database:
        query = "SELECT state, attempt, stage FROM strategy_proofrun WHERE id = ?"
        found: tuple[str, int, str] = database.execute(query, [pk]).fetchone()
        return found


def provers(pk: int) -> list[int]:
    """The processes at work on this run, whoever started them."""
    found = []
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0") if folder.name.isdigit() else []
            if words[-4:-1] == [b"prove", b"--run", str(pk).encode()]:
                found.append(int(folder.name))
    return found


def test_a_proof_whose_process_is_killed_is_made_by_the_next_one(portal):
    pk = int(portal.shell(ASK))
    wait_until(lambda: run_of(portal, pk)[0] == "RUNNING", seconds=90, what="a run at work")
    for pid in provers(pk):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not provers(pk), seconds=10, what="its process gone")
    assert run_of(portal, pk)[:2] == ("RUNNING", 1)  # nothing but time tells that it is dead

    portal.shell(SWEEP)

    wait_until(lambda: run_of(portal, pk)[0] == "DONE", seconds=120, what="the proof")
    assert run_of(portal, pk)[1] == 2
    assert portal.get("/health/ready") == 200
