"""The one style sheet of a reader's page, put together from its parts when the portal starts.

People keep short files by subject; a phone on a bad network fetches one. Nothing is compiled: the parts are joined in
order, without comments and spare white space, and lie under DATA_DIR/sheets, found like any other static file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

# Later parts win. Bootstrap's Reboot is kept as published; `without_palette` leaves its look out.
PARTS = (
    "vendor/bootstrap/bootstrap-reboot.min.css",
    "css/tokens.css",
    "css/ground.css",
    "css/frame.css",
    "css/controls.css",
    "css/blocks.css",
    "css/reading.css",
    "articles/reading.css",
    "strategy/tool.css",
    "accounts/evidence.css",
    "css/paper.css",
)
GUIDE = "css/styleguide.css"
SHEETS: dict[str, tuple[str, ...]] = {"css/portal.css": PARTS, GUIDE: (*PARTS, "css/desk.css", "css/demos.css")}
# The style guide shows hover and focus without a pointer: there the same rules hold for what stands in these classes.
ACTED = {
    ":hover": ":is(:hover, .as-hover *)",
    ":focus-visible": ":is(:focus-visible, .as-focus :is(a, button, input, summary, [tabindex]))",
}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
PALETTE = re.compile(r"(:root,)?\[data-bs-theme=(light|dark)\]\{[^}]*\}")


def without_palette(css: str) -> str:
    """Leave out the rules that only give Bootstrap's own colours and fonts; tokens.css gives ours under its names."""
    return PALETTE.sub("", css)


def squeezed(css: str) -> str:
    """Without comments (licences stay) and white space that says nothing; no string holds braces or semicolons."""
    bare = COMMENT.sub(lambda found: found[0] if found[0].startswith("/*!") else "", css)
    return re.sub(r"\s*([{};])\s*", r"\1", re.sub(r"\s+", " ", bare)).replace(";}", "}").strip()


def composed(name: str) -> str:
    """The text of a sheet."""
    source = Path(settings.BASE_DIR) / "static"
    parts = [(source / part).read_text(encoding="utf-8") for part in SHEETS[name]]
    text = "\n".join(squeezed(without_palette(part)) for part in parts) + "\n"
    return acted(text) if name == GUIDE else text


def acted(css: str) -> str:
    """The rules of hover and focus, holding also within .as-hover and .as-focus."""
    for pseudo, wider in ACTED.items():
        css = css.replace(pseudo, wider)
    return css


class SheetFinder(BaseFinder):
    """Finds the sheets, writing a sheet anew where a part has changed. Raises OSError where DATA_DIR cannot be used."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [str(_written(path))] if path in SHEETS else []
        return found if find_all else next(iter(found), [])

    def list(self, ignore_patterns: Any) -> Iterator[Any]:
        for name in SHEETS:
            _written(name)
            yield name, FileSystemStorage(location=_folder())


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "sheets"


def _written(name: str) -> Path:
    """The sheet as a file; several workers may start at once, so it is whole whenever it is there."""
    target, text = _folder() / name, composed(name)
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(f".{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)
    return target
