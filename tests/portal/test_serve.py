"""`manage.py serve`, with its real children: what starts, what is watched over, and that nothing is left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.services.portal import ROOT, Portal, children, is_running, kill
from tests.services.process import wait_until

pytestmark = [pytest.mark.pure, pytest.mark.xdist_group("served")]  # it brings its own database


@pytest.fixture(scope="module")
def data_dir(served_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This module's own copy of what a first start left."""
    return shutil.copytree(served_once, tmp_path_factory.mktemp("serve") / "data")


@pytest.fixture
def portal(data_dir: Path) -> Iterator[Portal]:
    with closing(Portal(data_dir)) as portal:
        portal.start()
        yield portal


def test_it_answers_on_both_names_of_this_machine(portal):
    assert [portal.get("/health/live", host) for host in ("localhost", "127.0.0.1")] == [200, 200]


def test_what_it_makes_is_nobody_elses(portal):
    keys = list((portal.data_dir / "keys").iterdir())

    assert portal.data_dir.stat().st_mode & 0o777 == 0o700
    assert len(keys) == 4
    assert {path.stat().st_mode & 0o077 for path in portal.data_dir.rglob("*")} == {0}


def test_the_demo_names_this_address(portal):
    demo = json.loads((portal.data_dir / "demo.json").read_text(encoding="utf-8"))

    assert demo["base_url"] == portal.url
    assert {"newcomer", "doctor", "reviewer", "editor", "admin"} <= set(demo["people"])


def test_the_readmes_second_factor_is_the_authenticators(served_once):
    file = served_once / "demo.json"
    secret = json.loads(file.read_text(encoding="utf-8"))["people"]["reviewer"]["totp_secret"]
    period = int(time.time()) // 30

    command = [sys.executable, "deploy/totp.py", str(file), "reviewer"]
    shown = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=30).stdout.strip()

    assert shown in {format_hotp_value(hotp_value(secret, number)) for number in (period, period + 1)}


def test_starting_again_keeps_data_keys_and_passwords(data_dir):
    kept = ["demo.json", *(f"keys/{path.name}" for path in (data_dir / "keys").iterdir())]
    with closing(Portal(data_dir)) as portal:
        portal.start()
        portal.shell("from portal.models import Zone; Zone.objects.create(slug='kept', name_zh='留', name_en='kept')")
    before = {name: (data_dir / name).read_text() for name in kept}

    with closing(Portal(data_dir, port=portal.port)) as again:
        again.start()
        slugs = again.shell("from portal.models import Zone; print([zone.slug for zone in Zone.objects.all()])")

    assert "kept" in slugs
    assert {name: (data_dir / name).read_text() for name in kept} == before


def test_a_taken_port_is_refused_with_words(portal, tmp_path):
    other = Portal(tmp_path / "other", port=portal.port)
    done = subprocess.run(
        other.command(), env=other.environment(), cwd=other.workplace(), capture_output=True, text=True, timeout=60
    )

    assert done.returncode == os.EX_UNAVAILABLE
    assert f"Port {portal.port} is in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_one_folder_is_served_once(portal):
    other = Portal(portal.data_dir)
    done = subprocess.run(
        other.command(), env=other.environment(), cwd=other.workplace(), capture_output=True, text=True, timeout=60
    )

    assert done.returncode == os.EX_UNAVAILABLE
    assert f"served already by process {portal.pid}" in done.stderr


def test_two_portals_stand_side_by_side(portal, served_once, tmp_path):
    with closing(Portal(shutil.copytree(served_once, tmp_path / "beside"))) as beside:
        beside.start()

        assert [portal.get("/health/ready"), beside.get("/health/ready")] == [200, 200]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_polite_signal_ends_everything_and_is_no_error(portal, number):
    family = [*children(portal.pid), *portal.web_workers()]

    portal.stop(number)

    assert len(family) == 4
    assert portal.exit_code() == 0
    assert not [pid for pid in family if is_running(pid)]


def test_nothing_outlives_a_killed_parent(portal):
    family = [*children(portal.pid), *portal.web_workers()]

    kill(portal.pid)

    wait_until(lambda: not [pid for pid in family if is_running(pid)], seconds=30, what="no orphan")


def test_the_web_goes_on_while_the_outbox_child_dies_and_comes_back(portal):
    web, first = portal.web(), portal.drainer()

    kill(first)

    assert portal.get("/health/ready") == 200
    wait_until(lambda: portal.drainer() not in {0, first}, seconds=15, what="another outbox child")
    assert portal.web() == web


def test_it_ends_when_the_web_server_ends(portal):
    drainer = portal.drainer()

    kill(portal.web())

    wait_until(lambda: portal.exit_code() is not None, seconds=30, what="the end")
    assert portal.exit_code() != 0
    assert not is_running(drainer)
