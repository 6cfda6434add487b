"""Where a Chinese title may break: between phrases, never within a word. The page joins the parts with <wbr>."""

from __future__ import annotations

import re

# A phrase ends after these; two characters at least stand on either side.
ENDS = re.compile(r"(?<=[\u3400-\u9fff][的与和及或性癌：，、？])(?=[\u3400-\u9fff]{2})")


def phrases(title: str) -> list[str]:
    """Return the title cut where it may break; joined they are the title."""
    return [part for part in ENDS.split(title) if part]
