"""Keys: what is sealed opens only for its person, purpose and place, and never after destruction."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone

from portal import keys, purposes
from portal.models import PersonKey
from tests.people import make_person

pytestmark = pytest.mark.django_db


def opened(person: Any, blob: bytes, *, purpose: str, aad: str) -> bytes:
    """Open as the owner does."""
    with purposes.purpose(purposes.OWNER, by=person, of=person):
        return keys.open_for(person, blob, purpose=purpose, aad=aad)


SECRET = "执业证书 141100000012345".encode()


def test_what_was_sealed_opens_for_its_person():
    person = make_person()

    blob = keys.seal_for(person, SECRET, purpose=keys.EVIDENCE, aad="a")

    assert SECRET not in blob
    assert opened(person, blob, purpose=keys.EVIDENCE, aad="a") == SECRET


def test_two_seals_of_the_same_text_differ_and_share_one_key():
    person = make_person()

    first, second = (keys.seal_for(person, SECRET, purpose=keys.EVIDENCE, aad="a") for _ in range(2))

    assert first != second
    assert PersonKey.objects.filter(person=person).count() == 1


def test_a_blob_moved_to_another_place_does_not_open():
    person = make_person()
    blob = keys.seal_for(person, SECRET, purpose=keys.EVIDENCE, aad="evidence:1:1")

    with pytest.raises(keys.BlobDamaged):
        opened(person, blob, purpose=keys.EVIDENCE, aad="evidence:1:2")


def test_a_blob_does_not_open_for_somebody_else_or_another_purpose():
    person, other = make_person(), make_person()
    blob = keys.seal_for(person, SECRET, purpose=keys.EVIDENCE, aad="a")

    for who, purpose in [(other, keys.EVIDENCE), (person, keys.IDENTITY)]:
        with pytest.raises(keys.BlobDamaged):
            opened(who, blob, purpose=purpose, aad="a")


@pytest.mark.parametrize("position", [0, 5, 25, -1])
def test_a_flipped_bit_is_noticed(position):
    person = make_person()
    blob = bytearray(keys.seal_for(person, SECRET, purpose=keys.EVIDENCE, aad="a"))
    blob[position] ^= 1

    with pytest.raises(keys.BlobDamaged):
        opened(person, bytes(blob), purpose=keys.EVIDENCE, aad="a")


def test_nothing_opens_after_the_key_was_destroyed_and_a_new_key_is_another():
    person = make_person()
    old = keys.seal_for(person, SECRET, purpose=keys.EVIDENCE, aad="a")

    assert keys.destroy(person, purpose=keys.EVIDENCE, at=timezone.now()) == 1
    new = keys.seal_for(person, SECRET, purpose=keys.EVIDENCE, aad="a")

    with pytest.raises(keys.KeyDestroyed):
        opened(person, old, purpose=keys.EVIDENCE, aad="a")
    assert opened(person, new, purpose=keys.EVIDENCE, aad="a") == SECRET
    assert bytes(PersonKey.objects.get(person=person, destroyed_at__isnull=False).wrapped) == b""


def test_the_wrong_master_key_opens_nothing(settings):
    person = make_person()
    blob = keys.seal_for(person, SECRET, purpose=keys.EVIDENCE, aad="a")
    settings.MASTER_KEYS = {"t1": settings.BLIND_INDEX_KEY[::-1].replace("=", "A")[:43] + "="}

    with pytest.raises(keys.BlobDamaged):
        opened(person, blob, purpose=keys.EVIDENCE, aad="a")


def test_the_blind_index_finds_equal_numbers_however_they_are_typed():
    assert keys.blind_index("licence", "1411-0000 0012345a") == keys.blind_index("licence", "１４１１00000012345Ａ")
    assert keys.blind_index("licence", "1") != keys.blind_index("phone", "1")


def other_master(settings) -> None:
    settings.MASTER_KEYS = {"t2": settings.BLIND_INDEX_KEY[::-1].replace("=", "A")[:43] + "=", **settings.MASTER_KEYS}


def test_a_new_master_key_wraps_new_keys_while_the_old_one_still_opens_the_old(settings):
    person, newcomer = make_person(), make_person()
    old = keys.seal_for(person, SECRET, purpose=keys.EVIDENCE, aad="a")
    other_master(settings)
    new = keys.seal_for(newcomer, SECRET, purpose=keys.EVIDENCE, aad="a")

    assert opened(person, old, purpose=keys.EVIDENCE, aad="a") == SECRET
    assert opened(newcomer, new, purpose=keys.EVIDENCE, aad="a") == SECRET
    assert list(PersonKey.objects.order_by("pk").values_list("master_id", flat=True)) == ["t1", "t2"]


def test_rewrapping_changes_the_wrapping_only_and_then_the_old_master_key_is_needless(settings):
    person, gone = make_person(), make_person()
    blob = keys.seal_for(person, SECRET, purpose=keys.EVIDENCE, aad="a")
    keys.seal_for(gone, SECRET, purpose=keys.EVIDENCE, aad="a")
    keys.destroy(gone, purpose=keys.EVIDENCE, at=timezone.now())
    other_master(settings)

    assert [keys.rewrap(), keys.rewrap()] == [1, 0]
    settings.MASTER_KEYS = {"t2": settings.MASTER_KEYS["t2"]}

    assert opened(person, blob, purpose=keys.EVIDENCE, aad="a") == SECRET
    assert bytes(PersonKey.objects.get(person=gone).wrapped) == b""


def test_a_master_key_added_to_the_file_is_found_by_who_serves_already(settings, tmp_path):
    settings.MASTER_KEYS_FILE = tmp_path / "master_keys.json"
    settings.MASTER_KEYS_FILE.write_text(json.dumps({"m9": settings.BLIND_INDEX_KEY}))

    assert keys.master("m9") == bytes(range(32))
    with pytest.raises(KeyError):
        keys.master("m8")
