"""The store of evidence: encrypted, whole or not at all, swept."""

from __future__ import annotations

import os
import resource
import signal
import stat
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import drafts, evidence, sweeping
from accounts.models import Evidence, Submission
from portal import keys
from portal.models import PersonKey, RecordEntry
from portal.purposes import OWNER, purpose
from tests.factories import accepted, install_zone, jpeg, make_draft, make_evidence, make_user, reject

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return settings.EVIDENCE_DIR


@pytest.fixture
def draft(db):
    install_zone()
    return make_draft(make_user())


def opened(row: Evidence, number: int) -> bytes:
    """Open a page as its owner does."""
    with purpose(OWNER, by=row.owner, of=row.owner):
        return evidence.open_page(row, number)


def files_of(store):
    return sorted(path for path in store.rglob("*") if path.is_file())


def test_a_file_is_stored_encrypted_page_by_page_for_nobody_else_to_open(draft, store):
    pages = [jpeg("#f00"), jpeg("#0f0")]
    row = make_evidence(draft, "证书.pdf", pages)

    first, second = files_of(store)
    assert (first.name, second.name) == (f"{row.public_id}-1.bin", f"{row.public_id}-2.bin")
    assert first.parent.name == row.public_id.hex[:2]
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert stat.S_IMODE(first.parent.stat().st_mode) == 0o700
    assert b"JFIF" not in first.read_bytes()
    assert [opened(row, n) for n in (1, 2)] == pages
    assert (row.pages, row.kind, row.size) == (2, "pdf", sum(map(len, pages)))


def test_a_page_put_in_another_ones_place_does_not_open(draft, store):
    row = make_evidence(draft, "证书.pdf", [jpeg("#f00"), jpeg("#0f0")])
    first, second = files_of(store)
    os.replace(first, second)

    with pytest.raises(evidence.Gone):
        opened(row, 2)


def test_a_flipped_byte_and_a_missing_file_are_gone_not_an_accident(draft, store):
    row = make_evidence(draft)
    (path,) = files_of(store)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(evidence.Gone):
        opened(row, 1)

    path.unlink()

    with pytest.raises(evidence.Gone):
        opened(row, 1)


def test_a_destroyed_key_ends_every_page_and_the_sweep_takes_files_and_names(draft, store):
    row = make_evidence(draft)
    keys.destroy(draft.owner, purpose=keys.EVIDENCE, at=timezone.now())
    with pytest.raises(evidence.Gone):
        opened(row, 1)
    newer = make_evidence(draft, "新.jpg")

    assert sweeping.remove_unreadable(timezone.now()) == 1

    row.refresh_from_db()
    newer.refresh_from_db()
    assert (row.name, bool(row.discarded_at), newer.discarded_at) == ("", True, None)


def test_pages_without_a_row_are_removed_when_something_goes_wrong(draft, store):
    with pytest.raises(ZeroDivisionError), evidence.staged(draft.owner, [accepted()], at=timezone.now()):
        assert len(files_of(store)) == 1
        raise ZeroDivisionError

    assert files_of(store) == []
    assert not Evidence.objects.exists()


def test_a_disk_without_room_keeps_nothing_and_recovers_by_itself(draft, store):
    # The kernel's limit on file sizes ends a write half-way, as a full disk does, and needs no rights to set.
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    page = os.urandom(3_000_000)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_900_000, hard))
    try:
        with pytest.raises(evidence.StoreFull):
            make_evidence(draft, "大.jpg", [page])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert files_of(store) == []
    assert not Evidence.objects.exists()
    make_evidence(draft, "大.jpg", [page])
    assert len(files_of(store)) == 1


def test_a_folder_that_is_no_folder_is_a_broken_store(draft, store):
    store.parent.mkdir(exist_ok=True)
    store.write_text("")

    with pytest.raises(evidence.StoreBroken):
        make_evidence(draft)
    assert not Evidence.objects.exists()
    store.unlink()


def test_a_sixth_file_is_refused_and_leaves_nothing(draft, store):
    for _number in range(5):
        make_evidence(draft)

    with pytest.raises(evidence.LimitReached, match="最多 5 个文件"):
        make_evidence(draft)

    assert draft.evidence.count() == 5
    assert len(files_of(store)) == 5


@pytest.mark.parametrize(("name", "value"), [("EVIDENCE_STORED_FILES", 2), ("EVIDENCE_STORED_BYTES", 2000)])
def test_what_a_person_may_store_is_limited_and_what_was_discarded_does_not_count(draft, settings, name, value):
    setattr(settings, name, value)
    row = make_evidence(draft)
    make_evidence(draft)
    with pytest.raises(evidence.LimitReached, match="已到上限"):
        make_evidence(draft)

    evidence.discard(draft, row, at=timezone.now())

    make_evidence(draft)


def test_one_persons_limit_is_nobody_elses(draft, settings):
    settings.EVIDENCE_STORED_FILES = 1
    make_evidence(draft)

    make_evidence(make_draft(make_user()))


def test_a_sent_submission_takes_no_more_files(draft, store):
    make_evidence(draft)
    stale = Submission.objects.get(pk=draft.pk)
    drafts.send(draft, at=timezone.now())

    with pytest.raises(evidence.LimitReached, match="已经提交"):
        make_evidence(stale)
    row = stale.evidence.get()
    evidence.discard(stale, row, at=timezone.now())

    assert stale.evidence.count() == 1
    assert len(files_of(store)) == 1


def test_discarding_deletes_the_file_once_that_is_committed(draft, store, django_capture_on_commit_callbacks):
    row = make_evidence(draft)

    with django_capture_on_commit_callbacks(execute=True):
        evidence.discard(draft, row, at=timezone.now())
        assert len(files_of(store)) == 1

    assert files_of(store) == []
    row.refresh_from_db()
    assert row.discarded_at is not None
    with pytest.raises(evidence.Gone):
        opened(row, 1)


def test_a_file_that_was_sent_stays_when_the_next_draft_drops_it(draft, store, reviewer):
    row = make_evidence(draft)
    case = drafts.send(draft, at=timezone.now())
    reject(case, by=reviewer)
    case.refresh_from_db()
    again = drafts.begin_again(case, appeal="")

    evidence.discard(again, row, at=timezone.now())

    row.refresh_from_db()
    assert (row.discarded_at, again.evidence.count(), case.current.evidence.count()) == (None, 0, 1)
    assert len(files_of(store)) == 1


def test_the_sweep_removes_old_orphans_and_unfinished_files_only(draft, store):
    row = make_evidence(draft)
    orphan = store / "ab" / "ab000000-0000-4000-8000-000000000000-1.bin"
    unfinished, fresh = store / "ab" / ".draft-1234", store / "ab" / "ab000000-0000-4000-8000-000000000001-1.bin"
    orphan.parent.mkdir(exist_ok=True)
    for path in (orphan, unfinished, fresh):
        path.write_bytes(b"x")
    two_hours_ago = (timezone.now() - timedelta(hours=2)).timestamp()
    for path in (orphan, unfinished, *files_of(store / row.public_id.hex[:2])):
        if path != fresh:
            os.utime(path, (two_hours_ago, two_hours_ago))

    assert sweeping.remove_orphans(timezone.now()) == 2

    assert not orphan.exists()
    assert not unfinished.exists()
    assert fresh.exists()
    assert opened(row, 1)


def test_an_identity_card_destroys_everything_sent_with_it_and_that_is_recorded(
    draft, store, reviewer, django_capture_on_commit_callbacks
):
    row = make_evidence(draft)
    case = drafts.send(draft, at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        reject(case, by=reviewer, codes=["IDENTITY_CARD"])

    assert files_of(store) == []
    entry = RecordEntry.objects.get(kind="evidence.destroyed")
    assert entry.payload == {"because": "IDENTITY_CARD", "files": [str(row.public_id)]}
    assert sweeping.destroy_identity_cards(timezone.now()) == 0
    case.refresh_from_db()
    assert drafts.begin_again(case, appeal="").evidence.count() == 0


def test_other_reasons_destroy_nothing(draft, store, reviewer):
    make_evidence(draft)
    reject(drafts.send(draft, at=timezone.now()), by=reviewer)

    assert sweeping.destroy_identity_cards(timezone.now()) == 0
    assert len(files_of(store)) == 1


def test_a_draft_nobody_touched_for_a_month_is_forgotten_with_its_files(
    draft, store, django_capture_on_commit_callbacks
):
    make_evidence(draft)
    assert sweeping.forget_stale_drafts(timezone.now() + timedelta(days=29)) == 0

    with django_capture_on_commit_callbacks(execute=True):
        assert sweeping.forget_stale_drafts(timezone.now() + timedelta(days=31)) == 1

    assert not Submission.objects.exists()
    assert files_of(store) == []


def test_a_renewal_after_the_key_is_gone_keeps_the_answers_but_neither_licence_number_nor_files(draft, store, reviewer):
    make_evidence(draft)
    case = drafts.send(draft, at=timezone.now() - timedelta(days=400))
    case.approve(by=reviewer, submission=draft, at=timezone.now() - timedelta(days=400))
    keys.destroy(draft.owner, purpose=keys.EVIDENCE, at=timezone.now())
    assert PersonKey.objects.get().destroyed_at is not None

    again = drafts.begin_again(case, appeal="")

    assert again.evidence.count() == 0
    assert not again.is_profile_complete
    assert set(again.answers.values_list("question__key", flat=True)) == {
        "name",
        "profession",
        "hospital",
        "department",
        "title",
    }


def test_a_process_killed_while_writing_leaves_no_page_and_the_sweep_clears_up(draft, store):
    path = store / "ab" / "ab000000-0000-4000-8000-000000000002-1.bin"
    blob = b"x" * 40_000_000
    child = os.fork()
    if child == 0:
        evidence._write(path, blob)
        os._exit(0)
    while not files_of(store):
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    assert not path.exists() or path.stat().st_size == len(blob)  # whole, if the child was faster than the signal
    long_ago = (timezone.now() - timedelta(hours=2)).timestamp()
    for left in files_of(store):
        os.utime(left, (long_ago, long_ago))
    assert sweeping.remove_orphans(timezone.now()) == 1
    assert files_of(store) == []
