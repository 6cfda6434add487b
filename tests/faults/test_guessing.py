"""T14: two hundred guesses at once at one account, over four workers, each naming another sender in its headers."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.services.portal import Portal
from tests.services.process import wait_until
from tests.services.visitor import Page, Visitor, demo

pytestmark = [pytest.mark.pure, pytest.mark.xdist_group("served")]
GUESSES, AT_ONCE, MOST = 200, 8, 6
WRONG, TOO_MANY = "密码不正确", "登录失败的次数过多"


class Masked(Visitor):
    """Names another sender in every header that could be believed."""

    def __init__(self, port: int, number: int) -> None:
        super().__init__(port)
        self.sender = f"10.{number % 250}.{number // 250}.7"

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Page:
        named = {"X-Forwarded-For": self.sender, "X-Real-IP": self.sender, "Forwarded": f"for={self.sender}"}
        return super()._ask(method, path, body, headers | named)


@pytest.fixture
def portal(served_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    monkeypatch.setenv("WEB_WORKERS", "4")
    monkeypatch.setenv("LIMIT_LOGIN_FAILED", "100000/m/ip,5/5m/key")  # the account's own limit alone is what is tested
    monkeypatch.setenv("LIMIT_LOGIN", "100000/m/ip")
    with closing(Portal(shutil.copytree(served_once, tmp_path / "data"))) as portal:
        portal.start()
        yield portal


def guess(port: int, login: str, password: str, number: int) -> str:
    """Return what was said of one guess."""
    with closing(Masked(port, number)) as visitor:
        visitor.get("/accounts/login/")
        page = visitor.post("/accounts/login/", {"login": login, "password": password})
    if page.status in {302, 303}:
        return "in"
    return "compared" if WRONG in page.text else "refused" if page.status in {200, 422, 429} else str(page.status)


def test_t14_four_workers_compare_six_guesses_at_most_and_a_restart_forgets_none(portal):
    person = demo(portal.data_dir)["people"]["doctor"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = Counter(
            pool.map(lambda n: guess(portal.port, person["email"], f"wrong-{n}", n), range(GUESSES), chunksize=1)
        )
    assert len(portal.web_workers()) == 4
    assert set(said) == {"compared", "refused"}
    assert 1 <= said["compared"] <= MOST
    assert guess(portal.port, person["email"], person["password"], 1) == "refused"

    portal.stop()
    portal.start()
    wait_until(portal.is_ready, seconds=30, what="ready again")
    assert guess(portal.port, person["email"], person["password"], 2) == "refused"
