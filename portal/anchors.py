"""The anchor outside the database: a file of signed tree heads, one JSON object a line, only ever added to.

Who can rewrite the database can cut off its end together with its seals; the heads in this file, and in the log that
says each of them, still know how long the record was. `verify_record` compares; a copy kept elsewhere is given by
`--head`. Writing is repeated until it succeeds: the next seal adds what is missing.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

log = logging.getLogger(__name__)
TAIL = 4096  # bytes looked at for the last line


class Unreadable(Exception):
    """The file cannot be read, or holds something that is no head; says which line."""


def write_new(seals: QuerySet[Any], head_of: Callable[[Any], dict[str, Any]]) -> None:
    """Add the heads the file does not know yet. A disk that refuses is logged: the record itself stands."""
    path = Path(settings.RECORD_HEADS)
    try:
        if not seals.filter(tree_size__gt=_last_line(path)[0]).exists():
            return
        path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        with open(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # sealers on this machine write one after the other
            known, end = _last_line(path)
            if end < os.fstat(file.fileno()).st_size:
                file.truncate(end)  # a crash cut the line short; it comes again
            line = ""
            for row in seals.filter(tree_size__gt=known).iterator():
                line = json.dumps(head_of(row), sort_keys=True)
                file.write(line.encode() + b"\n")
            log.info("record head: %s", line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        log.error("record heads cannot be written to %s: %s", path.name, error.strerror)


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the heads of a file. Unreadable otherwise; a last line that a crash cut short is left out."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise Unreadable(str(error.strerror)) from error
    whole = text[: text.rfind(b"\n") + 1] if text.count(b"\n") else text
    for number, line in enumerate(whole.splitlines(), start=1):
        if line.strip():
            yield _parsed(line, number)


def _parsed(line: bytes, number: int) -> dict[str, Any]:
    try:
        head = json.loads(line)
        if type(head["tree_size"]) is not int or head["tree_size"] < 1 or not isinstance(head["root_hash"], str):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unreadable(f"line {number}") from error
    result: dict[str, Any] = head
    return result


def _last_line(path: Path) -> tuple[int, int]:
    """Return the tree size of the last whole line (0: none) and where that line ends in the file."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            start = file.seek(max(0, size - TAIL))
            text = file.read()
    except FileNotFoundError:
        return 0, 0
    end = text.rfind(b"\n") + 1
    lines = text[:end].splitlines()
    try:
        return (int(json.loads(lines[-1])["tree_size"]) if lines else 0), start + end
    except (ValueError, KeyError, TypeError):
        log.error("record heads: the last line is no head")
        return 0, start + end
