"""The child process: limits first, then one file from standard input, then one answer to standard output.

The answer is parts, each after its length (4 bytes, big-endian): a JSON header, then one JPEG a page.
Run by path (`python -I -B child.py`); every import comes after the limit that must hold for it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
NOT_READY = 70


def main() -> int:
    """Judge standard input. 0 with an answer; NOT_READY when this machine cannot judge at all."""
    answer_to = os.dup(1)
    os.dup2(2, 1)  # a library that prints must not speak into the answer
    try:
        confined = _confine()
        data = sys.stdin.buffer.read()
        look = _decoder(data)
        confined["landlock"] = _close_files()
    except Exception:  # noqa: BLE001  # whatever it was, the file had no part in it
        return NOT_READY
    header, pages = _judge(look, data)
    header["confined"] = confined
    with os.fdopen(answer_to, "wb") as out:
        import json

        for part in (json.dumps(header).encode(), *pages):
            out.write(len(part).to_bytes(4, "big"))
            out.write(part)
    return 0


def _confine() -> dict[str, Any]:
    sys.path.append(str(ROOT))
    from accounts.judging import limits

    limits.bound_resources()
    limits.die_with_parent()
    return {"network": limits.leave_network()}


def _close_files() -> int:
    from accounts.judging import limits

    # Libraries stay readable for late imports; our own folder does not, since data may live in it.
    return limits.close_files(entry for entry in sys.path if entry != str(ROOT))


def _decoder(data: bytes) -> Callable[[bytes], Any]:
    """Load what this kind of file needs, and no more, while files can still be opened."""
    from accounts.judging.kinds import PDF, PNG, sniff

    kind = sniff(data)
    if kind == PDF:
        from accounts.judging import pdfs

        return pdfs.pages
    from accounts.judging import images

    return images.png_page if kind == PNG else images.jpeg_page


def _judge(look: Callable[[bytes], Any], data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    from accounts.judging.verdict import Code, Refusal

    try:
        pages = look(data)
    except Refusal as refusal:
        return {"refused": refusal.code, "details": refusal.details}, []
    except MemoryError:
        return {"refused": Code.TOO_COMPLEX}, []
    except Exception as error:  # noqa: BLE001  # decoders raise anything at all on damaged files (IndexError, …)
        return {"refused": Code.BROKEN, "why": type(error).__name__}, []
    return {"sizes": [[page.width, page.height] for page in pages]}, [page.data for page in pages]


if __name__ == "__main__":
    sys.exit(main())
