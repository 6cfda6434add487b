"""The record: append-only entries of what must be provable later. portal/seals.py seals them into a tree.

An entry is {seq, at, kind, actor, subject, payload} as canonical JSON (RFC 8785); its leaf hash is
SHA-256(0x00 ‖ entry) (RFC 9162 section 2.1.1). Personal data appears as keyed hashes only. An entry is written
inside the transaction of what it records and takes no lock. It carries a MAC (a random nonce, then HMAC-SHA256 over
nonce and content), by which a row written behind the application's back is known before it is sealed.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import rfc8785

from portal import keys, merkle, signing

if TYPE_CHECKING:
    from portal.models import RecordEntry

NONCE = 32  # hex characters before the MAC


def append(kind: str, *, actor: Any, subject: str, payload: Mapping[str, Any], at: datetime) -> RecordEntry:
    """Write one entry in the caller's transaction. actor is a User (stored as a pseudonym) or None for the clock."""
    from portal.models import RecordEntry  # models import workflow, which imports this module

    entry = RecordEntry(
        at=at,
        kind=kind,
        actor=keys.pseudonym(actor) if actor else "system",
        subject=subject,
        payload=json.loads(json.dumps(dict(payload))),  # as it will be read back
    )
    entry.mac = new_mac(entry)
    entry.save(force_insert=True)
    return entry


def canonical(entry: RecordEntry) -> bytes:
    """Return the entry's canonical JSON; the same bytes on every machine and database."""
    return rfc8785.dumps({"seq": entry.seq, **_content(entry)})


def leaf_hash(entry: RecordEntry) -> bytes:
    """Return the RFC 9162 leaf hash (32 bytes)."""
    return merkle.hash_leaf(canonical(entry))


def new_mac(entry: RecordEntry) -> str:
    """Return a nonce and the MAC of the content under it. The number is not part of it: the insert gives that."""
    nonce = secrets.token_hex(NONCE // 2)
    return nonce + signing.mac(signing.ENTRY, _authenticated(nonce, entry))


def is_genuine(entry: RecordEntry) -> bool:
    """Whether the application wrote this content."""
    try:
        nonce, given = entry.mac[:NONCE], entry.mac[NONCE:]
        return signing.is_mac(signing.ENTRY, _authenticated(nonce, entry), given)
    except (ValueError, TypeError, AttributeError):  # a payload no application wrote, a time that is none
        return False


def _content(entry: RecordEntry) -> dict[str, Any]:
    return {
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": entry.kind,
        "actor": entry.actor,
        "subject": entry.subject,
        "payload": entry.payload,
    }


def _authenticated(nonce: str, entry: RecordEntry) -> bytes:
    return nonce.encode() + b"\x00" + rfc8785.dumps(_content(entry))
