"""A visitor of a served portal over plain HTTP: keeps cookies, sends the CSRF token, follows nothing by itself."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode


@dataclass(frozen=True)
class Page:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Visitor:
    """One browser window without a browser. The connection is kept open between requests."""

    def __init__(self, port: int, *, timeout: float = 30) -> None:
        self.cookies: dict[str, str] = {}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self.port, self._host = port, f"localhost:{port}"

    def get(self, path: str, **headers: str) -> Page:
        """Ask; once more, as browsers do, when the kept connection turns out to be dead."""
        try:
            return self._ask("GET", path, None, headers)
        except (ConnectionError, http.client.RemoteDisconnected):
            return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: Mapping[str, str | Sequence[str]], **headers: str) -> Page:
        """Send a form as its page would, with the token of the cookie (a GET before has set it)."""
        body = urlencode({**fields, "csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}, doseq=True)
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self._host}"}
        return self._ask("POST", path, body, form | headers)

    def sign_in(self, email: str, password: str) -> None:
        """Sign in by password; AssertionError when the portal does not want that."""
        self.get("/accounts/login/")
        answer = self.post("/accounts/login/", {"login": email, "password": password})
        assert answer.status in {302, 303}, f"sign-in answered {answer.status}"

    def close(self) -> None:
        self._connection.close()

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Page:
        sent = {"Host": self._host, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **headers}
        try:
            self._connection.request(method, path, body=body, headers=sent)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()  # the next request opens a new one
            raise
        for line in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return Page(response.status, response.headers, content)


def demo(data_dir: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Return what `make run` wrote about its demo."""
    found: dict[str, dict[str, dict[str, str]]] = json.loads((data_dir / "demo.json").read_text(encoding="utf-8"))
    return found


def comment_count(page: Page) -> int:
    """Return the count that the article page shows."""
    match = re.search(r'data-comment-count="(\d+)"', page.text)
    assert match, "the page shows no count of comments"
    return int(match[1])
