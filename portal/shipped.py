"""What the product is shipped with, as YAML: documents, questions, reasons, articles.

Read by libyaml where there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _Loader  # ten times faster, and a first start reads much
except ImportError:
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]


def read(path: Path) -> Any:
    """Return what the file holds as plain values; OSError or yaml.YAMLError where it cannot be read."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # both are safe loaders
