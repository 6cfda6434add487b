"""The record: append-only entries of what must be provable later. Sealing (RFC 9162 tree heads) reads these rows.

An entry is {seq, at, kind, actor, subject, payload} as canonical JSON (RFC 8785); its leaf hash is
SHA-256(0x00 ‖ entry) (RFC 9162 section 2.1.1). Personal data appears as keyed hashes only. An entry is written
inside the transaction of what it records and takes no lock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import rfc8785

from portal import keys

if TYPE_CHECKING:
    from portal.models import RecordEntry


def append(kind: str, *, actor: Any, subject: str, payload: Mapping[str, Any], at: datetime) -> RecordEntry:
    """Write one entry in the caller's transaction. actor is a User (stored as a pseudonym) or None for the clock."""
    from portal.models import RecordEntry  # models import workflow, which imports this module

    return RecordEntry.objects.create(
        at=at, kind=kind, actor=keys.pseudonym(actor) if actor else "system", subject=subject, payload=dict(payload)
    )


def canonical(entry: RecordEntry) -> bytes:
    """Return the entry's canonical JSON; the same bytes on every machine and database."""
    document = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": entry.kind,
        "actor": entry.actor,
        "subject": entry.subject,
        "payload": entry.payload,
    }
    return rfc8785.dumps(document)


def leaf_hash(entry: RecordEntry) -> bytes:
    """Return the RFC 9162 leaf hash (32 bytes)."""
    return hashlib.sha256(b"\x00" + canonical(entry)).digest()
