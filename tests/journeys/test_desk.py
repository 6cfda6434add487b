"""At the desk: two reviewers on one case, and an editor's change on its way to a reader."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys import way
from tests.journeys.window import PHONE, Window

ADDED = "（编辑部注：此句为本次修订所加。）"


def test_two_reviewers_decide_one_case_and_one_of_them_wins(window_of, demo):
    slow, fast, other_tab = window_of("reviewer"), window_of("reviewer2"), window_of("reviewer")
    slow.open("/admin/accounts/verification/?status=PENDING")
    case = slow.page.locator("table.cases tbody th a").first.inner_text()
    way.open_case(slow, case)
    slow.page.locator("[name=message]").fill("这句话不该丢。")

    fast.open("/admin/accounts/verification/")
    fast.press(case)
    assert "审核员甲 正在处理" in fast.words()
    fast.inspect("case-held")
    other_tab.open("/admin/accounts/verification/")
    other_tab.press(case)
    other_tab.page.get_by_role("button", name=re.compile("^放回队列")).click()
    way.approve(fast, case)

    slow.page.locator("[name=reasons][value=LICENCE_UNREADABLE]").check()
    with slow.page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        slow.page.locator("button[value=reject]").click()
    assert answered.value.status == 409
    assert "审核员乙 已先处理" in slow.words()
    assert "这句话不该丢。" in slow.page.locator("#typed").input_value()
    slow.inspect("lost")


def test_an_editors_change_goes_over_another_editor_to_the_reader(window_of, demo):
    reader, editor, second = window_of("doctor", PHONE), window_of("editor"), window_of("editor2")
    reader.open(demo["article_url"])
    assert ADDED not in reader.words()

    _draft(editor)
    editor.inspect("draft")
    _write(editor)
    editor.inspect("submitted")
    assert not editor.page.get_by_role("button", name="批准并发布").count(), "nobody publishes their own"

    second.open("/admin/articles/revision/?status__exact=IN_REVIEW")
    second.page.locator("#result_list tbody th a").first.click()
    expect(second.page.locator("main")).to_contain_text(ADDED)
    second.inspect("review")
    second.press("批准并发布")
    expect(second.page.locator("body")).to_contain_text("已发布")

    reader.page.reload()
    assert ADDED in reader.words()
    reader.page.locator("a.badge", has_text="第 2 版").click()
    reader.inspect("history")
    reader.page.get_by_role("link", name="第 1 版").click()
    assert ADDED not in reader.words()
    reader.inspect("old-revision")


def _draft(window: Window) -> None:
    window.open("/admin/articles/article/")
    window.inspect("articles")
    window.page.locator("#result_list tbody th a", has_text="ALK 阳性").click()
    window.inspect("article-desk")
    window.page.locator("main button", has_text="起草新版").click()
    window.page.locator(".ProseMirror").wait_for()


def _write(window: Window) -> None:
    page = window.page
    page.locator(".ProseMirror p").nth(1).click()
    page.keyboard.press("End")
    page.keyboard.type(ADDED)
    page.get_by_label("改动说明").fill("补一句说明")
    window.press("保存草稿")
    expect(page.locator("body")).to_contain_text("草稿已保存")
    window.press("提交审阅")
    expect(page.locator("body")).to_contain_text("已提交，等另一位编辑审阅")
