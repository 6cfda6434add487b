"""The same way with JavaScript off: every page, every form; the waiting page turns by its Refresh header."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.journeys import way
from tests.journeys.people import sign_up, somebody
from tests.journeys.served import JourneyPortal
from tests.journeys.window import PHONE, Window


def test_the_whole_way_without_a_script(
    make_window: Callable[..., Window],
    window_of: Callable[..., Window],
    portal: JourneyPortal,
    demo: dict[str, Any],
    unique: str,
) -> None:
    person = somebody("plain")
    window = make_window(PHONE, java_script_enabled=False)
    reviewer, second = window_of("reviewer"), window_of("reviewer2")
    wanted = way.arrive(window, demo)
    sign_up(window, portal, person, look=True)
    way.through_the_gate(window, demo)
    way.upload(window)
    case = way.waiting_case(window)
    window.press("停止自动更新")
    window.inspect("pending-stopped")
    window.press("恢复自动更新")

    way.reject(reviewer, case)
    way.turns_to(window, "rejected")
    way.mend(window)
    way.approve(second, case)
    way.turns_to(window, "passed")
    window.press("停下，不要自动跳转")
    window.inspect("passed-stopped")
    window.press("立即进入")
    assert window.path == wanted
    window.inspect("article")
    _talk(window, unique)
    _work_through_the_tool(window)


def _talk(window: Window, unique: str) -> None:
    page, said, replied = window.page, f"没有脚本也能写（{unique}）。", f"也能回复（{unique}）。"
    page.locator("#talk textarea[name=body]").fill(said)
    window.press("发表")
    mine = page.locator("article.comment", has_text=said).first
    mine.get_by_role("link", name=re.compile("^回复")).first.click()
    page.locator("#write textarea").fill(replied)
    window.inspect("reply")
    window.press("发表", within=page.locator("#write"))
    expect(page.locator("article.comment article.comment", has_text=replied)).to_be_visible()
    page.get_by_role("link", name="从最新的评论看起").click()
    first = page.locator("article.comment").first.get_attribute("id")
    page.locator("a[rel=next]").click()
    assert page.locator("article.comment").first.get_attribute("id") != first
    window.inspect("discussion-further")


def _work_through_the_tool(window: Window) -> None:
    page = window.page
    page.get_by_role("link", name="回到文章").click()
    page.locator(".tool-slot a").click()
    for fold in page.locator("details.step").all():
        if fold.get_attribute("open") is None:
            fold.locator("summary").first.click()
    page.locator("[data-question] input").first.check()
    page.locator("form[data-strategy] button").last.click()
    expect(page.locator("[data-status]").first).to_be_visible()
    window.inspect("tool-answered")
