"""What changed between two texts, word by word; in Chinese character by character, without crumbs.

A crumb is a character or two that happens to stay between two changes: it is counted to the change, because a line
of single characters struck and added in turn cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

TOKEN = re.compile(r"[A-Za-z0-9]+(?:[.–-][A-Za-z0-9]+)*|\s+|.", re.DOTALL)
Piece = tuple[str, str]  # "same", "old" or "new", and the words
CRUMB = 2  # characters
MOST = 4_000_000  # tokens of one times tokens of the other: beyond it both are shown whole

_Step = tuple[str, int, int, int, int]  # as difflib's opcodes


def words_changed(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Return both texts cut into pieces that stayed and pieces that went or came."""
    one, other = TOKEN.findall(old), TOKEN.findall(new)
    left: list[Piece] = []
    right: list[Piece] = []
    for operation, i, i_end, j, j_end in _steps(one, other):
        if i < i_end:
            left.append(("same" if operation == "equal" else "old", "".join(one[i:i_end])))
        if j < j_end:
            right.append(("same" if operation == "equal" else "new", "".join(other[j:j_end])))
    return left, right


def in_one_line(old: str, new: str) -> list[Piece]:
    """Return one text to be read: what stayed, what went, and after it what came in its place."""
    one, other = TOKEN.findall(old), TOKEN.findall(new)
    pieces: list[Piece] = []
    for operation, i, i_end, j, j_end in _steps(one, other):
        if operation == "equal":
            pieces.append(("same", "".join(one[i:i_end])))
            continue
        pieces += [("old", "".join(one[i:i_end]))] if i < i_end else []
        pieces += [("new", "".join(other[j:j_end]))] if j < j_end else []
    return pieces


def _steps(one: Sequence[str], other: Sequence[str]) -> Iterator[_Step]:
    if len(one) * len(other) > MOST:
        yield ("equal" if one == other else "replace", 0, len(one), 0, len(other))
        return
    pending: _Step | None = None
    steps = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    for place, (operation, i, i_end, j, j_end) in enumerate(steps):
        is_crumb = len("".join(one[i:i_end])) <= CRUMB and 0 < place < len(steps) - 1
        if operation == "equal" and not (is_crumb and pending):
            if pending:
                yield pending
            pending = None
            yield (operation, i, i_end, j, j_end)
        else:
            pending = ("replace", pending[1] if pending else i, i_end, pending[3] if pending else j, j_end)
    if pending:
        yield pending
