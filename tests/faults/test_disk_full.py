"""F13: the volume of the data (database, log and evidence) and the one of temporary files fill up, and empty again.

Uploads are refused in words, signing in and reading go on, nothing half is left, and it is well again by itself.
"""

from __future__ import annotations

import http.client
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.factories import jpeg
from tests.services.portal import Portal
from tests.services.visitor import Page, Visitor, demo

pytestmark = [pytest.mark.pure, pytest.mark.xdist_group("served")]
MIB = 1024 * 1024


@pytest.fixture
def small(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """Two volumes of 64 MiB, as tmpfs."""
    volumes = {name: tmp_path / name for name in ("data", "temp")}
    for folder in volumes.values():
        folder.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder], capture_output=True, text=True
        )
        if done.returncode:
            pytest.xfail(f"this machine lets nobody mount a small volume: {done.stderr.strip()}")
    yield volumes
    for folder in volumes.values():
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def portal(served_once: Path, small: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    monkeypatch.setenv("TMPDIR", str(small["temp"]))
    shutil.copytree(served_once, small["data"] / "d")
    with closing(Portal(small["data"] / "d")) as portal:
        portal.start()
        yield portal


def fill(folder: Path, *, percent: int) -> Path:
    """Leave so much of the volume used."""
    usage, ballast = shutil.disk_usage(folder), folder / "ballast"
    wanted = usage.total * percent // 100 - usage.used
    with ballast.open("wb", buffering=0) as file:
        try:
            for _block in range(max(wanted, 0) // 4096 + (10 if percent == 100 else 0)):
                file.write(bytes(4096))
        except OSError:
            assert percent == 100
    return ballast


def upload(visitor: Visitor, zone: str) -> Page:
    path = f"/zones/{zone}/gate/evidence/"
    visitor.get(path)
    token = visitor.cookies["csrftoken"]
    body = (
        (
            f'--b\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
            '--b\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
        ).encode()
        + jpeg(size=(1600, 1200))
        + b"\r\n--b--\r\n"
    )
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    host = f"localhost:{visitor.port}"
    headers = {"Host": host, "Origin": f"http://{host}", "Cookie": cookies}
    with closing(http.client.HTTPConnection("127.0.0.1", visitor.port, timeout=30)) as connection:
        connection.request("POST", path, body, {**headers, "Content-Type": "multipart/form-data; boundary=b"})
        answer = connection.getresponse()
        return Page(answer.status, answer.headers, answer.read())


def signs_in(portal: Portal, who: dict[str, str]) -> int:
    with closing(Visitor(portal.port)) as visitor:
        visitor.get("/accounts/login/")
        return visitor.post("/accounts/login/", {"login": who["email"], "password": who["password"]}).status


def nothing_half(data: Path) -> None:
    """Every row has its pages, no page is empty, nothing unfinished lies about."""
    with closing(sqlite3.connect(data / "portal.sqlite3")) as database:
        rows = database.execute("SELECT public_id, pages FROM accounts_evidence WHERE discarded_at IS NULL").fetchall()
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    names = {path.name for path in (data / "evidence").glob("*/*")}
    for public_id, pages in rows:
        dashed = f"{public_id[:8]}-{public_id[8:12]}-{public_id[12:16]}-{public_id[16:20]}-{public_id[20:]}"
        assert {f"{dashed}-{number}.bin" for number in range(1, pages + 1)} <= names
    assert not [path for path in (data / "evidence").glob("*/*") if path.stat().st_size == 0]
    assert not [name for name in names if name.startswith(".draft")]


def test_full_volumes_refuse_uploads_in_words_while_people_sign_in_and_read(portal, small):
    known = demo(portal.data_dir)
    people, zone, article = known["people"], str(known["zone"]), str(known["article_url"])
    with closing(Visitor(portal.port)) as reader, closing(Visitor(portal.port)) as applicant:
        reader.sign_in(people["doctor"]["email"], people["doctor"]["password"])
        applicant.sign_in(people["rejected"]["email"], people["rejected"]["password"])
        rejected = f"/zones/{zone}/gate/rejected/"
        applicant.get(rejected)
        assert applicant.post(rejected, {}).status in {302, 303}
        assert upload(applicant, zone).status == 302

        nearly = fill(small["data"], percent=90)
        refused = upload(applicant, zone)
        assert (refused.status, "快满了" in refused.text) == (503, True)
        assert signs_in(portal, people["doctor"]) == 302
        assert reader.get(article).status == 200
        nearly.unlink()

        temp = fill(small["temp"], percent=100)
        assert upload(applicant, zone).status == 302
        assert signs_in(portal, people["doctor"]) == 302
        temp.unlink()

        full = fill(small["data"], percent=100)
        assert reader.get(article).status == 200
        for _try in range(3):
            refused = upload(applicant, zone)
            assert refused.status in {503, 507}, refused.text[:500]
            assert "存储空间" in refused.text
        # Not a byte is left: a sign-in that cannot be counted or stored is put off in words.
        assert signs_in(portal, people["doctor"]) in {302, 429, 503}
        assert reader.get(article).status == 200
        full.unlink()

        freed = time.monotonic()
        assert signs_in(portal, people["pending"]) == 302
        assert upload(applicant, zone).status == 302
        assert time.monotonic() - freed < 30
    nothing_half(portal.data_dir)
