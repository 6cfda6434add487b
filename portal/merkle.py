"""Hashes and proofs of RFC 9162 (Certificate Transparency 2.0) section 2.1, over nodes kept elsewhere.

A node is (level, index): the hash of the complete subtree over the leaves [index·2^level, (index+1)·2^level). The
nodes a leaf completes are kept with that leaf, so that nothing kept is ever written again. What is asked for here are
lists of nodes, O(log n) of them; `fold` joins the nodes of one range to its hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Node = tuple[int, int]  # level, index
EMPTY = hashlib.sha256(b"").digest()


def hash_leaf(data: bytes) -> bytes:
    """Return the leaf hash: SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def completed(position: int, leaf: bytes, left_of: Callable[[Node], bytes]) -> list[bytes]:
    """Return the hashes of the complete subtrees that end at this leaf, lowest first; left_of gives earlier nodes."""
    hashes, level, index = [leaf], 0, position
    while index & 1:
        hashes.append(hash_children(left_of((level, index - 1)), hashes[-1]))
        level, index = level + 1, index >> 1
    return hashes


def keeper(node: Node) -> int:
    """Return the position of the leaf that completes the node, and therefore keeps it."""
    level, index = node
    return ((index + 1) << level) - 1


def peaks(start: int, end: int) -> list[Node]:
    """Return the complete subtrees that make up [start, end), left to right; start is a multiple of the first one."""
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        found.append((level, start >> level))
        start += 1 << level
    return found


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the hash of a range from those of its peaks."""
    if not hashes:
        return EMPTY
    result = hashes[-1]
    for left in reversed(hashes[:-1]):
        result = hash_children(left, result)
    return result


def inclusion(position: int, size: int) -> list[list[Node]]:
    """Return the inclusion path of a leaf in the tree of this size, lowest first, each step as the peaks to fold."""
    if not 0 <= position < size:
        raise ValueError(f"no leaf {position} in a tree of {size}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if position < middle:
            path.append(peaks(middle, end))
            end = middle
        else:
            path.append(peaks(start, middle))
            start = middle
    return path[::-1]


def consistency(old: int, new: int) -> list[list[Node]]:
    """Return the consistency path from the tree of size old to that of size new, each step as the peaks to fold."""
    if not 0 < old <= new:
        raise ValueError(f"no proof from {old} to {new}")
    start, end, whole, path = 0, new, True, []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(peaks(middle, end))
            end = middle
        else:
            path.append(peaks(start, middle))
            start, whole = middle, False
    if not whole:
        path.append(peaks(start, end))
    return path[::-1]


def _split(width: int) -> int:
    """Return the largest power of two smaller than width (RFC 9162 section 2.1.1)."""
    return 1 << ((width - 1).bit_length() - 1)
