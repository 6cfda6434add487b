"""A train goes into a tunnel: what was typed stays, says so, and is sent once when there is a network again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import expect

from tests.journeys.window import PHONE, Window

LOST = ("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")  # what a browser notes of a lost network


@contextmanager
def tunnel(window: Window) -> Iterator[None]:
    """No network meanwhile; that it was lost is no trouble of the page's."""
    window.page.context.set_offline(True)
    yield
    window.page.context.set_offline(False)
    window.page.wait_for_timeout(50)
    window.troubles[:] = [trouble for trouble in window.troubles if not any(word in trouble for word in LOST)]


def test_a_comment_survives_a_lost_network_and_a_lost_session(
    window_of: Callable[..., Window], demo: dict[str, Any], unique: str
) -> None:
    window = window_of("doctor", PHONE)
    page = window.page
    window.open(f"{demo['article_url']}comments/")
    before, said = _count(window), f"隧道里写的（{unique}）。"
    text, send = page.locator("#write textarea"), page.locator("#write").get_by_role("button", name="发表")
    text.fill(said)
    with tunnel(window):
        send.click()
        expect(page.locator("#write [role=status]")).to_contain_text("您写的内容还在")
        expect(text).to_have_value(said)
        page.locator(".pager a").click()
        expect(page.locator(".pager + .note")).to_contain_text("重试")
        window.inspect("offline")
    expect(page.locator("article.comment", has_text=said)).to_be_focused()
    expect(page.locator(".pager + .note")).to_have_count(0)
    assert _count(window) == before + 1

    text.fill(f"第二条（{unique}）。")
    send.dblclick()
    expect(page.locator("article.comment", has_text="第二条")).to_be_focused()
    assert _count(window) == before + 2

    text.fill(f"还没有发的（{unique}）。")
    page.reload()
    expect(text).to_have_value(f"还没有发的（{unique}）。")
    kept = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    send.click()
    page.wait_for_url("**/accounts/login/**")
    page.context.add_cookies(kept)  # signed in again
    window.open(f"{demo['article_url']}comments/")
    expect(text).to_have_value(f"还没有发的（{unique}）。")
    window.open("/accounts/logout/")
    page.evaluate("document.addEventListener('submit', (event) => event.preventDefault())")  # a shared session
    page.locator("main form button").click()
    assert page.evaluate("Object.keys(sessionStorage).filter((name) => name.startsWith('draft:'))") == []


def _count(window: Window) -> int:
    return int(window.page.locator("[data-comment-count]").get_attribute("data-comment-count") or 0)
