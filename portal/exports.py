"""A copy of all one's data: one ZIP of JSON, files and a page to read (PIPL article 45).

Apps register parts (rows of one kind) and files. The archive is made while it is sent: outside any transaction, one
part or file in memory at a time, nothing on disk. COVERED and LEFT_OUT together name every relation to a person.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise

Words = str | Promise
Rows = Callable[[Any], Iterable[Mapping[str, Any]]]
Files = Callable[[Any], Iterator[tuple[str, bytes]]]


@dataclass(frozen=True, slots=True)
class Part:
    """<name>.json: a list of rows, or, `is_one`, the one row. `labels`: what the page calls the keys that it shows.

    `covers`: the relations it follows ("accounts.Answer.owner") and models it holds without one ("accounts.User").
    """

    name: str
    title: Words
    rows: Rows
    labels: Mapping[str, Words]
    covers: tuple[str, ...] = ()
    is_one: bool = False
    comes_last: bool = False


@dataclass(slots=True)
class _Registry:
    parts: dict[str, Part] = field(default_factory=dict)
    files: list[Files] = field(default_factory=list)
    left_out: dict[str, Words] = field(default_factory=dict)


_known = _Registry()


def register(*parts: Part) -> None:
    """Add parts; called from an app's ready()."""
    _known.parts.update({part.name: part for part in parts})


def register_files(files: Files) -> None:
    """Add files, as pairs of path and content; called from an app's ready()."""
    if files not in _known.files:
        _known.files.append(files)


def leave_out(reasons: Mapping[str, Words]) -> None:
    """Say of relations or models why they are in no archive: {"accounts.Claim.reviewer": why}."""
    _known.left_out.update(reasons)


def covered() -> dict[str, str]:
    """Return what the archive holds: the relation or model, and the name of its part."""
    return {what: part.name for part in _known.parts.values() for what in part.covers}


def left_out() -> dict[str, Words]:
    """Return what it does not hold, each with its reason."""
    return dict(_known.left_out)


def as_json(data: Any) -> bytes:
    """Return readable JSON; dates and ids as text."""
    return json.dumps(data, ensure_ascii=False, indent=2, default=str).encode()


def archive(person: Any, *, at: datetime, language: str) -> Iterator[bytes]:
    """Give the ZIP piece by piece."""
    sink: Any = _Sink()
    contents = _contents(person, at)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as file:
        while True:
            with translation.override(language):  # for this piece only: the thread is the server's
                piece = next(contents, None)
            if piece is None:
                break
            path, content = piece
            here = timezone.localtime(at)
            moment = (here.year, here.month, here.day, here.hour, here.minute, here.second)
            stamp = zipfile.ZipInfo(path, moment)
            stamp.compress_type, stamp.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            file.writestr(stamp, content)
            yield sink.taken()
    yield sink.taken()


def _contents(person: Any, at: datetime) -> Iterator[tuple[str, bytes]]:
    sections, paths = [], []
    for part in sorted(_known.parts.values(), key=lambda part: part.comes_last):
        rows = [dict(row) for row in part.rows(person)]
        yield f"{part.name}.json", as_json(rows[0] if part.is_one and rows else rows)
        sections.append({"name": part.name, "title": part.title, "rows": [_readable(part, row) for row in rows]})
    for files in _known.files:
        for path, content in files(person):
            paths.append(path)
            yield path, content
    context = {
        "at": at,
        "sections": sections,
        "paths": paths,
        "reasons": sorted({str(reason) for reason in _known.left_out.values()}),
        "operator": settings.OPERATOR_EN if translation.get_language() == "en" else settings.OPERATOR_ZH,
        "contact": settings.CONTACT_EMAIL,
    }
    yield "index.html", render_to_string("portal/export_index.html", context).encode()
    yield "README.txt", render_to_string("portal/export_readme.txt", context).encode()


def _readable(part: Part, row: Mapping[str, Any]) -> list[tuple[Words, str]]:
    return [(label, _said(row[key])) for key, label in part.labels.items() if row.get(key) not in (None, "", [])]


def _said(value: Any) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list):
        return "\n".join(map(_said, value))
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict) else str(value)


class _Sink:
    """A file that cannot be sought in and forgets what was taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: nothing is held back."""

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        data, self._pieces = b"".join(self._pieces), []
        return data
