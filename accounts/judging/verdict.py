"""What judging may answer, and the limits it holds a file to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 12_000
MAX_PAGES = 50
MAX_POINTS = 14_400  # the largest page of the PDF standard, UserUnit counted in
KEPT_SIDE = 3_000  # pixels of the longer side that is kept: the small print of a licence stays readable
JPEG = "image/jpeg"

Detail = str | int


class Code(StrEnum):
    """Why a file was refused."""

    EMPTY = "EMPTY"
    TOO_LARGE = "TOO_LARGE"
    DISGUISED_NAME = "DISGUISED_NAME"
    NOT_ALLOWED_TYPE = "NOT_ALLOWED_TYPE"
    NAME_MISMATCH = "NAME_MISMATCH"
    HEIC = "HEIC"
    POLYGLOT = "POLYGLOT"
    BROKEN = "BROKEN"
    ANIMATED = "ANIMATED"
    TOO_MANY_PIXELS = "TOO_MANY_PIXELS"
    TOO_MANY_PAGES = "TOO_MANY_PAGES"
    PAGE_SIZE = "PAGE_SIZE"
    ACTIVE_CONTENT = "ACTIVE_CONTENT"
    ENCRYPTED = "ENCRYPTED"
    TOO_COMPLEX = "TOO_COMPLEX"
    TIMEOUT = "TIMEOUT"
    BUSY = "BUSY"


@dataclass(frozen=True)
class Accepted:
    """A file fit to keep: its pages as fresh JPEGs without any metadata, and nothing of the original."""

    kind: str  # "image" or "pdf", as sent
    name: str  # cleaned for storage and display
    pages: tuple[bytes, ...]
    sizes: tuple[tuple[int, int], ...]  # width and height of each page in pixels
    sha256: str  # of all pages in order
    media_type: str = JPEG

    @property
    def size(self) -> int:
        """Bytes to store."""
        return sum(len(page) for page in self.pages)


@dataclass(frozen=True)
class Refused:
    """A file that is not kept. `message` is for the person, at the field: what was seen, what to send instead."""

    code: Code
    details: Mapping[str, Detail] = field(default_factory=dict)

    @property
    def message(self) -> _StrPromise:
        """The text in the language of the reader (lazy: translated when it is shown)."""
        # The child imports this module and has no use for Django.
        from accounts.judging.messages import describe

        return describe(self)


Verdict = Accepted | Refused


class Refusal(Exception):
    """Raised inside judging to stop at the first reason; becomes a Refused."""

    def __init__(self, code: Code, **details: Detail) -> None:
        super().__init__(code)
        self.code, self.details = code, details


class JudgingUnavailable(Exception):
    """The machine cannot judge files now (no child can be started): our fault, not the file's."""
