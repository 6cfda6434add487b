"""Bring a portal that holds the demo to where the catalogue's states stand: `python -m tests.looks.stage <act>`.

It runs beside the server in the portal's own settings and DATA_DIR and writes DATA_DIR/stage.json: the session cookie
of everybody, and the paths that only the data know. The acts come in this order: `closed`, no zone is open, nobody
waits; `quiet`, the zones are open, one person waits; `full`, people stand at every step, with articles of every kind,
comments and a long queue; `broken`, a fault in the data makes pages fail.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import django


def main(act: str) -> None:
    """Make the data of one act; stage.json then holds what both acts made."""
    django.setup()
    from django.conf import settings
    from django.utils import translation

    from tests.looks import cast, desk, library

    target = Path(settings.DATA_DIR) / "stage.json"
    made: dict[str, dict[str, Any]] = {"cookies": {}, "places": {}}
    if target.exists():
        made = json.loads(target.read_text(encoding="utf-8"))
    with translation.override("zh-hans"):
        if act == "closed":
            made["cookies"] |= cast.demo_cookies()
            cast.close()
        elif act == "quiet":
            made["cookies"] |= cast.open_again()
        elif act == "broken":
            cast.break_a_zone()
        else:
            cookies, places = cast.people()
            made["cookies"] |= cookies
            made["places"] |= places | library.fill() | desk.fill()
    target.write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
