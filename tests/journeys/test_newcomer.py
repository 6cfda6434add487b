"""The whole way of a newcomer, in both sizes, with the reviewers in windows of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.journeys import way
from tests.journeys.people import sign_up, somebody
from tests.journeys.served import JourneyPortal
from tests.journeys.window import Size, Window


def test_from_the_first_visit_to_the_tool(
    make_window: Callable[..., Window],
    window_of: Callable[..., Window],
    portal: JourneyPortal,
    demo: dict[str, Any],
    size: Size,
    unique: str,
) -> None:
    person = somebody("clinician")
    window = make_window(size)
    first, second = window_of("reviewer", size), window_of("reviewer2", size)
    wanted = way.arrive(window, demo)
    sign_up(window, portal, person, look=True)
    way.through_the_gate(window, demo)
    way.upload(window)
    case = way.waiting_case(window)

    way.reject(first, case, look=True)
    way.turns_to(window, "rejected")
    window.inspect("rejected")
    way.mend(window)
    way.approve(second, case)
    way.turns_to(window, "passed")
    assert str(window.page.locator("[data-ring-text]").text_content()).startswith(("5", "4"))
    window.inspect("passed")
    way.pass_on(window, wanted)
    assert window.page.evaluate("location.hash") == f"#{wanted.partition('at=')[2]}"
    _talk(window, unique)
    _work_through_the_tool(window)
    _look_back(window)


def _talk(window: Window, unique: str) -> None:
    """A comment, an answer to it, and the next page of the discussion."""
    page = window.page
    before = int(page.locator("[data-comment-count]").get_attribute("data-comment-count") or 0)
    said, replied = f"颅内进展的那一段很有用（{unique}）。", f"同意，补充一点（{unique}）。"
    page.locator("#talk textarea[name=body]").first.fill(said)
    window.press("发表", within=page.locator("#talk form").first)
    mine = page.locator("article.comment", has_text=said).first
    expect(mine).to_be_visible()
    assert int(page.locator("[data-comment-count]").get_attribute("data-comment-count") or 0) == before + 1
    mine.get_by_role("link", name=re.compile("^回复")).first.click()
    form = mine.locator("form.write")
    expect(form.locator("textarea")).to_be_focused()
    form.locator("textarea").fill(replied)
    window.press("发表", within=form)
    answer = page.locator("article.comment article.comment", has_text=replied)
    expect(answer).to_be_focused()
    answer.locator("a.when").click()
    expect(page.locator("article.comment article.comment", has_text=replied)).to_be_visible()
    window.inspect("thread")
    page.get_by_role("link", name="从最新的评论看起").click()
    shown = page.locator("article.comment").count()
    page.locator("a[rel=next]").click()
    page.wait_for_function("(n) => document.querySelectorAll('article.comment').length > n", arg=shown)
    window.inspect("discussion")


def _work_through_the_tool(window: Window) -> None:
    """One patient, as far as is known; the answer names options by strength and says what to test next."""
    page = window.page
    page.get_by_role("link", name="回到文章").click()
    page.locator(".tool-slot").scroll_into_view_if_needed()
    expect(page.locator(".tool-slot form[data-strategy]")).to_be_visible()
    window.inspect("article-with-tool")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="策略").click()
    window.inspect("tool")
    for fold in page.locator("details.step").all():
        if not fold.evaluate("(fold) => fold.open"):
            fold.locator("summary").first.click()
    for question in page.locator("[data-question]").all()[:4]:
        question.locator("input").first.check()
    page.wait_for_load_state("networkidle")  # the tool answers as one goes
    window.inspect("tool-filled")
    page.locator("form[data-strategy] button").last.click()
    expect(page.locator("[data-status]").first).to_be_visible()
    assert page.locator("[data-option]").count() or page.locator("[data-status=blocked]").count()
    assert "=" not in window.path, "what a reader enters never stands in an address"
    window.inspect("tool-answered")


def _look_back(window: Window) -> None:
    """我的: the consents, and who looked at the files."""
    window.page.get_by_role("navigation", name="主导航").get_by_role("link", name="我的").click()
    assert "审核员甲" in window.words()
    window.inspect("me")
