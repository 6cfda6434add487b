"""Sealing: every entry gets its place once, heads are signed, proofs are short and stay the same."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from portal import anchors, append_only, merkle, record, seals, signing
from portal.models import Leaf, RecordEntry, Seal

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def heads(settings, tmp_path):
    settings.RECORD_HEADS = tmp_path / "record" / "heads.jsonl"
    return settings.RECORD_HEADS


def entry(number):
    return record.append("test.kind", actor=None, subject=f"x:{number}", payload={"n": number, "字": "值"}, at=AT)


def sealed(count):
    entries = [entry(number) for number in range(count)]
    assert seals.seal(AT) == count
    return entries


def root_by(proof):
    """RFC 9162 section 2.1.3.2, as a stranger does it."""
    position, last = proof["leaf_index"], proof["head"]["tree_size"] - 1
    value = merkle.hash_leaf(proof["entry"].encode())
    for step in map(bytes.fromhex, proof["inclusion_path"]):
        if position & 1 or position == last:
            value = merkle.hash_children(step, value)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            value = merkle.hash_children(value, step)
        position, last = position >> 1, last >> 1
    assert last == 0
    return value.hex()


def test_an_entry_has_no_proof_until_it_is_sealed():
    waiting = entry(1)

    assert seals.proof_of(waiting) is None
    assert seals.seal(AT) == 1
    assert seals.proof_of(waiting)["leaf_index"] == 0
    assert seals.seal(AT) == 0
    assert Seal.objects.count() == 1


def test_every_proof_leads_to_the_signed_root_of_its_own_seal():
    entries = sealed(3) + sealed(1) + sealed(9)

    for number, row in enumerate(entries):
        proof = seals.proof_of(row)
        assert proof["leaf_index"] == number
        assert root_by(proof) == proof["head"]["root_hash"]
        assert json.loads(proof["entry"])["seq"] == row.seq
    assert [row.tree_size for row in Seal.objects.order_by("pk")] == [3, 4, 13]


def test_the_proof_of_an_entry_stays_the_same_when_the_record_grows():
    first = sealed(3)[0]
    before = seals.proof_of(first)
    sealed(5)

    assert seals.proof_of(first) == before


def test_a_head_is_signed_by_the_published_key_and_names_the_root_before_it():
    sealed(2)
    sealed(2)
    first, second = Seal.objects.order_by("tree_size")

    assert (first.previous, second.previous) == ("", first.root_hash)
    assert seals.is_signed(first)
    assert seals.is_signed(second)
    second.root_hash = "0" * 64
    assert not seals.is_signed(second)


def test_one_head_leads_to_the_next():
    sealed(3)
    sealed(4)
    first, second = Seal.objects.order_by("tree_size")
    path = [bytes.fromhex(step) for step in seals.consistency(first, second)]

    # 3 of 7: leaf 2, leaf 3, the first two, the last three.
    third, fourth, pair, rest = path
    assert merkle.hash_children(pair, third).hex() == first.root_hash
    whole = merkle.hash_children(merkle.hash_children(pair, merkle.hash_children(third, fourth)), rest)
    assert whole.hex() == second.root_hash


def test_an_entry_that_committed_late_gets_the_next_place_under_its_lower_number():
    row = entry(1)
    with append_only.lifted(connection):
        RecordEntry.objects.filter(seq=row.seq).delete()  # its transaction has not committed yet
    later = sealed(1)[0]
    row.save(force_insert=True)
    newest = entry(3)

    assert seals.seal(AT) == 2
    places = Leaf.objects.order_by("position").values_list("entry_seq", flat=True)
    assert list(places) == [later.seq, row.seq, newest.seq]


def test_the_hourly_look_finds_what_is_older_than_the_window(monkeypatch):
    monkeypatch.setattr(seals, "WINDOW", 2)
    gap = entry(0).seq
    row = RecordEntry.objects.get(seq=gap)
    with append_only.lifted(connection):
        RecordEntry.objects.filter(seq=gap).delete()
    sealed(6)
    row.save(force_insert=True)

    assert seals.seal_everything(AT.replace(minute=5)) == 0
    assert seals.seal_everything(AT.replace(minute=0)) == 1


def test_what_the_application_did_not_write_is_never_sealed():
    good = entry(1)
    RecordEntry(at=AT, kind="forged", actor="system", subject="x:2", payload={}, mac="").save(force_insert=True)
    third = entry(3)

    assert seals.seal(AT) == 2
    assert list(Leaf.objects.values_list("entry_seq", flat=True).order_by("position")) == [good.seq, third.seq]


def test_a_rolled_back_entry_leaves_a_gap_in_the_numbers_and_none_in_the_tree():
    entry(1)
    with transaction.atomic():
        entry(2)
        transaction.set_rollback(True)
    entry(3)
    seals.seal(AT)

    assert list(Leaf.objects.values_list("position", flat=True).order_by("position")) == [0, 1]


def test_every_head_is_also_written_outside_the_database_once(heads):
    sealed(2)
    sealed(1)
    seals.seal_everything(AT + timedelta(minutes=1))

    assert [head["tree_size"] for head in anchors.read(heads)] == [2, 3]
    assert heads.stat().st_mode & 0o777 == 0o600


def test_heads_the_disk_refused_are_written_later(heads):
    heads.parent.write_bytes(b"a file where the folder should be")
    sealed(2)
    heads.parent.unlink()
    seals.seal_everything(AT)

    assert [head["tree_size"] for head in anchors.read(heads)] == [2]


def test_a_head_cut_short_by_a_crash_is_written_again(heads):
    sealed(2)
    sealed(1)
    whole = heads.read_bytes()
    heads.write_bytes(whole[:-20])
    seals.seal_everything(AT)

    assert heads.read_bytes() == whole


def test_the_signing_key_can_be_rotated_and_old_heads_stay_checkable(settings):
    sealed(1)
    old = signing.public_keys()[0]
    settings.RECORD_SIGNING_KEY = "A" * 43 + "="
    sealed(1)
    first, second = Seal.objects.order_by("tree_size")
    assert not seals.is_signed(first)
    settings.RECORD_PUBLIC_KEYS = [base64.b64encode(bytes.fromhex(old.public_key)).decode()]

    assert seals.is_signed(first)
    assert seals.is_signed(second)
    assert first.key_id != second.key_id
    assert [key.is_current for key in signing.public_keys()] == [True, False]
    assert old.key_id == hashlib.sha256(bytes.fromhex(old.public_key)).hexdigest()[:16]


def test_sealing_more_costs_no_more_queries_and_a_proof_among_ten_thousand_takes_five(django_assert_max_num_queries):
    rows = []
    for number in range(10_000):
        row = RecordEntry(at=AT, kind="test.kind", actor="system", subject=f"x:{number}", payload={"n": number})
        row.mac = record.new_mac(row)
        rows.append(row)
    RecordEntry.objects.bulk_create(rows)
    assert seals.seal(AT) == 10_000
    extra = entry(10_000)
    with django_assert_max_num_queries(14):
        assert seals.seal(AT) == 1
    with django_assert_max_num_queries(5):
        proof = seals.proof_of(extra)

    assert root_by(proof) == proof["head"]["root_hash"]
    assert len(proof["inclusion_path"]) <= 14
    call_command("verify_record")
