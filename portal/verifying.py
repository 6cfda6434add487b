"""Compares the record with its seals, its keys and the heads kept outside the database; names the first bad entry.

One pass in the order of the tree, O(n) time and O(log n) memory for nodes. Everything read is taken for hostile: a row
that cannot even be loaded is a bad row.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, Max, Model, OuterRef
from django.utils.translation import gettext as _

from portal import merkle, record, seals
from portal.models import Leaf, RecordEntry, Seal

CHUNK = 1000
BAD_ROW = (ValueError, TypeError, AttributeError, OverflowError, struct.error)  # what a hostile row raises


@dataclass(frozen=True, slots=True)
class Bad:
    """The first thing that is wrong: the entry's number (the one that would stand there when it is gone), and why."""

    seq: int
    why: str


@dataclass(slots=True)
class Report:
    """What was looked at, and the first bad entry if there is one."""

    entries: int = 0
    sealed: int = 0
    seals: int = 0
    waiting: int = 0
    root: str = ""
    bad: Bad | None = None


@dataclass(slots=True)
class _Walk:
    """Where the pass stands: how many leaves, the nodes at the right edge, the number of the last entry."""

    size: int = 0
    last_seq: int = 0
    nodes: dict[merkle.Node, bytes] = field(default_factory=dict)

    def root(self) -> str:
        return merkle.fold([self.nodes[node] for node in merkle.peaks(0, self.size)]).hex()

    def add(self, seq: int, leaf_hash: bytes) -> list[bytes]:
        hashes = merkle.completed(self.size, leaf_hash, self.nodes.__getitem__)
        for level, value in enumerate(hashes):
            self.nodes[level, self.size >> level] = value
        self.size, self.last_seq = self.size + 1, seq
        edge = set(merkle.peaks(0, self.size))
        self.nodes = {node: value for node, value in self.nodes.items() if node in edge}
        return hashes


def examine(heads: Iterable[dict[str, Any]] = ()) -> Report:
    """Walk the whole record; `heads` are signed tree heads kept elsewhere (portal/anchors.py)."""
    report, walk = Report(entries=RecordEntry.objects.count()), _Walk()
    found = [bad for bad in (_walk(walk, report, heads), _unsealed(report), _doubled()) if bad]
    report.sealed, report.root = walk.size, walk.root()
    report.bad = min(found, key=lambda bad: bad.seq, default=None)
    return report


def _walk(walk: _Walk, report: Report, heads: Iterable[dict[str, Any]]) -> Bad | None:
    marks = sorted([*_stored_heads(), *((int(head["tree_size"]), head) for head in heads)], key=lambda mark: mark[0])
    marks.reverse()
    previous = ""
    for leaf, entry in _leaves():
        bad = _leaf(walk, leaf, entry)
        while not bad and marks and marks[-1][0] <= walk.size:
            mark = marks.pop()[1]
            bad = _mark(walk, mark, previous)
            if isinstance(mark, Seal):
                previous, report.seals = mark.root_hash, report.seals + 1
        if bad:
            return bad
    return _end(walk, marks)


def _stored_heads() -> Iterator[tuple[int, Seal | Bad]]:
    """Every seal by its size; one that cannot be loaded as a Bad in its place."""
    sizes = list(Seal.objects.order_by("tree_size").values_list("tree_size", "pk"))
    for start in range(0, len(sizes), CHUNK):
        part = sizes[start : start + CHUNK]
        rows = _load(Seal, [pk for _size, pk in part])
        for size, pk in part:
            yield size, rows.get(pk) or Bad(0, _("封存行无法读取"))


def _leaves() -> Iterator[tuple[Leaf | None, RecordEntry | None]]:
    """Leaves in order, each with its entry (None: gone or unreadable)."""
    places = list(Leaf.objects.order_by("position").values_list("position", "entry_seq"))
    for start in range(0, len(places), CHUNK):
        part = places[start : start + CHUNK]
        leaves = _load(Leaf, [position for position, _seq in part])
        entries = _load(RecordEntry, [seq for _position, seq in part if isinstance(seq, int)])
        for position, seq in part:
            yield leaves.get(position) or Leaf(position=position, entry_seq=seq), entries.get(seq)


def _load(model: type[Model], keys: Sequence[int]) -> dict[Any, Any]:
    """Return rows by key; those that cannot be loaded are left out."""
    manager = model._default_manager
    try:
        return manager.in_bulk(keys)
    except BAD_ROW:
        rows = {}
        for key in keys:
            try:
                rows.update(manager.in_bulk([key]))
            except BAD_ROW:
                continue
        return rows


def _leaf(walk: _Walk, leaf: Any, entry: RecordEntry | None) -> Bad | None:
    if leaf.position != walk.size:
        return Bad(_missing(walk.last_seq), _("位置 %(place)d 的叶已被删除") % {"place": walk.size})
    seq = leaf.entry_seq
    if entry is None:
        exists = RecordEntry.objects.filter(seq=seq).exists() if isinstance(seq, int) else False
        return Bad(_number(seq), _("条目无法读取") if exists else _("条目已被删除"))
    try:
        leaf_hash = record.leaf_hash(entry)
        if not record.is_genuine(entry):
            return Bad(seq, _("内容不是应用写入的"))
        if leaf_hash != leaf.leaf_hash:
            return Bad(seq, _("内容与封存时不同"))
        if leaf.mac != seals.leaf_mac(leaf.position, seq, leaf_hash):
            return Bad(seq, _("条目不在它原来的位置"))
        if b"".join(walk.add(seq, leaf_hash)) != bytes(leaf.hashes):
            return Bad(seq, _("树的节点已被改动"))
    except BAD_ROW:
        return Bad(_number(seq), _("条目无法读取"))
    return None


def _mark(walk: _Walk, mark: Any, previous: str) -> Bad | None:
    """Compare a seal of the database, or a head kept elsewhere, with the tree at its size."""
    seq = walk.last_seq
    if isinstance(mark, Bad):
        return Bad(seq, mark.why)
    if isinstance(mark, dict):
        return None if mark["root_hash"] == walk.root() else Bad(seq, _("与数据库之外保存的树头不符"))
    if mark.tree_size != walk.size or mark.root_hash != walk.root():
        return Bad(seq, _("封存的根散列与条目不符"))
    if mark.previous != previous:
        return Bad(seq, _("前一次封存已被删除或替换"))
    return None if seals.is_signed(mark) else Bad(seq, _("封存的签名无效"))


def _end(walk: _Walk, marks: Sequence[tuple[int, Any]]) -> Bad | None:
    """What must not be left over when the leaves are through."""
    if marks:
        words = _("自位置 %(place)d 起的末尾已被截断（曾有 %(size)d 条）")
        return Bad(_missing(walk.last_seq), words % {"place": walk.size, "size": max(size for size, _mark in marks)})
    last = Seal.objects.aggregate(Max("tree_size"))["tree_size__max"] or 0
    if walk.size > last:
        seq = Leaf.objects.get(position=last).entry_seq
        return Bad(seq, _("条目的封存已被删除"))
    return None


def _unsealed(report: Report) -> Bad | None:
    """Entries that have no place yet must be the application's own."""
    waiting = RecordEntry.objects.filter(~Exists(Leaf.objects.filter(entry_seq=OuterRef("seq")))).order_by("seq")
    numbers = list(waiting.values_list("seq", flat=True))
    report.waiting = len(numbers)
    for start in range(0, len(numbers), CHUNK):
        part = numbers[start : start + CHUNK]
        rows = _load(RecordEntry, part)
        for seq in part:
            if seq not in rows or not record.is_genuine(rows[seq]):
                return Bad(seq, _("条目不是应用写入的"))
    return None


def _doubled() -> Bad | None:
    """A copied row is genuine by itself; its nonce is there twice."""
    twice = RecordEntry.objects.exclude(mac="").values("mac").annotate(rows=Count("seq"), last=Max("seq"))
    seq = twice.filter(rows__gt=1).order_by("last").values_list("last", flat=True).first()
    return None if seq is None else Bad(seq, _("条目是另一条的复制"))


def _missing(last_seq: int) -> int:
    """Return the number of the entry that should stand next: the first without a place, else the next number."""
    later = RecordEntry.objects.filter(seq__gt=last_seq).order_by("seq").values_list("seq", flat=True).first()
    unplaced = later is not None and not Leaf.objects.filter(entry_seq=later).exists()
    return later if unplaced and later is not None else last_seq + 1


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
