"""By keyboard alone: the newcomer's way and the reader's. The reviewer's is test_case_by_keys, then test_desk_by_keys.

How a page is used does not depend on the database, so the second pass leaves this module out.
"""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys import way
from tests.journeys.keys import Keys
from tests.journeys.people import as_file, photograph, somebody


def test_a_newcomer_comes_to_the_article_and_withdraws_without_a_mouse(make_window, window_of, portal, demo):
    person, window = somebody("keys"), make_window()
    keys = Keys(window)
    window.open("/")
    keys.circle()
    keys.go(window.page.locator("main").get_by_role("link", name=re.compile("ALK")).first)
    keys.circle()
    window.open(demo["article_url"])
    keys.circle()
    keys.go("注册")
    _sign_up(keys, portal, person)
    _through_the_gate(keys, demo)
    _upload(keys)

    case = way.waiting_case(window)
    keys.circle()
    way.approve(window_of("reviewer2"), case)
    window.page.wait_for_selector("main[data-step=passed]")
    keys.hears("需要时间可以停下")
    keys.go("立即进入")
    assert window.path.startswith(demo["article_url"])
    assert window.step == "open"
    _withdraw(keys)


def _sign_up(keys: Keys, portal, person) -> None:
    page = keys.page
    keys.circle()
    keys.write(page.get_by_label("邮箱"), "nobody")
    keys.enter()
    keys.is_told("email")
    keys.write(page.get_by_label("邮箱"), person.email)
    keys.write(page.get_by_label("密码", exact=True), person.password)
    keys.choose(page.locator("input[name=terms]"))
    keys.go("注册")
    page.locator("input[name=code]").wait_for()
    keys.circle()
    code = portal.code_for(person.email)
    keys.write(page.locator("input[name=code]"), "ZZZ-ZZZ")
    keys.enter()
    keys.is_told("code")
    keys.write(page.locator("input[name=code]"), code)
    keys.enter()
    page.wait_for_selector("main[data-step=agreement]")


def _through_the_gate(keys: Keys, demo) -> None:
    page, answers = keys.page, dict(demo["profile_answers"])
    for step in ("agreement", "informed-consent"):
        page.wait_for_selector(f"main[data-step={step}]")
        keys.circle()
        keys.go("同意")
    page.wait_for_selector("main[data-step=profile]")
    keys.circle()
    keys.answer(answers | {"licence_number": "12"})
    keys.go("确定")
    keys.is_told("licence_number")
    keys.write(page.locator("[name=licence_number]"), answers["licence_number"])
    keys.go("确定")
    page.wait_for_selector("main[data-step=survey]")
    keys.circle()
    keys.answer(answers)
    keys.go("确定")


def _upload(keys: Keys) -> None:
    page = keys.page
    page.wait_for_selector("main[data-step=evidence]")
    keys.circle()
    chosen = page.locator("input[name=files]")
    keys.to(chosen)
    chosen.set_input_files([as_file(way.LICENCE, photograph(size=(900, 1200)))])
    keys.keeps_place()
    keys.circle()
    keys.press(keys.button("上传这 1 个文件"))
    region = page.locator("[data-upload-region]")
    expect(region).to_contain_text("1 / 5")
    keys.hears(way.LICENCE)
    keys.keeps_place()
    keys.circle()
    keys.go("提交审核")


def test_a_reader_talks_asks_the_tool_and_changes_the_language_without_a_mouse(window_of, demo, unique):
    window = window_of("doctor")
    keys = Keys(window)
    window.open(demo["article_url"])
    keys.circle()
    _talk(keys, unique)
    _ask_the_tool(keys, demo)
    _switch_language(keys)


def _talk(keys: Keys, unique: str) -> None:
    page, said, replied = keys.page, f"没有鼠标也能写（{unique}）。", f"也能回复（{unique}）。"
    form = page.locator("#talk form.write").first
    keys.to(form.locator("textarea"))
    keys.press(form.get_by_role("button", name="发表"))
    expect(form.locator("[data-error-summary]")).to_be_focused()
    expect(form.locator("textarea")).to_have_attribute("aria-invalid", "true")
    keys.write(form.locator("textarea"), said)
    keys.press(form.get_by_role("button", name="发表"))
    mine = page.locator("article.comment", has_text=said).first
    expect(mine).to_be_focused()
    keys.press(mine.get_by_role("link", name=re.compile("^回复")).first)
    answer = mine.locator("form.write")
    expect(answer.locator("textarea")).to_be_focused()
    keys.press(answer.get_by_role("link", name="不回复了"))
    expect(answer).to_have_count(0)
    keys.keeps_place()
    keys.press(mine.get_by_role("link", name=re.compile("^回复")).first)
    keys.write(answer.locator("textarea"), replied)
    keys.press(answer.get_by_role("button", name="发表"))
    expect(page.locator("article.comment article.comment", has_text=replied)).to_be_focused()


def _ask_the_tool(keys: Keys, demo) -> None:
    page = keys.page
    nav = page.get_by_role("navigation", name="主导航")
    keys.skip()
    keys.go(nav.get_by_role("link", name="策略"), back=True)
    keys.circle()
    keys.choose(page.locator("#i-disease_state-progressed"))
    expect(page.locator("[data-status]")).to_have_attribute("data-status", "needs_data")
    keys.keeps_place()
    expect(page.locator("#i-disease_state-progressed")).to_be_focused()
    send = page.locator("form[data-strategy] button[type=submit], form[data-strategy] button:not([type])").last
    keys.press(send)
    expect(page.locator("#strategy-result")).to_be_focused()
    keys.press(page.locator(".examples summary"), back=True)
    keys.press(page.get_by_role("button", name=re.compile("癫痫")))
    expect(page.locator("[data-status]")).to_have_attribute("data-status", "ok")
    expect(page.locator("[data-turn]").first).to_be_attached()  # the second part comes by itself
    keys.keeps_place()
    keys.circle()
    _read_the_source(keys)


def _read_the_source(keys: Keys) -> None:
    """From an answer to the sentence of the article it rests on, and back to the answer."""
    page = keys.page
    card = page.locator("[data-option]", has=page.locator("details.why")).first
    keys.press(card.locator("details.why > summary"))
    expect(card.locator("details.why")).to_have_attribute("open", "")
    cited = card.locator("details.why a[href*='/articles/']").first
    keys.go(cited)
    assert "/articles/" in keys.window.path
    expect(page.locator(":target")).to_be_in_viewport()
    keys.page.keyboard.press("Tab")
    page.go_back()
    page.wait_for_url("**/strategy/**")


def _switch_language(keys: Keys) -> None:
    page = keys.page
    keys.go(page.get_by_role("button", name="English"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    keys.go(page.get_by_role("button", name="简体中文"))
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def _withdraw(keys: Keys) -> None:
    page = keys.page
    keys.window.open("/me/")
    keys.circle()
    first = page.locator("details.confirm", has_text="撤回同意").last
    keys.press(first.locator("summary"))
    expect(first).to_have_attribute("open", "")
    keys.go(first.get_by_role("button", name="确认撤回"))
    expect(page.locator("main")).to_contain_text("已撤回")
    keys.circle()
