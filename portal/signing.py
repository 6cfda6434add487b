"""The record's keys: what only this portal can write (MAC) and what everybody can check (Ed25519, RFC 8032).

Everything is derived from RECORD_KEY (HKDF-SHA256, one label each), unless RECORD_SIGNING_KEY names another seed for
the signatures: that is how the signing key is rotated. Public keys of earlier seeds stand in RECORD_PUBLIC_KEYS, so
that heads they signed stay checkable. A key's id: the first 16 hex characters of SHA-256 of the public key.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SIGNING, ENTRY, LEAF = "portal record head ed25519 v1", "portal record entry mac v1", "portal record leaf mac v1"


@dataclass(frozen=True, slots=True)
class Key:
    """A public key: its id, its 32 bytes as hex, and whether it signs today."""

    key_id: str
    public_key: str
    is_current: bool


def mac(label: str, data: bytes) -> str:
    """Return HMAC-SHA256 (64 hex) under the key derived for this label."""
    return hmac.new(_derived(settings.RECORD_KEY, label), data, hashlib.sha256).hexdigest()


def is_mac(label: str, data: bytes, given: str) -> bool:
    """Whether `given` is the MAC of the data; compared in constant time."""
    return hmac.compare_digest(mac(label, data).encode(), given.encode())


def sign(data: bytes) -> tuple[str, str]:
    """Return (key id, signature as 128 hex) by the key in use."""
    private, key = _current(settings.RECORD_KEY, settings.RECORD_SIGNING_KEY)
    return key.key_id, private.sign(data).hex()


def verify(data: bytes, *, key_id: str, signature: str) -> bool:
    """Whether one of the published keys, the one of this id, signed the data."""
    found = next((key for key in public_keys() if key.key_id == key_id), None)
    if found is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(found.public_key)).verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_keys() -> list[Key]:
    """Return the key in use, then those that signed before it."""
    _private, current = _current(settings.RECORD_KEY, settings.RECORD_SIGNING_KEY)
    retired = [_key(_decoded("RECORD_PUBLIC_KEYS", word), False) for word in settings.RECORD_PUBLIC_KEYS]
    return [current, *(key for key in retired if key.key_id != current.key_id)]


@functools.lru_cache(maxsize=4)
def _current(record_key: str, signing_key: str) -> tuple[Ed25519PrivateKey, Key]:
    seed = _decoded("RECORD_SIGNING_KEY", signing_key) if signing_key else _derived(record_key, SIGNING)
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return private, _key(private.public_key().public_bytes_raw(), True)


def _key(public: bytes, is_current: bool) -> Key:
    return Key(hashlib.sha256(public).hexdigest()[:16], public.hex(), is_current)


@functools.lru_cache(maxsize=8)
def _derived(record_key: str, label: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=label.encode()).derive(base64.b64decode(record_key))


def _decoded(name: str, word: str) -> bytes:
    try:
        raw = base64.b64decode(word, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ImproperlyConfigured(f"{name} must be base64 of 32 bytes.") from error
    if len(raw) != 32:
        raise ImproperlyConfigured(f"{name} must be base64 of 32 bytes, not of {len(raw)}.")
    return raw
