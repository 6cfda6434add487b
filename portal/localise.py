"""Bilingual content lives in _zh/_en columns; readers get their language, falling back to Chinese."""

from __future__ import annotations

import re
from typing import Any

from django.utils import translation

HAN, MARKS = r"\u3400-\u9fff", r"\u3001-\u301f\uff01-\uff1f"
BETWEEN = re.compile(rf"(?<=[{HAN}{MARKS}]) +(?=[{HAN}{MARKS}])|(?<=[{MARKS}]) +| +(?=[{MARKS}])")
MEETING = re.compile(rf"(?<=[{HAN}])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%])(?=[{HAN}])")


def localised(row: Any, name: str) -> Any:
    """Return row.<name>_en in the English interface when it has content, else row.<name>_zh. Dicts work alike."""
    get = row.get if isinstance(row, dict) else lambda key, default="": getattr(row, key, default)
    if translation.get_language() == "en":
        return get(f"{name}_en", "") or get(f"{name}_zh", "")
    return get(f"{name}_zh", "")


def spaced(text: str) -> str:
    """A text put together from Chinese words: one space where Han meets Latin, none between Han or beside their marks.

    English is left as it is.
    """
    if translation.get_language() == "en":
        return text
    return MEETING.sub(" ", BETWEEN.sub("", text))
