"""How large a PDF stream becomes when its filters are undone, without ever holding more than a limit. In the child."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Sequence

from accounts.judging.verdict import Code, Refusal

MAX_STREAM = 64 * 1024 * 1024
MAX_FILTERS = 4
MAX_COUNTED = 2 * 1024 * 1024  # LZW and run lengths are counted in Python, so they must be short
PICTURE_FILTERS = frozenset({"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"})
SHORT_NAMES = {
    "/Fl": "/FlateDecode",
    "/LZW": "/LZWDecode",
    "/RL": "/RunLengthDecode",
    "/A85": "/ASCII85Decode",
    "/AHx": "/ASCIIHexDecode",
    "/DCT": "/DCTDecode",
    "/CCF": "/CCITTFaxDecode",
}


def measure(raw: bytes, filters: Sequence[str]) -> tuple[int, str, bytes]:
    """Undo the filters up to a picture's own: (largest size met, the picture filter or "", what is left to decode).

    Refusal(TOO_COMPLEX) as soon as a step passes the limit, and for chains and filters nobody needs.
    """
    if len(filters) > MAX_FILTERS:
        raise Refusal(Code.TOO_COMPLEX)
    largest = len(raw)
    for position, given in enumerate(filters):
        name, is_last = SHORT_NAMES.get(given, given), position == len(filters) - 1
        if name in PICTURE_FILTERS:
            if not is_last:
                raise Refusal(Code.TOO_COMPLEX)
            return largest, name, raw
        if name in ("/LZWDecode", "/RunLengthDecode"):
            if not is_last or len(raw) > MAX_COUNTED:
                raise Refusal(Code.TOO_COMPLEX)
            return max(largest, (lzw_size if name == "/LZWDecode" else run_length_size)(raw)), "", b""
        raw = _undo(name, raw)
        largest = max(largest, len(raw))
    return largest, "", raw


def _undo(name: str, raw: bytes) -> bytes:
    if name == "/FlateDecode":
        return _inflate(raw)
    if name == "/ASCIIHexDecode":
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", raw.partition(b">")[0])
        return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
    if name == "/ASCII85Decode":
        letters = re.sub(rb"[^!-uz]", b"", raw.partition(b"~>")[0].removeprefix(b"<~"))
        try:
            return base64.a85decode(letters)
        except ValueError as error:
            raise Refusal(Code.BROKEN) from error
    if name == "/Crypt":
        return raw
    raise Refusal(Code.TOO_COMPLEX)


def _inflate(raw: bytes) -> bytes:
    machine = zlib.decompressobj()
    try:
        plain = machine.decompress(raw, MAX_STREAM + 1)
    except zlib.error:
        return b""  # readers show nothing of it either
    if len(plain) > MAX_STREAM:
        raise Refusal(Code.TOO_COMPLEX)
    return plain


def run_length_size(raw: bytes) -> int:
    """The decoded size of a RunLengthDecode stream."""
    size = position = 0
    while position < len(raw) and raw[position] != 128:
        head = raw[position]
        size += head + 1 if head < 128 else 257 - head
        position += head + 2 if head < 128 else 2
    if size > MAX_STREAM:
        raise Refusal(Code.TOO_COMPLEX)
    return size


def lzw_size(raw: bytes) -> int:
    """The decoded size of an LZWDecode stream (EarlyChange 1): lengths alone are kept, no text."""
    lengths = [1] * 256 + [0, 0]
    width, bits, held, size, before = 9, 0, 0, 0, 0
    for byte in raw:
        held, bits = (held << 8) | byte, bits + 8
        if bits < width:
            continue
        bits -= width
        code, held = held >> bits, held & ((1 << bits) - 1)
        if code == 257:
            break
        if code == 256:
            del lengths[258:]
            width, before = 9, 0
            continue
        length = lengths[code] if code < len(lengths) else before + 1
        size += length
        if size > MAX_STREAM:
            raise Refusal(Code.TOO_COMPLEX)
        if before and len(lengths) < 4096:
            lengths.append(before + 1)
        before = length
        width = 9 + (len(lengths) >= 511) + (len(lengths) >= 1023) + (len(lengths) >= 2047)
    return size
