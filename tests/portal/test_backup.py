"""deploy/backup.sh and restore.sh: what comes back, and what they refuse."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tarfile
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.services.portal import Portal

ROOT = Path(__file__).resolve().parents[2]


def run(script: str, *words: object, data_dir: Path, database_url: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATA_DIR": str(data_dir), "DATABASE_URL": database_url}
    command = [str(ROOT / "deploy" / script), *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A DATA_DIR with one row, one piece of evidence, keys and a sent message."""
    data = tmp_path / "old"
    for name in ("evidence/ab", "keys", "outbox"):
        (data / name).mkdir(parents=True)
    with closing(sqlite3.connect(data / "portal.sqlite3")) as database:
        database.executescript("CREATE TABLE t (word TEXT); INSERT INTO t VALUES ('同意');")
    (data / "evidence/ab/one").write_bytes(b"sealed")
    (data / "keys/master_keys.json").write_text("the key")
    (data / "outbox/1-email.json").write_text("a code")
    return data


def backup(data_dir: Path, folder: Path, database_url: str = "") -> Path:
    done = run("backup.sh", folder, data_dir=data_dir, database_url=database_url)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.mark.pure
def test_what_was_backed_up_comes_back(old, tmp_path):
    saved, new = backup(old, tmp_path / "backups"), tmp_path / "new"

    done = run("restore.sh", saved, data_dir=new)

    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(new / "portal.sqlite3")) as database:
        assert database.execute("SELECT word FROM t").fetchall() == [("同意",)]
    assert (new / "evidence/ab/one").read_bytes() == b"sealed"
    assert "No keys here yet" in done.stderr


@pytest.mark.pure
def test_keys_messages_and_nobody_else_get_into_the_backup(old, tmp_path):
    saved = backup(old, tmp_path / "backups")

    with tarfile.open(saved) as tar:
        names = {name for name in tar.getnames() if name != "."}
    assert names == {"./SHA256SUMS", "./portal.sqlite3", "./evidence", "./evidence/ab", "./evidence/ab/one"}
    assert saved.stat().st_mode & 0o777 == 0o600
    assert list(saved.parent.iterdir()) == [saved]


@pytest.mark.pure
def test_a_row_written_during_the_copy_is_whole_or_absent(old, tmp_path):
    with closing(sqlite3.connect(old / "portal.sqlite3")) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("INSERT INTO t VALUES ('未提交')")  # an open transaction
        saved = backup(old, tmp_path / "backups")
    new = tmp_path / "new"
    run("restore.sh", saved, data_dir=new)

    with closing(sqlite3.connect(new / "portal.sqlite3")) as database:
        assert database.execute("SELECT word FROM t").fetchall() == [("同意",)]


@pytest.mark.pure
def test_a_damaged_backup_restores_nothing(old, tmp_path):
    saved, new = backup(old, tmp_path / "backups"), tmp_path / "new"
    content = saved.read_bytes()
    saved.write_bytes(content.replace(b"sealed", b"sealEd"))

    done = run("restore.sh", saved, data_dir=new)

    assert done.returncode == os.EX_DATAERR
    assert not (new / "portal.sqlite3").exists()
    assert list(new.iterdir()) == []


@pytest.mark.pure
def test_nothing_is_overwritten(old, tmp_path):
    saved = backup(old, tmp_path / "backups")

    done = run("restore.sh", saved, data_dir=old)

    assert done.returncode == os.EX_CANTCREAT
    assert "exists" in done.stderr


@pytest.mark.pure
def test_a_backup_inside_the_data_is_refused(old):
    assert run("backup.sh", old / "backups", data_dir=old).returncode == os.EX_USAGE


@pytest.mark.services
def test_postgresql_comes_back_into_an_empty_database_only(old, tmp_path):
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    source, target = f"{server}/backup_source", f"{server}/backup_target"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        for name in ("backup_source", "backup_target"):
            admin.execute(f"DROP DATABASE IF EXISTS {name}")
            admin.execute(f"CREATE DATABASE {name}")
    with psycopg.connect(source) as database:
        database.execute("CREATE TABLE t (word TEXT)")
        database.execute("INSERT INTO t VALUES ('同意')")
    (old / "portal.sqlite3").unlink()
    saved = backup(old, tmp_path / "backups", source)

    first = run("restore.sh", saved, data_dir=tmp_path / "new", database_url=target)
    shutil.rmtree(tmp_path / "new")
    second = run("restore.sh", saved, data_dir=tmp_path / "new", database_url=target)

    assert first.returncode == 0, first.stderr
    with psycopg.connect(target) as database:
        assert database.execute("SELECT word FROM t").fetchall() == [("同意",)]
    assert second.returncode == os.EX_CANTCREAT
    assert "not empty" in second.stderr


LOOK = """
from accounts import evidence
from accounts.models import Evidence, User
from portal.purposes import OWNER, purpose
waiting = User.objects.get(email__startswith="pending")
with purpose(OWNER, by=waiting, of=waiting):
    opened = [len(evidence.open_page(row, 1)) for row in Evidence.objects.owned_by(waiting).order_by("pk")]
assert opened
print(User.objects.count(), opened)
"""


SOUND = """
from django.utils import timezone
from portal import invariants, verifying
print(verifying.examine().bad, invariants.broken(timezone.now()))
"""


@pytest.mark.pure
@pytest.mark.xdist_group("served")
def test_the_drill_a_portal_that_serves_is_backed_up_and_served_elsewhere(served_once, tmp_path):
    with closing(Portal(shutil.copytree(served_once, tmp_path / "old"))) as portal:
        portal.start()
        saved, seen = backup(portal.data_dir, tmp_path / "backups"), portal.shell(LOOK)

    restored = tmp_path / "new"
    shutil.copytree(portal.data_dir / "keys", restored / "keys")  # brought by hand, from their own place
    assert run("restore.sh", saved, data_dir=restored).returncode == 0

    with closing(Portal(restored)) as again:
        again.start()
        assert again.shell(LOOK) == seen
        assert again.shell(SOUND).split() == [
            "None",
            "[]",
        ]  # record and invariants
