"""The body's editor and the discussion in a real browser: what the article hangs on survives the hands of an editor."""

from __future__ import annotations

from collections import Counter

import pytest

from articles.body import parse
from articles.differences import compare
from tests.journeys.window import DESK, PHONE


def marks(body: str) -> Counter[tuple[str, str]]:
    return Counter(item for node in parse(body).iter() for item in node.attrib.items())


@pytest.fixture
def drafting(window_of, demo):
    """A draft of the demo's article, open in the editor. editor2's own: it stays a draft."""
    window = window_of("editor2", DESK)
    page = window.page
    page.goto(window.base_url + "/admin/articles/article/")
    page.locator("#result_list tbody th a", has_text="ALK 阳性").click()
    page.get_by_role("button", name="起草新版").click()
    page.locator(".ProseMirror").wait_for()
    return window


def test_typing_in_the_editor_changes_the_sentence_and_loses_no_id_fact_or_section(drafting):
    page = drafting.page
    field = page.locator("#id_body")
    before = field.input_value()

    page.locator(".ProseMirror p").nth(1).click()
    page.keyboard.press("End")
    page.keyboard.type("在浏览器里添的一句。")
    page.get_by_label("改动说明").fill("添一句")
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_text("草稿已保存").wait_for()
    page.locator(".ProseMirror").wait_for()
    after = field.input_value()
    comparison = compare(before, after)

    assert "在浏览器里添的一句。" in after
    assert marks(before) == marks(after)
    assert [change.kind for change in comparison.changes] == ["changed"]
    assert (comparison.facts_lost, comparison.sections_lost) == ([], [])


def test_the_source_and_the_page_are_one_text(drafting):
    page = drafting.page
    page.get_by_role("button", name="源码").click()
    field = page.locator("#id_body")
    field.fill(field.input_value() + "\n<p>从源码添的一段。</p>")
    page.get_by_role("button", name="所见即所得").click()

    assert page.locator(".ProseMirror").get_by_text("从源码添的一段。").is_visible()
    page.get_by_role("button", name="预览").click()
    page.locator("#preview").get_by_text("从源码添的一段。").wait_for()
    assert page.locator("#preview aside.ed").count() > 0


def test_all_comments_come_by_the_button_and_an_answer_stands_in_its_thread(window_of, demo):
    window = window_of("doctor", PHONE)
    page = window.page
    page.goto(window.base_url + demo["article_url"])
    count = int(page.locator("[data-comment-count]").get_attribute("data-comment-count") or 0)
    comments, more = page.locator("[data-comment]"), page.locator("a[rel=next]")
    while more.count():
        seen = comments.count()
        more.click()
        comments.nth(seen).wait_for()

    assert comments.count() == count >= 200
    first = comments.first
    public_id = first.get_attribute("data-comment")
    first.get_by_role("link", name="回复").first.click()
    page.locator("textarea[data-focus]:focus").wait_for()  # what is typed before the field has the caret is lost
    page.keyboard.type("在浏览器里写的回复")
    page.locator("form.write", has=page.locator("textarea[data-focus]")).get_by_role("button", name="发表").click()
    answer = page.locator("[data-comment] [data-comment]", has_text="在浏览器里写的回复")
    answer.wait_for()
    answer.locator("a.when").click()
    page.wait_for_url("**thread=**")

    page.get_by_text("在浏览器里写的回复").wait_for()
    assert page.locator("[data-comment]").first.get_attribute("data-comment") == public_id
