"""The W3C's HTML checker (Nu) as a service: it judges a page in some forty milliseconds once it is warm."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from tests.services.process import Process

JAR = Path(__file__).resolve().parents[1] / "tools/node_modules/vnu-jar/build/dist/vnu.jar"


class Nu(Process):
    """The checker on a port of its own; `deploy/packages.sh` installs it."""

    def command(self) -> Sequence[str | Path]:
        here = "-Dnu.validator.servlet.bind-address=127.0.0.1"
        return ["java", "-Xmx512m", "-cp", JAR, here, "nu.validator.servlet.Main", str(self.port)]

    def errors(self, page: bytes) -> list[str]:
        """Return what is not valid in an HTML document, each with the place; empty for a valid one."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/?out=json", page, {"Content-Type": "text/html; charset=utf-8"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            messages = json.load(answer)["messages"]
        return [f"{m['message']} {m.get('extract', '').strip()[:160]}" for m in messages if m["type"] != "info"]
