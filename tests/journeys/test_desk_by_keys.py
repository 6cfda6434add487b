"""An editor's change by keyboard alone, from the draft to its publication by another editor.

How the desk is used does not depend on the database, so the second pass leaves this module out. It publishes one more
version of the article, so it comes after test_desk.
"""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.keys import Keys

STORY = "dk"


def test_an_editors_change_is_written_and_published_without_a_mouse(window_of, unique):
    editor, second = window_of("editor"), window_of("editor2")
    keys, page, added = Keys(editor), editor.page, f"（编辑部注：{unique}。）"
    editor.open("/admin/articles/article/")
    keys.circle()
    keys.go(page.locator("#result_list tbody th a", has_text="ALK 阳性"))
    keys.circle()
    keys.go(page.locator("main button", has_text="起草新版"))
    text = page.locator(".ProseMirror")
    text.wait_for()
    keys.to(text)
    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    page.keyboard.type(added)
    keys.write(page.get_by_label("改动说明"), "补一句说明")
    keys.go("保存草稿")
    expect(page.locator("body")).to_contain_text("草稿已保存")
    keys.go("提交审阅")
    expect(page.locator("body")).to_contain_text("已提交，等另一位编辑审阅")

    keys, page = Keys(second), second.page
    second.open("/admin/articles/revision/?status__exact=IN_REVIEW")
    keys.circle()
    keys.go(page.locator("#result_list tbody th a"))
    expect(page.locator("main")).to_contain_text(added)
    keys.circle()
    keys.go("批准并发布")
    expect(page.locator("body")).to_contain_text("已发布")
