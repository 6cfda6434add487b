"""What a file is by its leading bytes. Only comparisons: safe to run in the web worker."""

from __future__ import annotations

from accounts.judging.names import extension
from accounts.judging.verdict import Code, Refusal

JPEG, PNG, PDF = "jpeg", "png", "pdf"
EXTENSIONS = {"jpg": JPEG, "jpeg": JPEG, "png": PNG, "pdf": PDF}

# Longest first where one is the beginning of another. The names are keys of messages.SEEN.
MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"%PDF-", PDF),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"%!PS", "postscript"),
    (b"\xc5\xd0\xd3\xc6", "postscript"),
    (b"SIMPLE  =", "fits"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)
HEIC_BRANDS = frozenset(b"heic heix heim heis hevc hevx hevm hevs mif1 msf1 avif avis".split())


def sniff(data: bytes) -> str:
    """Return the kind the leading bytes claim: one of ours, a known stranger, or "unknown"."""
    if data[4:8] == b"ftyp":
        brands = {data[start : start + 4] for start in (8, *range(16, 48, 4))}
        return "heic" if HEIC_BRANDS & brands else "video"
    if data[:4] == b"RIFF":
        return "webp" if data[8:12] == b"WEBP" else "unknown"
    for magic, kind in MAGIC:
        if data.startswith(magic):
            return kind
    if b"%PDF-" in data[:1024]:
        return "prefixed-pdf"
    start = data[:512].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").lower()
    if b"<svg" in start:
        return "svg"
    if start.startswith((b"<!doctype html", b"<html", b"<script", b"<!--", b"<head", b"<body")):
        return "html"
    return "xml" if start.startswith(b"<?xml") else "unknown"


def admit(data: bytes, filename: str) -> str:
    """Return the kind to judge the file as. Refusal for a stranger, or a name that says something else."""
    kind = sniff(data)
    if kind == "heic":
        raise Refusal(Code.HEIC)
    if kind == "prefixed-pdf":
        raise Refusal(Code.POLYGLOT)
    if kind not in (JPEG, PNG, PDF):
        raise Refusal(Code.NOT_ALLOWED_TYPE, seen=kind)
    claimed = extension(filename)
    if claimed and EXTENSIONS.get(claimed) != kind:
        raise Refusal(Code.NAME_MISMATCH, seen=kind, claimed=claimed)
    return kind
