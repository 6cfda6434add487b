"""The worker's side: look at the leading bytes, hand the rest to a child, believe it only within bounds."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import re
import signal
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from accounts.judging.kinds import PDF, admit
from accounts.judging.names import display_name, is_disguised
from accounts.judging.process import Ended, run
from accounts.judging.slots import Slots
from accounts.judging.verdict import (
    KEPT_SIDE,
    MAX_BYTES,
    MAX_PAGES,
    Accepted,
    Code,
    Detail,
    JudgingUnavailable,
    Refusal,
    Refused,
    Verdict,
)

logger = logging.getLogger(__name__)

# By path, isolated from the environment and the working folder, writing no byte code; never through a shell.
COMMAND = (sys.executable, "-I", "-B", str(Path(__file__).with_name("child.py")))
WALL_SECONDS = 20.0  # the child stops itself at 10 s of CPU; this is for one that sleeps
MAX_ANSWER = 96 * 1024 * 1024
NOT_READY = 70  # the child's exit code when it could not even load its decoders
# How C libraries end when memory is refused to them.
OUT_OF_MEMORY = frozenset({-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL})
KNOWN_WORD = re.compile(r"[a-z-]{1,20}")
# What a child may answer; the rest is the parent's to say.
CHILD_CODES = frozenset(
    {
        Code.POLYGLOT,
        Code.BROKEN,
        Code.ANIMATED,
        Code.TOO_MANY_PIXELS,
        Code.TOO_MANY_PAGES,
        Code.PAGE_SIZE,
        Code.ACTIVE_CONTENT,
        Code.ENCRYPTED,
        Code.TOO_COMPLEX,
    }
)


def judge(data: bytes, *, filename: str) -> Verdict:
    """Judge one uploaded file. Never raises for what a file holds; JudgingUnavailable when no child can run."""
    return judge_with(data, filename=filename, command=COMMAND, wall_seconds=WALL_SECONDS, slots=Slots())


def judge_with(data: bytes, *, filename: str, command: Sequence[str], wall_seconds: float, slots: Slots) -> Verdict:
    """`judge` with everything that it depends on handed in."""
    try:
        _check_outside(data, filename)
        kind = admit(data, filename)
        with slots.taken():
            ended = run(command, data, wall_seconds=wall_seconds, max_answer=MAX_ANSWER)
        return _believe(ended, "pdf" if kind == PDF else "image", display_name(filename))
    except Refusal as refusal:
        logger.info("evidence refused: %s", refusal.code)
        return Refused(refusal.code, refusal.details)
    except OSError as error:
        raise JudgingUnavailable(type(error).__name__) from error


def _check_outside(data: bytes, filename: str) -> None:
    if not data:
        raise Refusal(Code.EMPTY)
    if len(data) > MAX_BYTES:
        raise Refusal(Code.TOO_LARGE, mib=math.ceil(len(data) / 1024 / 1024))
    if is_disguised(filename):
        raise Refusal(Code.DISGUISED_NAME)


def _believe(ended: Ended, kind: str, name: str) -> Accepted:
    """Turn what the child left behind into pages. A child taken over by a file can lie only within these bounds."""
    if ended.timed_out or ended.code == -signal.SIGXCPU:
        raise Refusal(Code.TIMEOUT)
    if ended.code == NOT_READY:
        raise JudgingUnavailable("the child could not load its decoders")
    if ended.code in OUT_OF_MEMORY:
        raise Refusal(Code.TOO_COMPLEX)
    if ended.code != 0:
        logger.warning("judging child ended with %s", ended.code)
        raise Refusal(Code.BROKEN)
    try:
        header, pages = _parse(ended.answer)
        sizes = _sizes(header, pages)
    except (ValueError, KeyError, TypeError, struct.error) as error:
        logger.warning("judging child answered garbage: %s", type(error).__name__)
        raise Refusal(Code.BROKEN) from error
    digest = hashlib.sha256(b"".join(pages)).hexdigest()
    return Accepted(kind=kind, name=name, pages=pages, sizes=sizes, sha256=digest)


def _parse(answer: bytes) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    parts, position = [], 0
    while position < len(answer):
        (length,) = struct.unpack_from(">I", answer, position)
        position += 4
        if length > len(answer) - position:
            raise ValueError("a part is cut short")
        parts.append(answer[position : position + length])
        position += length
    header = json.loads(parts[0]) if parts else None
    if not isinstance(header, dict):
        raise ValueError("no header")
    if header.get("refused"):
        _refuse(header)
    return header, tuple(parts[1:])


def _refuse(header: dict[str, Any]) -> None:
    code = Code(header["refused"])
    details: dict[str, Detail] = {
        key: value
        for key, value in dict(header.get("details") or {}).items()
        if KNOWN_WORD.fullmatch(key)
        and (type(value) is int or (isinstance(value, str) and KNOWN_WORD.fullmatch(value)))
    }
    if header.get("why"):
        logger.info("judging child: %s", re.sub(r"\W", "", str(header["why"]))[:40])
    raise Refusal(code if code in CHILD_CODES else Code.BROKEN, **details)


def _sizes(header: dict[str, Any], pages: tuple[bytes, ...]) -> tuple[tuple[int, int], ...]:
    sizes = tuple((int(width), int(height)) for width, height in header["sizes"])
    if not 1 <= len(pages) <= MAX_PAGES or len(sizes) != len(pages):
        raise ValueError("pages and sizes differ")
    if not all(1 <= side <= KEPT_SIDE for size in sizes for side in size):
        raise ValueError("a size out of bounds")
    if not all(page.startswith(b"\xff\xd8\xff") for page in pages):
        raise ValueError("a page that is no JPEG")
    return sizes
