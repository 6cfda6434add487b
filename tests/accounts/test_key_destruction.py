"""After a key's destruction nothing opens: not from database, disk, backup and the master key together.

The bytes are looked for where a thief would: in the raw database files with their logs and free pages, in the store of
evidence, in a backup taken before. The decision stays provable.
"""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import product
from pathlib import Path

import psycopg
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings as live
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts import answers, evidence, retention, sweeping
from accounts.models import Answer, Evidence, Verification
from portal import keys, purging
from portal.models import PersonKey, RecordEntry
from portal.purposes import OWNER, purpose
from tests.factories import PROFILE, make_user

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return settings.EVIDENCE_DIR


def database_bytes() -> bytes:
    """Everything the database keeps in files of its own: for SQLite pages, log and index of the log."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")  # what is in memory goes to the files first
            cursor.execute("SHOW data_directory")
            folder = Path(cursor.fetchone()[0])
            cursor.execute("SELECT pg_relation_filepath('portal_personkey')")
            table = folder / cursor.fetchone()[0]
        return b"".join(path.read_bytes() for path in table.parent.iterdir() if path.is_file())
    name = str(connection.settings_dict["NAME"])
    return b"".join(path.read_bytes() for end in ("", "-wal", "-shm") if (path := Path(name + end)).exists())


@pytest.fixture(autouse=True)
def _patience(monkeypatch):
    """The other worker's test writes in the same server: a purge waits until it has ended."""
    monkeypatch.setattr(purging, "PATIENCE", 120.0)


def traces(secret: bytes, where: bytes) -> int:
    """How many 16-byte pieces of the secret are in there: half a key is a find too."""
    return sum(secret[start : start + 16] in where for start in range(0, len(secret) - 15, 11))


def everything_opens(data_keys: list[bytes], blobs: list[bytes]) -> list[bytes]:
    """What opens by trying every key on every blob, as somebody with the disk and the program would."""
    found = []
    places = [
        f"accounts.answer.sealed:{answers.LICENCE}",
        *(evidence._place(r.public_id, 1) for r in Evidence.objects.all()),
    ]
    for key, blob, place in product(data_keys, blobs, places):
        try:
            found.append(AESGCM(key).decrypt(blob[18:30], blob[30:], place.encode()))
        except InvalidTag:
            continue
    return found


def unwrapped(material: bytes, rows: list[PersonKey]) -> list[bytes]:
    """The data keys that today's master key unwraps anywhere in this material: every window of 60 bytes is tried.

    A wrapped key is known by its ciphertext only, so windows are tried where the id of its row stands near.
    """
    master, found = keys.master(next(iter(live.MASTER_KEYS))), []
    for row in rows:
        for name in (row.public_id.bytes, row.public_id.hex.encode(), str(row.public_id).encode()):
            at = material.find(name)
            while at >= 0:
                for start in range(max(at - 200, 0), min(at + 400, len(material) - 60)):
                    try:
                        window = material[start : start + 60]
                        found.append(AESGCM(master).decrypt(window[:12], window[12:], row.public_id.bytes))
                    except InvalidTag:
                        continue
                at = material.find(name, at + 1)
    return found


def close_case(person, *, days: float = 31) -> int:
    at = timezone.now() + timedelta(days=days)
    count = retention.destroy_evidence_keys(at)
    purging.purge(at)
    return count


@pytest.mark.parametrize("how", ["closed", "erasure"])
def test_nothing_is_decrypted_after_destruction_from_database_disk_and_master_key(doctor, store, how):
    row = PersonKey.objects.get(person=doctor, purpose=keys.EVIDENCE)
    wrapped = bytes(row.wrapped)
    sealed = bytes(Answer.objects.get(owner=doctor, sealed__isnull=False).sealed)
    pages = [path.read_bytes() for path in store.rglob("*.bin")]
    before = database_bytes()
    assert traces(wrapped, before)
    data_keys = unwrapped(before, [row])
    assert PROFILE["licence_number"].encode() in everything_opens(data_keys, [sealed, *pages])  # the thief knows how

    at = timezone.now() + timedelta(days=31)
    if how == "erasure":
        retention.ask_erasure(doctor, at=timezone.now())
        assert retention.carry_out_erasures(at) == 1
    else:
        assert retention.destroy_evidence_keys(at) == 1
    sweeping.remove_unreadable(at)
    purging.purge(at)

    after = database_bytes()
    assert traces(wrapped, after) == 0
    assert unwrapped(after, [row]) == []
    assert not list(store.rglob("*.bin"))
    assert PROFILE["licence_number"].encode() not in after
    assert PersonKey.objects.get(pk=row.pk).purged_at is not None
    decision = Verification.objects.get(owner=doctor).current.decision
    assert (decision.outcome, decision.decided_by.email) == ("APPROVED", "reviewer@example.org")
    entry = RecordEntry.objects.get(kind="evidence.key_destroyed")
    assert (entry.subject, entry.payload) == (f"accounts.user:{doctor.public_id}", {"because": how})


def test_of_many_keys_destroyed_in_any_order_no_piece_stays_in_the_files(db):
    people = [make_user() for _ in range(24)]
    for person in people:
        keys.seal_for(person, b"x", purpose=keys.EVIDENCE, aad="a")
    wrapped = {row.person_id: bytes(row.wrapped) for row in PersonKey.objects.all()}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE portal_personkey")  # no sample of a key may stay in the planner's statistics
    gone = [*people[::3], *reversed(people[1::3])]
    for person in gone:
        keys.destroy(person, purpose=keys.EVIDENCE, at=timezone.now())
        keys.seal_for(person, b"y", purpose=keys.EVIDENCE, aad="a")

    assert purging.purge(timezone.now()) == len(gone)

    files = database_bytes()
    assert [person.pk for person in gone if traces(wrapped[person.pk], files)] == []
    assert all(traces(wrapped[person.pk], files) for person in people[2::3])


LOOKING_BACK = {
    "reads the table": "SELECT count(*) FROM portal_personkey",
    "reads another table": "SELECT count(*) FROM portal_zone",
    "writes another table": "UPDATE portal_zone SET slug = slug",
    "writes in another database": "SELECT pg_current_xact_id()",
}


@contextmanager
def somebody(looking_back: str) -> Iterator[None]:
    """Another connection amid a transaction that began before; this one waits for its locks a moment only."""
    if connection.vendor == "postgresql":
        place = {**connection.get_connection_params(), "cursor_factory": None, "context": None}
        if "another database" in looking_back:
            place["dbname"] = "postgres"
        with psycopg.connect(**place) as reader:
            reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            reader.execute(LOOKING_BACK[looking_back])
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '50ms'")
            yield
        return
    with closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as reader:
        reader.execute("BEGIN")  # in SQLite an open transaction is a view of every page; writers wait for each other
        reader.execute("SELECT count(*) FROM portal_personkey").fetchone()
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 50")
        yield


@pytest.mark.parametrize("looking_back", LOOKING_BACK)
def test_whoever_looks_back_delays_the_purge_and_the_next_sweep_does_it(db, monkeypatch, looking_back):
    person = make_user()
    keys.seal_for(person, b"x", purpose=keys.EVIDENCE, aad="a")
    with somebody(looking_back), monkeypatch.context() as patch:
        patch.setattr(purging, "PATIENCE", 0.1)
        keys.destroy(person, purpose=keys.EVIDENCE, at=timezone.now())
        assert purging.purge(timezone.now()) == 0

    assert purging.purge(timezone.now()) == 1
    connection.close()  # the next test waits as long as ever


def test_a_backup_from_before_does_not_bring_it_back(doctor, tmp_path, store):
    row = PersonKey.objects.get(person=doctor, purpose=keys.EVIDENCE)
    wrapped, folder = bytes(row.wrapped), tmp_path / "backups"
    data = tmp_path / "data"
    data.mkdir()
    store.rename(data / "evidence")
    environment = {**os.environ, "DATA_DIR": str(data), "DATABASE_URL": os.environ.get("DATABASE_URL", "")}
    if connection.vendor == "sqlite":
        (data / "portal.sqlite3").symlink_to(str(connection.settings_dict["NAME"]))
        environment["DATABASE_URL"] = ""
    else:
        environment["DATABASE_URL"] = (
            environment["DATABASE_URL"].rpartition("/")[0] + f"/{connection.settings_dict['NAME']}"
        )

    def take(**more: str) -> Path:
        command = [str(ROOT / "deploy/backup.sh"), str(folder)]
        done = subprocess.run(
            command, env={**environment, **more}, capture_output=True, text=True, check=True, timeout=60
        )
        return Path(done.stdout.strip())

    with tarfile.open(take()) as tar:
        copies = [tar.extractfile(member).read() for member in tar.getmembers() if member.isfile()]
    held = next(folder.glob("personkeys-*.csv"))
    assert wrapped.hex() in held.read_text()  # kept apart, for a few days
    pages = [copy for copy in copies if copy.startswith(keys.MAGIC)]
    assert pages

    assert close_case(doctor) == 1
    week_ago = timezone.now() - timedelta(days=8)
    os.utime(held, (week_ago.timestamp(),) * 2)
    os.rename(held, folder / "personkeys-20000101T000000Z.csv")
    take()

    assert not (folder / "personkeys-20000101T000000Z.csv").exists()
    everything = [*copies, *(path.read_bytes() for path in folder.rglob("*") if path.is_file()), database_bytes()]
    for material in everything:
        plain = io.BytesIO(material).getvalue()
        assert traces(wrapped, plain) == 0
        assert wrapped.hex().encode() not in plain
        assert everything_opens(unwrapped(plain, [row]), pages) == []


def test_the_command_says_what_it_would_do_does_it_once_and_records_it(doctor, settings, capsys):
    settings.EVIDENCE_KEY_DAYS = 0

    call_command("destroy_keys", "--dry-run")
    assert "would be destroyed" in capsys.readouterr().out
    assert PersonKey.objects.filter(destroyed_at=None).exists()

    call_command("destroy_keys")
    said = capsys.readouterr().out
    assert "1 keys destroyed; 0 still in the database's files" in said
    assert PROFILE["name"] not in said
    assert doctor.email not in said
    call_command("destroy_keys")
    assert "0 keys destroyed" in capsys.readouterr().out
    assert RecordEntry.objects.filter(kind="evidence.key_destroyed").count() == 1


def test_a_final_refusal_closes_when_the_appeal_has_run_out(refused_person, settings):
    settings.EVIDENCE_KEY_DAYS, settings.APPEAL_DAYS = 30, 15

    assert close_case(refused_person, days=44) == 0
    assert close_case(refused_person, days=46) == 1


def test_rotating_wraps_everything_anew_and_the_old_master_key_may_go(doctor, settings, tmp_path, capsys):
    settings.MASTER_KEYS_FILE = tmp_path / "master_keys.json"
    settings.MASTER_KEYS_FILE.write_text(json.dumps(dict(settings.MASTER_KEYS)))
    sealed = Answer.objects.get(owner=doctor, sealed__isnull=False)

    call_command("rotate_master_key")

    assert "t1 wraps nothing here any more" in capsys.readouterr().out
    assert settings.MASTER_KEYS_FILE.stat().st_mode & 0o777 == 0o600
    settings.MASTER_KEYS = {name: key for name, key in settings.MASTER_KEYS.items() if name != "t1"}
    settings.MASTER_KEYS_FILE = None
    with purpose(OWNER, by=doctor, of=doctor):
        assert answers.answer_of(sealed, doctor) == PROFILE["licence_number"]
    assert RecordEntry.objects.filter(kind="keys.rewrapped").count() == 1
