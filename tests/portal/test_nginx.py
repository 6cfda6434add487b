"""The shipped nginx configuration, run: what it forwards, what it refuses, and what cannot be fetched round it."""

from __future__ import annotations

import base64
import hashlib
import http.client
import re
import shutil
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.portal.wording import faults_of_chinese, faults_of_english
from tests.services.nginx import Nginx

pytestmark = [
    pytest.mark.pure,
    pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed (package nginx-light)"),
]


class Echo(BaseHTTPRequestHandler):
    """Answers every request with what arrived; stands where gunicorn stands."""

    def do_GET(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        body = f"{self.path}\n{size}\n{self.headers}".encode()
        self.rfile.read(size)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815  # http.server's name

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def nginx() -> Iterator[Nginx]:
    upstream = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    Thread(target=upstream.serve_forever, daemon=True).start()
    with closing(Nginx(upstream_port=upstream.server_port)) as nginx:
        nginx.start()
        yield nginx
    upstream.shutdown()
    upstream.server_close()


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str


def ask(nginx: Nginx, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
    context = ssl.create_default_context(cafile=str(nginx.folder / "fullchain.pem"))
    connection = http.client.HTTPSConnection("localhost", nginx.port, context=context, timeout=20)
    try:
        connection.request(method, path, body=body or None, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read().decode())
    finally:
        connection.close()


@pytest.mark.parametrize(
    "path",
    ["/static../keys/secret_key", "/evidence../portal.sqlite3", "/static/%2e%2e/%2e%2e/etc/passwd", "/.git/config"],
)
def test_no_file_is_served_by_nginx_itself(nginx, path):
    answer = ask(nginx, path)

    # nginx refuses it, or hands it to the application (here the echo), whose gate answers.
    assert answer.status == 400 or answer.text.startswith("/")


def test_evidence_carries_the_six_headers_whatever_the_application_said(nginx):
    headers = ask(nginx, "/evidence/abc/").headers

    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"


def test_other_pages_keep_the_applications_own_headers(nginx):
    assert ask(nginx, "/zones/alk/").headers["Content-Security-Policy"] == "default-src 'self'"


def test_what_a_client_says_of_itself_is_dropped(nginx):
    claims = {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    seen = ask(nginx, "/", **claims).text

    assert "1.2.3.4" not in seen
    assert "evil.example" not in seen
    assert "X-Forwarded-For: 127.0.0.1" in seen
    assert "X-Forwarded-Proto: https" in seen


def test_five_photographs_pass_and_only_where_evidence_is_sent(nginx):
    photographs = bytes(54 * 1024 * 1024)

    accepted = ask(nginx, "/zones/alk/gate/evidence/", "POST", photographs)
    elsewhere = ask(nginx, "/accounts/login/", "POST", bytes(3 * 1024 * 1024))

    assert (accepted.status, accepted.text.splitlines()[1]) == (200, str(len(photographs)))
    assert elsewhere.status == 413
    assert "太大" in elsewhere.text


def test_more_than_the_limit_is_refused_in_words(nginx):
    answer = ask(nginx, "/zones/alk/gate/evidence/", "POST", bytes(56 * 1024 * 1024))

    assert answer.status == 413
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_flood_of_sign_ins_is_slowed(nginx):
    statuses = [ask(nginx, "/accounts/login/").status for _number in range(60)]

    assert statuses[0] == 200
    assert 429 in statuses


def test_plain_http_only_points_to_https(nginx):
    connection = http.client.HTTPConnection("localhost", nginx.http_port, timeout=10)
    connection.request("GET", "/zones/alk/?at=b-1")
    response = connection.getresponse()

    assert response.status == 308
    assert response.getheader("Location") == "https://localhost/zones/alk/?at=b-1"
    connection.close()


def test_the_log_names_neither_reader_nor_query(nginx):
    ask(nginx, "/zones/alk/?canary=secret")

    line = (nginx.folder / "access.log").read_text(encoding="utf-8")

    assert "/zones/alk/" in line
    assert "canary" not in line
    assert "127.0.0.1" not in line


def test_a_dead_application_is_a_503_in_words(nginx):
    with closing(Nginx(upstream_port=1)) as alone:
        alone.start()
        answer = ask(alone, "/")

    assert answer.status == 503
    assert "正在恢复" in answer.text


@pytest.mark.parametrize("language", ["", "en"])
def test_what_nginx_says_itself_is_a_page_in_the_language_of_the_browser(nginx, language):
    cookie = {"Cookie": f"language={language}"} if language else {}
    answers = {
        400: ask(nginx, "/", **cookie, **{"X-Long": "x" * 9000}),
        413: ask(nginx, "/accounts/login/", "POST", bytes(3 * 1024 * 1024), **cookie),
    }
    with closing(Nginx(upstream_port=1)) as alone:
        alone.start()
        answers[503] = ask(alone, "/", **cookie)

    for status, answer in answers.items():
        style = re.findall(r"<style>(.*?)</style>", answer.text)[0]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert answer.status == status
        assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
        assert f'<html lang="{language or "zh-Hans"}">' in answer.text
        words = re.sub(r"<style>.*?</style>|<[^>]+>", "\n", answer.text)
        faults = faults_of_english if language else faults_of_chinese
        assert [fault for line in words.splitlines() for fault in faults(line)] == []
    assert (answers[503].headers["Retry-After"], "10 " in answers[503].text) == ("10", True)
