"""Keys: a master key wraps one data key per person and purpose; blobs carry the ids of both.

Blob: b"P1" ‖ person key's public id (16 bytes) ‖ nonce (12) ‖ AES-256-GCM ciphertext. The associated data names the
column or file the blob belongs to, so a blob moved elsewhere does not open. Destroying a person key leaves every blob
under it unreadable. Opening demands a purpose (portal/purposes.py) that the kind of key admits. Master keys come from
settings, never from the database; a new one is put first, and `rewrap` brings the person keys under it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import unicodedata
import uuid
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import IntegrityError, transaction

from portal import purposes

if TYPE_CHECKING:
    from portal.models import PersonKey

MAGIC = b"P1"
EVIDENCE, IDENTITY = "evidence", "identity"  # purposes: what is destroyed apart is encrypted apart
ADMITTED = {
    EVIDENCE: frozenset({purposes.REVIEW, purposes.OWNER}),  # files and licence numbers
    IDENTITY: frozenset({purposes.OWNER}),
}


class KeyDestroyed(Exception):
    """The blob's key was destroyed; nothing can open it any more."""


class BlobDamaged(Exception):
    """The blob is not ours, was changed, or was moved to another place."""


def seal_for(person: Any, data: bytes, *, purpose: str, aad: str) -> bytes:
    """Encrypt data under the person's key for this purpose, making the key if there is none in force."""
    row = _key_in_force(person, purpose)
    nonce = os.urandom(12)
    return MAGIC + row.public_id.bytes + nonce + AESGCM(_unwrap(row)).encrypt(nonce, data, aad.encode())


def open_for(person: Any, blob: bytes, *, purpose: str, aad: str) -> bytes:
    """Decrypt a blob of this person inside an admitted purpose. OutsidePurpose, KeyDestroyed or BlobDamaged if not."""
    purposes.demand(person, ADMITTED.get(purpose, frozenset()))
    blob = bytes(blob)
    row = _key_of(person, blob, purpose)
    if row.destroyed_at is not None:
        raise KeyDestroyed
    try:
        return AESGCM(_unwrap(row)).decrypt(blob[18:30], blob[30:], aad.encode())
    except InvalidTag as error:
        raise BlobDamaged("the content or its place was changed") from error


def is_destroyed(person: Any, blob: bytes, *, purpose: str) -> bool:
    """Whether the blob's key is gone; opens nothing. BlobDamaged when the blob names no key of this person."""
    return _key_of(person, blob, purpose).destroyed_at is not None


def destroy(person: Any, *, purpose: str, at: datetime) -> int:
    """Destroy the person's keys of this purpose; return how many. Irreversible."""
    from portal.models import PersonKey

    return PersonKey.objects.filter(person=person, purpose=purpose, destroyed_at=None).update(
        destroyed_at=at, wrapped=b""
    )


def rewrap(limit: int = 500) -> int:
    """Bring up to `limit` person keys under the first master key; return how many. What they seal stays as it is."""
    from portal.models import PersonKey

    current = next(iter(settings.MASTER_KEYS))
    count = 0
    for row in PersonKey.objects.filter(destroyed_at=None).exclude(master_id=current).order_by("pk")[:limit]:
        master_id, wrapped = _wrap(_unwrap(row), row.public_id)
        # Conditional: a key destroyed meanwhile stays destroyed.
        same = PersonKey.objects.filter(pk=row.pk, destroyed_at=None, master_id=row.master_id)
        count += same.update(master_id=master_id, wrapped=wrapped)
    return count


def master(master_id: str) -> bytes:
    """Return a master key. One added after this process started is read from its file. KeyError if there is none."""
    if master_id not in settings.MASTER_KEYS and settings.MASTER_KEYS_FILE:
        return _bytes(json.loads(Path(settings.MASTER_KEYS_FILE).read_text())[master_id])
    return _bytes(settings.MASTER_KEYS[master_id])


def blind_index(kind: str, text: str) -> str:
    """Return a keyed hash by which equal values are found without being readable (64 hex characters)."""
    folded = unicodedata.normalize("NFKC", text).upper().replace(" ", "").replace("-", "")
    return hmac.new(_bytes(settings.BLIND_INDEX_KEY), f"{kind}\x00{folded}".encode(), hashlib.sha256).hexdigest()


def pseudonym(person: Any) -> str:
    """Return the keyed hash that stands for a person in the record (64 hex characters)."""
    return hmac.new(_bytes(settings.RECORD_KEY), f"person\x00{person.public_id}".encode(), hashlib.sha256).hexdigest()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


def _key_of(person: Any, blob: bytes, purpose: str) -> PersonKey:
    from portal.models import PersonKey  # models import nothing from here; kept late for the settings-free tests

    if blob[:2] != MAGIC or len(blob) < 46:
        raise BlobDamaged("no header")
    row = PersonKey.objects.filter(person=person, purpose=purpose, public_id=uuid.UUID(bytes=blob[2:18])).first()
    if row is None:
        raise BlobDamaged("no such key of this person and purpose")
    return row


def _key_in_force(person: Any, purpose: str) -> PersonKey:
    from portal.models import PersonKey

    row = PersonKey.objects.filter(person=person, purpose=purpose, destroyed_at=None).first()
    if row is not None:
        return row
    public_id = uuid.uuid4()
    master_id, wrapped = _wrap(AESGCM.generate_key(256), public_id)
    try:
        with transaction.atomic():
            return PersonKey.objects.create(
                public_id=public_id, person=person, purpose=purpose, master_id=master_id, wrapped=wrapped
            )
    except IntegrityError:  # another request made it first
        return PersonKey.objects.get(person=person, purpose=purpose, destroyed_at=None)


def _wrap(data_key: bytes, public_id: uuid.UUID) -> tuple[str, bytes]:
    master_id = next(iter(settings.MASTER_KEYS))
    nonce = os.urandom(12)
    return master_id, nonce + AESGCM(master(master_id)).encrypt(nonce, data_key, public_id.bytes)


def _unwrap(row: PersonKey) -> bytes:
    wrapped = bytes(row.wrapped)
    try:
        return AESGCM(master(row.master_id)).decrypt(wrapped[:12], wrapped[12:], row.public_id.bytes)
    except (KeyError, InvalidTag) as error:
        raise BlobDamaged(f"master key {row.master_id} is missing or wrong") from error
