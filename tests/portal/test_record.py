"""The record: canonical bytes, RFC 9162 leaf hashes, no names, no second thoughts."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from portal import record
from portal.models import RecordEntry
from tests.people import make_person

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)


def test_an_entry_is_canonical_json_with_its_sequence_and_time():
    entry = record.append("test.kind", actor=None, subject="x:1", payload={"b": 1, "a": "字"}, at=AT)

    assert (
        record.canonical(RecordEntry.objects.get(seq=entry.seq))
        == (
            f'{{"actor":"system","at":"2026-06-01T08:30:00.000000+00:00","kind":"test.kind",'
            f'"payload":{{"a":"字","b":1}},"seq":{entry.seq},"subject":"x:1"}}'
        ).encode()
    )


def test_the_leaf_hash_is_that_of_rfc_9162():
    entry = record.append("test.kind", actor=None, subject="x:1", payload={}, at=AT)

    assert record.leaf_hash(entry) == hashlib.sha256(b"\x00" + record.canonical(entry)).digest()


def test_a_person_stands_in_it_as_a_keyed_hash_only():
    person = make_person("zhang@example.org", display_name="张三")
    entry = record.append("test.kind", actor=person, subject="x:1", payload={}, at=AT)

    text = record.canonical(entry).decode()
    assert "zhang" not in text
    assert "张三" not in text
    assert str(person.public_id) not in text


def test_an_entry_is_never_saved_again_or_deleted_by_the_application():
    entry = record.append("test.kind", actor=None, subject="x:1", payload={}, at=AT)

    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
