"""At the gate: refusing and reconsidering, skipping, another zone, a revocation, and strangers."""

from __future__ import annotations

import http.client
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys import way
from tests.journeys.people import answer, photograph, sign_in, sign_up, somebody
from tests.journeys.served import JourneyPortal
from tests.journeys.window import DESK, PHONE, Window

TRICKS = [
    "{article}", "/{article}", "{article};.css", "{article}%2e", "{article}../{slug}/", "{article}.json", "{bare}",
    "/zones/alk/%2e/articles/{slug}/", "/zones/alk/articles/%2e%2e/articles/{slug}/", "/zones/alk/articles%2f{slug}/",
    "/zones/alk/articles/{slug}%00/", "/zones/alk//articles/{slug}/", "{article}%0d%0aX-Other:%20a", "{article}print/",
    "/%7Aones/alk/articles/{slug}/", "/static/../zones/alk/articles/{slug}/", "/static/..%2f..%2fvar/portal.sqlite3",
]  # fmt: skip


def test_refusing_is_recorded_reconsidered_and_ends_with_an_erasure(make_window, portal, demo):
    person = somebody("refuser")
    window = make_window(PHONE)
    way.arrive(window, demo)
    sign_up(window, portal, person)
    window.press("拒绝")
    assert window.step == "declined"
    window.inspect("declined")
    window.press("查看回执")
    window.inspect("receipt")
    window.open(demo["article_url"])
    assert window.step == "declined"
    window.press("重新考虑")
    assert window.step == "agreement"
    window.press("拒绝")
    window.press("注销我的账号")
    window.inspect("reauthenticate")
    window.page.locator("input[name=password]").fill(person.password)
    window.press("确认")
    window.inspect("erase")
    window.press("注销")
    assert "请先勾选确认" in window.words()
    window.inspect("erase-wrong")
    window.page.locator("input[name=confirm]").check()
    window.press("注销")
    expect(window.page.locator("body")).to_contain_text("账号已停用")
    window.inspect("home-after")
    sign_in(window, person)
    assert window.path.startswith("/accounts/")
    window.open("/me/")
    assert window.path.startswith("/accounts/login/")


def test_who_skips_reads_the_same_and_who_is_revoked_reads_nothing(make_window, window_of, portal, demo):
    person = somebody("skipper")
    window = make_window(DESK)
    window.open(f"/accounts/signup/?next={demo['article_url']}")
    sign_up(window, portal, person)
    window.press("同意")
    window.press("不同意并跳过")
    assert window.step == "profile"
    answer(window, demo["profile_answers"])
    window.press("确定")
    assert window.step == "evidence", "whoever skips is asked no survey"
    way.give(window, way.LICENCE, photograph())
    expect(window.page.locator("[data-upload-region]")).to_contain_text("1 / 5")
    window.press("提交审核")
    case = way.waiting_case(window)
    way.approve(window_of("reviewer"), case)
    way.turns_to(window, "passed")
    _takes_time(window)
    window.press("立即进入")

    other = window_of("doctor")
    other.open(demo["article_url"])
    assert _read(window) == _read(other)

    _revoke(window_of("admin"), case)
    window.page.get_by_role("navigation", name="主导航").get_by_role("link", name="策略").click()
    assert window.step == "revoked", "the next request already feels it"
    assert "不再从事" in window.words()
    window.inspect("revoked")
    window.open(demo["article_url"])
    assert window.step == "revoked"


def _takes_time(window: Window) -> None:
    """Whoever stops the countdown stays: neither the script nor the Refresh header goes on."""
    window.press("停下，不要自动跳转")
    expect(window.page.locator("#live")).to_have_text("已停下，不会自动跳转。")
    window.page.wait_for_timeout(5500)
    assert window.step == "passed"
    expect(window.page.get_by_role("button", name="继续倒计时")).to_be_focused()


# Where a browser keeps its reader's place is named by person; everything else is the same for everybody.
WITHOUT_PERSON = """(node) => {
  const copy = node.cloneNode(true);
  for (const part of [copy, ...copy.querySelectorAll("[data-place]")]) part.removeAttribute("data-place");
  return copy.outerHTML;
}"""


def _read(window: Window) -> tuple[Any, ...]:
    """What the article page gives a reader: its text, its discussion, where its links lead."""
    page = window.page
    article = page.locator(".read > article").first.evaluate(WITHOUT_PERSON)
    comments = page.locator("[data-comment]").evaluate_all("(all) => all.map((one) => one.dataset.comment)")
    links = page.locator("header a").evaluate_all("(all) => all.map((one) => one.pathname)")
    return article, comments, links


def _revoke(window: Window, case: str) -> None:
    window.open("/admin/accounts/verification/?q=" + case)
    window.press(case)
    window.press("撤销认证")
    window.inspect("revoke")
    window.page.locator("[name=reason]").fill("单位来函：该员已离职，不再从事医疗卫生工作。")
    window.press("撤销认证")
    expect(window.page.locator("body")).to_contain_text("撤销")


def test_a_second_zone_asks_for_its_own_agreement_and_nothing_else(window_of):
    window = window_of("doctor", PHONE)
    window.open("/zones/methods/")
    window.inspect("other-landing")
    window.open("/zones/methods/articles/reading-editorial-notes/")
    assert window.step == "agreement"
    window.press("同意")
    if window.step == "informed-consent":
        window.press("不同意并跳过")
    assert window.step == "open"
    assert window.path == "/zones/methods/articles/reading-editorial-notes/"
    window.inspect("other-article")


def test_a_visitor_reads_what_is_public_and_learns_nothing_else(make_window, portal, demo):
    window = make_window(PHONE)
    for path, name in (("/terms/", "terms"), ("/privacy/", "privacy"), ("/accounts/password/reset/", "reset")):
        window.open(path)
        window.inspect(name)
    for path in (demo["article_url"], demo["strategy_url"], "/zones/alk/nothing/", "/me/", "/admin/", "/nothing/"):
        window.open(path)
        assert window.path.startswith("/accounts/login/?next="), path


@pytest.mark.parametrize("trick", TRICKS)
def test_no_way_of_writing_an_address_goes_round_the_gate(portal: JourneyPortal, demo: dict[str, Any], trick: str):
    article = demo["article_url"]
    path = trick.format(article=article, bare=article.rstrip("/"), slug=article.rstrip("/").rpartition("/")[2])
    for method in ("GET", "HEAD", "POST", "OPTIONS", "PROPFIND"):
        connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=15)
        connection.putrequest(method, path, skip_host=True)
        connection.putheader("Host", f"localhost:{portal.port}")
        connection.endheaders()
        response = connection.getresponse()
        body = response.read().decode(errors="replace")
        connection.close()

        assert response.status in {302, 400, 404, 405}, f"{method} {path}: {response.status}"
        assert "data-fact" not in body
