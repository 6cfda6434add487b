"""Keys: a master key wraps one data key per person and purpose; blobs carry the ids of both.

Blob: b"P1" ‖ person key's public id (16 bytes) ‖ nonce (12) ‖ AES-256-GCM ciphertext. The associated data names the
column or file the blob belongs to, so a blob moved elsewhere does not open. Destroying a person key leaves every blob
under it unreadable. Master keys come from settings, never from the database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import unicodedata
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import IntegrityError, transaction

if TYPE_CHECKING:
    from portal.models import PersonKey

MAGIC = b"P1"
EVIDENCE, IDENTITY = "evidence", "identity"  # purposes: what is destroyed apart is encrypted apart


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
    """Decrypt a blob of this person. KeyDestroyed or BlobDamaged when that cannot be done."""
    from portal.models import PersonKey  # models import nothing from here; kept late for the settings-free tests

    blob = bytes(blob)
    if blob[:2] != MAGIC or len(blob) < 46:
        raise BlobDamaged("no header")
    row = PersonKey.objects.filter(person=person, purpose=purpose, public_id=uuid.UUID(bytes=blob[2:18])).first()
    if row is None:
        raise BlobDamaged("no such key of this person and purpose")
    if row.destroyed_at is not None:
        raise KeyDestroyed
    try:
        return AESGCM(_unwrap(row)).decrypt(blob[18:30], blob[30:], aad.encode())
    except InvalidTag as error:
        raise BlobDamaged("the content or its place was changed") from error


def destroy(person: Any, *, purpose: str, at: datetime) -> int:
    """Destroy the person's keys of this purpose; return how many. Irreversible."""
    from portal.models import PersonKey

    return PersonKey.objects.filter(person=person, purpose=purpose, destroyed_at=None).update(
        destroyed_at=at, wrapped=b""
    )


def blind_index(kind: str, text: str) -> str:
    """Return a keyed hash by which equal values are found without being readable (64 hex characters)."""
    folded = unicodedata.normalize("NFKC", text).upper().replace(" ", "").replace("-", "")
    return hmac.new(_bytes(settings.BLIND_INDEX_KEY), f"{kind}\x00{folded}".encode(), hashlib.sha256).hexdigest()


def pseudonym(person: Any) -> str:
    """Return the keyed hash that stands for a person in the record (64 hex characters)."""
    return hmac.new(_bytes(settings.RECORD_KEY), f"person\x00{person.public_id}".encode(), hashlib.sha256).hexdigest()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


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
    master_id, master = next(iter(settings.MASTER_KEYS.items()))
    nonce = os.urandom(12)
    return master_id, nonce + AESGCM(_bytes(master)).encrypt(nonce, data_key, public_id.bytes)


def _unwrap(row: PersonKey) -> bytes:
    wrapped = bytes(row.wrapped)
    try:
        master = _bytes(settings.MASTER_KEYS[row.master_id])
        return AESGCM(master).decrypt(wrapped[:12], wrapped[12:], row.public_id.bytes)
    except (KeyError, InvalidTag) as error:
        raise BlobDamaged(f"master key {row.master_id} is missing or wrong") from error
