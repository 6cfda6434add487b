"""Chromium looks at answers that were already given: python -m tests.security.browser < pages.json

A process of its own, for Playwright leaves an event loop behind. Each page is served under its own headers, so that
its policy holds; scripts and styles come from static/; what else is asked for is noted. Prints what it saw as JSON.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
HOST = "http://portal.test"
ACTING = """() => [...document.querySelectorAll("*")].flatMap((e) => [...e.attributes].filter((a) =>
  /^on/i.test(a.name) || (/^(href|src|action|formaction|data|xlink:href)$/i.test(a.name)
  && /^[\\s\\0]*(javascript|vbscript|data:text)/i.test(a.value)))
  .map((a) => e.tagName + " " + a.name + "=" + a.value))"""


def look(answers: Sequence[Any]) -> dict[str, list[str]]:
    """Return what the browser did with these answers of the test client: dialogs, outside requests, acting nodes."""
    pages = [
        {
            "status": answer.status_code,
            "headers": {name: value for name, value in answer.headers.items() if name != "Content-Length"},
            "body": base64.b64encode(answer.content).decode(),
        }
        for answer in answers
    ]
    command = [sys.executable, "-m", "tests.security.browser"]
    done = subprocess.run(
        command,
        input=json.dumps(pages),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=ROOT,
        env=os.environ,
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def main(pages: list[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"dialogs": [], "outside": [], "acting": []}
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        page = browser.new_page()
        page.on("dialog", lambda dialog: (found["dialogs"].append(dialog.message), dialog.dismiss()))
        page.route("**/*", lambda route: _serve(route, pages, found))
        for number in range(len(pages)):
            _visit(page, number, found)
        browser.close()
    return found


def _visit(page: Page, number: int, found: dict[str, list[str]]) -> None:
    page.goto(f"{HOST}/page/{number}", wait_until="load")
    page.wait_for_timeout(60)  # handlers of errors and animations have fired by then
    found["acting"] += page.evaluate(ACTING)


def _serve(route: Route, pages: list[dict[str, Any]], found: dict[str, list[str]]) -> None:
    parts = urlsplit(route.request.url)
    static = (ROOT / parts.path.lstrip("/")).resolve()
    if f"{parts.scheme}://{parts.netloc}" != HOST:
        found["outside"].append(route.request.url)
        route.abort()
    elif parts.path.startswith("/page/") and parts.path[6:].isdigit():
        answer = pages[int(parts.path[6:])]
        route.fulfill(status=200, headers=answer["headers"], body=base64.b64decode(answer["body"]))
    elif static.is_relative_to(ROOT / "static") and static.is_file():
        route.fulfill(path=static)
    else:
        route.fulfill(status=404, body="")


if __name__ == "__main__":
    print(json.dumps(main(json.load(sys.stdin))))
