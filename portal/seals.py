"""Seals the record: entries get their place in a Merkle tree (RFC 9162), its head is signed, proofs are given out.

The order is the sealer's: numbers of entries have gaps, and one may commit after a higher one. Any number of sealers
may run; whose insert of the next leaf comes second undoes its batch and finds nothing left to do. Sealing a batch costs
O(batch + log n): the nodes a leaf completes are kept with it. No request waits for it, and it asks no lock of those
who append.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import rfc8785
from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from portal import anchors, merkle, record, signing
from portal.models import Leaf, RecordEntry, Seal
from portal.models.seal import HASH

log = logging.getLogger(__name__)

BATCH = 500  # entries under one seal
WINDOW = 10_000  # how many leaves back an entry that committed late is looked for, between full looks
HEAD = b"portal record head v1\n"  # before the head's canonical JSON, so that a signature means nothing else


def seal(at: datetime) -> int:
    """Seal what was appended; return how many entries. Safe to run by many at once, cheap when there is nothing."""
    newest = RecordEntry.objects.aggregate(Max("seq"))["seq__max"]
    if newest is None or Leaf.objects.filter(entry_seq=newest).exists():
        return 0
    return _seal_all(at, WINDOW)


def seal_everything(at: datetime) -> int:
    """The minute's look: late entries in the window; once an hour, of the whole record."""
    return _seal_all(at, None if at.minute == 0 else WINDOW)


def head_of(seal_row: Seal) -> dict[str, Any]:
    """Return the signed head as it is published: {tree_size, root_hash, previous, at, key_id, signature}."""
    return {**_signed_part(seal_row), "signature": seal_row.signature}


def latest() -> Seal | None:
    """Return the newest seal."""
    return Seal.objects.order_by("-tree_size").first()


def is_signed(seal_row: Seal) -> bool:
    """Whether the signature is that of a published key over this head."""
    return signing.verify(_to_sign(seal_row), key_id=seal_row.key_id, signature=seal_row.signature)


def proof_of(entry: RecordEntry) -> dict[str, Any] | None:
    """Return what a stranger needs to check the entry offline (docs/record.md), or None while it is not sealed.

    {entry, leaf_index, inclusion_path, head, public_key}: the entry is its canonical JSON as text, hashes are hex. The
    head is that of the entry's own seal, so that the proof of an entry is always the same.
    """
    leaf = Leaf.objects.filter(entry_seq=entry.seq).first()
    seal_row = Seal.objects.filter(tree_size__gt=leaf.position).order_by("tree_size").first() if leaf else None
    if leaf is None or seal_row is None:
        return None
    steps = merkle.inclusion(leaf.position, seal_row.tree_size)
    key = next((key.public_key for key in signing.public_keys() if key.key_id == seal_row.key_id), "")
    return {
        "format": "portal-record-proof-1",
        "entry": record.canonical(entry).decode(),
        "leaf_index": leaf.position,
        "inclusion_path": _path(steps),
        "head": head_of(seal_row),
        "public_key": key,
    }


def consistency(old: Seal, new: Seal) -> list[str]:
    """Return the RFC 9162 consistency path (hex) from one head to a later one."""
    return _path(merkle.consistency(old.tree_size, new.tree_size))


def leaf_mac(position: int, seq: int, leaf_hash: bytes) -> str:
    """Return what binds an entry to its place; only the application can make it."""
    return signing.mac(signing.LEAF, struct.pack(">QQ", position, seq) + leaf_hash)


def _seal_all(at: datetime, window: int | None) -> int:
    count, sealed = 0, BATCH
    while sealed == BATCH:
        sealed = _seal_batch(at, window)
        count += sealed
    anchors.write_new(Seal.objects.order_by("tree_size"), head_of)
    return count


def _seal_batch(at: datetime, window: int | None) -> int:
    size = _size()
    entries = list(_genuine(_waiting(size, window)))
    if not entries:
        return 0
    try:
        with transaction.atomic():
            root = _grow(size, entries)
            _sign(at, size + len(entries), root)
    except IntegrityError:  # another sealer was faster; what it left is found the next time
        return 0
    return len(entries)


def _size() -> int:
    last = Leaf.objects.aggregate(Max("position"))["position__max"]
    return 0 if last is None else int(last) + 1


def _waiting(size: int, window: int | None) -> QuerySet[RecordEntry]:
    """Entries without a place, in the order of their numbers."""
    found = RecordEntry.objects.filter(~Exists(Leaf.objects.filter(entry_seq=OuterRef("seq")))).order_by("seq")
    if window is None or size <= window:
        return found
    return found.filter(seq__gt=Leaf.objects.get(position=size - window).entry_seq)


def _genuine(entries: QuerySet[RecordEntry]) -> Iterator[RecordEntry]:
    count = 0
    for entry in entries.iterator(chunk_size=BATCH):
        if not record.is_genuine(entry):
            log.error("record entry %s was not written by the application; it is not sealed", entry.seq)
            continue
        yield entry
        count += 1
        if count == BATCH:
            return


def _grow(size: int, entries: Iterable[RecordEntry]) -> bytes:
    """Insert the leaves; return the new root."""
    nodes = _load(merkle.peaks(0, size))
    leaves, position = [], size
    for position, entry in enumerate(entries, start=size):
        leaf_hash = record.leaf_hash(entry)
        hashes = merkle.completed(position, leaf_hash, nodes.__getitem__)
        for level, value in enumerate(hashes):
            nodes[level, position >> level] = value
        mac = leaf_mac(position, entry.seq, leaf_hash)
        leaves.append(Leaf(position=position, entry_seq=entry.seq, hashes=b"".join(hashes), mac=mac))
    Leaf.objects.bulk_create(leaves)
    return merkle.fold([nodes[node] for node in merkle.peaks(0, position + 1)])


def _sign(at: datetime, size: int, root: bytes) -> None:
    before = latest()
    row = Seal(tree_size=size, root_hash=root.hex(), previous=before.root_hash if before else "", at=at)
    row.key_id = signing.public_keys()[0].key_id
    _key_id, row.signature = signing.sign(_to_sign(row))
    row.save(force_insert=True)


def _load(wanted: Iterable[merkle.Node]) -> dict[merkle.Node, bytes]:
    """Return nodes from the leaves that keep them, in one query."""
    nodes = list(wanted)
    kept = dict(Leaf.objects.filter(position__in=map(merkle.keeper, nodes)).values_list("position", "hashes"))
    return {
        node: bytes(kept[merkle.keeper(node)])[node[0] * HASH : (node[0] + 1) * HASH]
        for node in nodes
        if merkle.keeper(node) in kept
    }


def _path(steps: list[list[merkle.Node]]) -> list[str]:
    nodes = _load(node for step in steps for node in step)
    return [merkle.fold([nodes[node] for node in step]).hex() for step in steps]


def _signed_part(row: Seal) -> dict[str, Any]:
    return {
        "tree_size": row.tree_size,
        "root_hash": row.root_hash,
        "previous": row.previous,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "key_id": row.key_id,
    }


def _to_sign(row: Seal) -> bytes:
    return HEAD + rfc8785.dumps(_signed_part(row))
