"""File names as people may see them. A name is never a path here: storage names are random."""

from __future__ import annotations

import re
import unicodedata

MAX_NAME = 120
NAMELESS = "未命名文件"
# These make what follows read backwards, so that "gpj.exe" looks like "exe.jpg".
REORDERING = frozenset("\u202b\u202d\u202e\u2067")
EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,8})$")


def is_disguised(filename: str) -> bool:
    """Does the name hold characters that reorder the text around them?"""
    return not REORDERING.isdisjoint(filename)


def extension(filename: str) -> str:
    """The extension in lower case, without its dot; "" where there is none (a version number is none)."""
    found = EXTENSION.search(_visible(filename))
    return found[1].lower() if found and not found[1].isdigit() else ""


def display_name(filename: str) -> str:
    """Return the name cleaned for storage and display: no path, no invisible characters, at most 120 characters.

    The extension survives the cut. Leading dots and formula signs go, so that neither a shell nor a sheet minds it.
    """
    name = re.split(r"[/\\]|%2f|%5c", _visible(filename), flags=re.IGNORECASE)[-1]
    name = re.sub(r"\s+", " ", name).lstrip(" .=+-@＝＋－＠").rstrip(" .")
    found = EXTENSION.search(name)
    ending = found[0] if found else ""
    return name[: len(name) - len(ending)][: MAX_NAME - len(ending)].rstrip() + ending or NAMELESS


def _visible(filename: str) -> str:
    """Without control, format, surrogate, private and unassigned characters; line ends and tabs become spaces."""
    text = unicodedata.normalize("NFC", filename.encode("utf-8", "ignore").decode("utf-8"))
    text = re.sub(r"[\t\r\n]", " ", text)
    return "".join(character for character in text if not unicodedata.category(character).startswith("C"))
