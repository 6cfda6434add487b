"""verify_record names the first bad entry after whatever is done behind the application's back, on both databases."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, strategies
from hypothesis import settings as hypothesis_settings

from portal import anchors, append_only, record, seals, verifying
from portal.models import Leaf, RecordEntry, Seal

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
TABLE, LEAVES, SEALS = (model._meta.db_table for model in (RecordEntry, Leaf, Seal))


@pytest.fixture
def entries(settings, tmp_path):
    """Ten entries under four seals, and one that waits."""
    settings.RECORD_HEADS = tmp_path / "heads.jsonl"
    rows = []
    for count in (3, 1, 4, 2):
        rows += [entry(len(rows) + number) for number in range(count)]
        seals.seal(AT)
    return [*rows, entry(10)]


def entry(number):
    return record.append("test.kind", actor=None, subject=f"x:{number}", payload={"n": number}, at=AT)


def attack(*statements):
    """Run statements as who owns the tables: without the triggers, which stay off."""
    append_only.remove(connection)
    with connection.cursor() as cursor:
        for sql, *params in statements:
            cursor.execute(sql, params)


def named(**options):
    """Return the number the command names."""
    with pytest.raises(CommandError) as caught:
        call_command("verify_record", **options)
    assert caught.value.returncode == 1
    return int(str(caught.value).partition("seq=")[2].partition("：")[0])


def test_an_untouched_record_is_whole_and_says_what_it_holds(entries, capsys):
    call_command("verify_record")

    said = capsys.readouterr()
    assert "记录完整：11 条，已封存 10 条（4 次），等待封存 1 条" in said.out
    assert said.err == ""


def test_an_empty_record_is_whole_and_the_missing_anchor_is_said(settings, tmp_path, capsys):
    settings.RECORD_HEADS = tmp_path / "none"
    call_command("verify_record")

    said = capsys.readouterr()
    assert "记录完整：0 条" in said.out
    assert "没有数据库之外的树头文件" in said.err


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'other'",
        "actor = 'somebody'",
        "subject = 'x:99'",
        "payload = '{\"n\": 99}'",
        "at = '2026-06-01 08:30:00.000001+00:00'",
        "mac = ''",
    ],
)
@pytest.mark.parametrize("place", [0, 4, 9, 10])
def test_an_edit_is_named_sealed_or_not(entries, change, place):
    attack((f"UPDATE {TABLE} SET {change} WHERE seq = %s", entries[place].seq))

    assert named() == entries[place].seq


def test_the_first_of_several_is_named(entries):
    attack(*((f"UPDATE {TABLE} SET kind = 'other' WHERE seq = %s", entries[place].seq) for place in (7, 10, 5)))

    assert named() == entries[5].seq


@pytest.mark.parametrize("place", [0, 4, 9])
def test_a_deletion_is_named(entries, place):
    attack((f"DELETE FROM {TABLE} WHERE seq = %s", entries[place].seq))

    assert named() == entries[place].seq


@pytest.mark.parametrize("place", [0, 4, 8])
def test_a_deletion_with_its_leaf_is_named(entries, place):
    seq = entries[place].seq
    attack((f"DELETE FROM {TABLE} WHERE seq = %s", seq), (f"DELETE FROM {LEAVES} WHERE entry_seq = %s", seq))

    assert named() == (seq if place else 1)


def test_a_deletion_with_the_leaves_moved_up_is_named(entries):
    seq = entries[4].seq
    attack(
        (f"DELETE FROM {TABLE} WHERE seq = %s", seq),
        (f"DELETE FROM {LEAVES} WHERE entry_seq = %s", seq),
        *((f"UPDATE {LEAVES} SET position = %s WHERE position = %s", place - 1, place) for place in range(5, 10)),
    )

    assert named() == entries[5].seq  # the first that stands where it did not stand


def test_an_insertion_is_named_wherever_it_is(entries):
    columns = "at, kind, actor, subject, payload"
    values = "SELECT {seq}, " + columns + f" FROM {TABLE} WHERE seq = {entries[2].seq}"
    for seq in (entries[-1].seq + 1, entries[0].seq - 1000):
        with transaction.atomic():
            attack((f"INSERT INTO {TABLE} (seq, {columns}) " + values.format(seq=seq),))
            assert seals.seal(AT) == 1  # what waited, never the stranger
            assert named() == seq
            transaction.set_rollback(True)


def test_a_copy_with_its_mac_is_named(entries):
    """A row that is genuine by itself; the index that refuses it was dropped first."""
    mac = f"INSERT INTO {TABLE} (seq, at, kind, actor, subject, payload, mac)"
    drop = "DROP INDEX recordentry_written_once"
    seq = entries[-1].seq + 5
    attack(
        (drop,),
        (
            f"{mac} SELECT {seq}, at, kind, actor, subject, payload, mac FROM {TABLE} WHERE kind = 'test.kind'"
            f" AND seq = {entries[2].seq}",
        ),
    )

    assert named() == seq


@pytest.mark.parametrize(("one", "two"), [(2, 3), (0, 9), (5, 6)])
def test_a_reordering_is_named_however_it_is_done(entries, one, two):
    a, b = entries[one].seq, entries[two].seq
    by_number = [(f"UPDATE {TABLE} SET seq = %s WHERE seq = %s", to, of) for to, of in ((-1, a), (a, b), (b, -1))]
    by_leaf = [
        (f"UPDATE {LEAVES} SET entry_seq = %s WHERE entry_seq = %s", to, of) for to, of in ((-1, a), (a, b), (b, -1))
    ]
    with transaction.atomic():
        attack(*by_number)
        assert named() == a
        transaction.set_rollback(True)
    with transaction.atomic():
        attack(*by_leaf)
        assert named() in {a, b}  # b stands where a stood
        transaction.set_rollback(True)


def test_a_rewritten_leaf_or_node_is_named(entries):
    """The attacker hashes what they wrote, as anybody can; they cannot make the leaf's MAC."""
    entries[5].payload = {"n": 99}
    forged = record.leaf_hash(entries[5])
    attack((f"UPDATE {LEAVES} SET hashes = %s WHERE entry_seq = %s", forged, entries[5].seq))
    assert named() == entries[5].seq


@pytest.mark.parametrize(
    "change", ["root_hash = 'ff'", "signature = 'ff'", "key_id = 'ff'", "previous = ''", "at = NULL"]
)
def test_a_changed_seal_is_named_by_its_last_entry(entries, change):
    third = Seal.objects.get(tree_size=8)
    change = change if "NULL" not in change else "at = '2020-01-01 00:00:00+00:00'"
    attack((f"UPDATE {SEALS} SET {change} WHERE id = %s", third.pk))

    assert named() == entries[7].seq


def test_a_removed_seal_is_noticed_in_the_middle_and_at_the_end(entries):
    with transaction.atomic():
        attack((f"DELETE FROM {SEALS} WHERE tree_size = 4",))
        assert named() == entries[7].seq
        transaction.set_rollback(True)
    attack((f"DELETE FROM {SEALS} WHERE tree_size = 10",))
    assert named() == entries[8].seq


def truncate(entries, size):
    kept = [row.seq for row in entries[:size]]
    attack(
        (f"DELETE FROM {TABLE} WHERE seq > %s", kept[-1]),
        (f"DELETE FROM {LEAVES} WHERE position >= %s", size),
        (f"DELETE FROM {SEALS} WHERE tree_size > %s", size),
    )


def test_the_tail_cut_off_with_its_seals_is_named_by_the_heads_outside(entries, settings):
    truncate(entries, 4)
    assert named() == entries[3].seq + 1

    kept = settings.RECORD_HEADS.rename(settings.RECORD_HEADS.with_name("kept"))
    call_command("verify_record")  # without an anchor nobody can know
    assert named(head=[kept]) == entries[3].seq + 1


def test_a_tail_cut_off_and_written_anew_by_the_application_is_named_by_the_heads_outside(entries):
    truncate(entries, 4)
    for number in range(6):
        entry(100 + number)
    seals.seal(AT)

    assert named() >= entries[4].seq


def test_the_tail_cut_off_without_its_seals_is_named(entries):
    attack((f"DELETE FROM {TABLE} WHERE seq > %s", entries[6].seq), (f"DELETE FROM {LEAVES} WHERE position > 6",))

    assert named() == entries[6].seq + 1


def test_heads_that_are_none_cannot_be_compared(entries, tmp_path):
    bad = tmp_path / "bad"
    for text in (b"{}\n", b"[1]\n", b'{"tree_size": true, "root_hash": "x"}\n', b"\xff\n", b"[" * 5000 + b"\n"):
        bad.write_bytes(text)
        with pytest.raises(CommandError) as caught:
            call_command("verify_record", head=[bad])
        assert caught.value.returncode == 2
    with pytest.raises(CommandError, match="无法使用"):
        call_command("verify_record", head=[tmp_path / "missing"])


def test_a_head_of_another_record_is_named(entries, tmp_path):
    other = tmp_path / "other"
    head = {**next(anchors.read(tmp_path / "heads.jsonl")), "root_hash": "0" * 64}
    other.write_text(json.dumps(head))

    assert named(head=[other]) == entries[2].seq


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=strategies.data())
def test_whatever_is_done_to_one_sealed_entry_is_named(entries, data):
    place = data.draw(strategies.integers(0, 9))
    seq = entries[place].seq
    text = data.draw(strategies.text(strategies.characters(codec="utf-8", exclude_characters="\0"), max_size=40))
    kind = data.draw(strategies.sampled_from(["kind", "actor", "subject", "payload", "at", "delete", "hashes"]))
    with transaction.atomic():
        if kind == "delete":
            attack((f"DELETE FROM {TABLE} WHERE seq = %s", seq))
        elif kind == "hashes":
            attack((f"UPDATE {LEAVES} SET hashes = %s WHERE entry_seq = %s", text.encode(), seq))
        elif kind == "payload":
            attack((f"UPDATE {TABLE} SET payload = %s WHERE seq = %s", json.dumps({"t": text}), seq))
        elif kind == "at":
            moved = data.draw(
                strategies.datetimes(datetime(2000, 1, 1), datetime(2026, 5, 31), timezones=strategies.just(UTC))
            )
            attack((f"UPDATE {TABLE} SET at = %s WHERE seq = %s", moved, seq))
        else:
            attack((f"UPDATE {TABLE} SET {kind} = %s WHERE seq = %s", text, seq))
        report = verifying.examine()
        assert report.bad is not None
        assert report.bad.seq == seq
        transaction.set_rollback(True)
