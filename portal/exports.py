"""A copy of all one's data: each app registers its part; the archive is one ZIP of JSON and files (PIPL article 45)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

Part = Callable[[Any], dict[str, bytes]]  # person -> {path in the archive: content}
_parts: list[Part] = []


def register(part: Part) -> None:
    """Add a part; called from an app's ready()."""
    if part not in _parts:
        _parts.append(part)


def as_json(data: Any) -> bytes:
    """Return readable JSON; dates and ids as text."""
    return json.dumps(data, ensure_ascii=False, indent=2, default=str).encode()


def archive(person: Any) -> bytes:
    """Return the ZIP."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for part in _parts:
            for path, content in part(person).items():
                file.writestr(path, content)
    return buffer.getvalue()
