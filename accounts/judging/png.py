"""A PNG's chunks, walked before any decoder sees them. Runs in the child."""

from __future__ import annotations

import struct
import zlib

from accounts.judging.verdict import MAX_PIXELS, MAX_SIDE, Code, Refusal

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Pixels and what they need, and the orientation; text, profiles, times and private chunks are dropped.
KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"eXIf", b"IEND"})
FRAMES = frozenset({b"acTL", b"fcTL", b"fdAT"})
PACKED = frozenset({b"zTXt", b"iCCP"})
MAX_CHUNKS = 50_000
MAX_UNPACKED = 4 * 1024 * 1024


def essence(data: bytes) -> bytes:
    """Return a PNG of only the chunks a picture needs, what follows IEND left out. Refusal for all that is wrong.

    Pillow does not look at the checksums of pixel data; this does.
    """
    kept, position, seen = [SIGNATURE], len(SIGNATURE), 0
    while True:
        length, kind = _head(data, position)
        end = position + 12 + length
        body = data[position + 8 : end - 4]
        (checksum,) = struct.unpack_from(">I", data, end - 4)
        if checksum != zlib.crc32(kind + body):
            raise Refusal(Code.BROKEN)
        seen += 1
        _check_chunk(kind, body, seen)
        if kind in KEPT:
            kept.append(data[position:end])
        if kind == b"IEND":
            return b"".join(kept)
        position = end


def _head(data: bytes, position: int) -> tuple[int, bytes]:
    if position + 12 > len(data):
        raise Refusal(Code.BROKEN)
    length, kind = struct.unpack_from(">I4s", data, position)
    if position + 12 + length > len(data):
        raise Refusal(Code.BROKEN)
    return length, kind


def _check_chunk(kind: bytes, body: bytes, number: int) -> None:
    if (kind == b"IHDR") != (number == 1):
        raise Refusal(Code.BROKEN)
    if kind == b"IHDR":
        _check_header(body)
    if kind in FRAMES:
        raise Refusal(Code.ANIMATED)
    if number > MAX_CHUNKS or (kind in PACKED and _unpacks_to_too_much(body)):
        raise Refusal(Code.TOO_COMPLEX)


def _check_header(body: bytes) -> None:
    if len(body) != 13:
        raise Refusal(Code.BROKEN)
    width, height = struct.unpack_from(">II", body)
    if not width or not height:
        raise Refusal(Code.BROKEN)
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise Refusal(Code.TOO_MANY_PIXELS, width=width, height=height)


def _unpacks_to_too_much(body: bytes) -> bool:
    packed = body.partition(b"\0")[2][1:]
    try:
        return len(zlib.decompressobj().decompress(packed, MAX_UNPACKED + 1)) > MAX_UNPACKED
    except zlib.error:
        return False  # it is dropped unread anyway
