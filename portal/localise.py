"""Bilingual content lives in _zh/_en columns; readers get their language, falling back to Chinese."""

from __future__ import annotations

from typing import Any

from django.utils import translation


def localised(row: Any, name: str) -> Any:
    """Return row.<name>_en in the English interface when it has content, else row.<name>_zh. Dicts work alike."""
    get = row.get if isinstance(row, dict) else lambda key, default="": getattr(row, key, default)
    if translation.get_language() == "en":
        return get(f"{name}_en", "") or get(f"{name}_zh", "")
    return get(f"{name}_zh", "")
