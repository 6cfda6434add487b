"""At the desk by keyboard alone; a hold that is kept, lost, and never costs what was typed."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.window import Window

QUEUE = "/admin/accounts/verification/"


def test_a_case_is_worked_on_without_a_mouse(window_of):
    window = window_of("reviewer")
    page = window.page
    _claim_by_keys(window)

    _look_at_evidence_by_keys(page)
    _check_by_keys(page)
    _write_by_keys(page)
    page.locator("h1").click()
    page.keyboard.press("Shift+Slash")
    expect(page.locator("details.keys")).to_have_attribute("open", "")
    window.inspect("keys")

    page.locator("h1").click()
    page.keyboard.press("a")
    expect(page.locator("button[value=approve]")).to_be_focused()
    page.keyboard.press("l")
    expect(page.locator("body")).to_contain_text("已放回队列")


def test_single_keys_can_be_switched_off_and_stay_off(window_of):
    window = window_of("reviewer")
    page = window.page
    window.open(QUEUE)
    window.press("停用单键快捷键")
    page.reload()

    page.locator("h1").click()
    page.keyboard.press("j")

    expect(page.locator("[data-row]").first).not_to_be_focused()
    window.press("启用单键快捷键")
    page.locator("h1").click()
    page.keyboard.press("j")
    expect(page.locator("[data-row]").first).to_be_focused()


def test_a_hold_is_renewed_while_the_page_is_open_and_its_loss_says_who_has_the_case(window_of):
    mine, theirs = window_of("reviewer"), window_of("reviewer2")
    page = mine.page
    page.clock.install()
    _claim_by_keys(mine)
    lease = page.locator("[data-lease]")
    expect(lease).to_contain_text("由您处理，保留至")

    with page.expect_response("**/renew/") as renewed:
        page.clock.fast_forward("05:00")
    assert renewed.value.status == 200
    page.locator("#id_message").fill("这句话不该丢。")

    other_tab = window_of("reviewer")
    other_tab.open(page.url.removeprefix(mine.base_url))
    other_tab.page.locator("[data-key=l]").click()
    theirs.open(page.url.removeprefix(mine.base_url))
    theirs.page.locator("[data-key=c]").click()
    expect(theirs.page.locator("[data-lease]")).to_be_visible()
    page.clock.fast_forward("05:00")

    expect(lease).to_contain_text("您的领取已失效：审核员乙 正在处理")
    expect(page.locator("#id_message")).to_have_value("这句话不该丢。")
    expect(page.locator("#id_message")).to_be_editable()
    mine.inspect("hold-lost")
    theirs.page.locator("[data-key=l]").click()


def test_the_desk_works_without_a_script(window_of):
    window = window_of("reviewer", java_script_enabled=False)
    page = window.page
    window.open(QUEUE)
    page.locator("[data-row]").first.click()
    page.locator("button", has_text=re.compile("^领取")).last.click()
    assert not page.locator("kbd:visible").count(), "keys that do nothing are not shown"

    page.locator("#id_message").fill("您好。")
    page.locator("#id_canned").select_option(index=1)
    page.locator("[data-insert]").click()
    assert page.locator("#id_message").input_value().startswith("您好。\n请")
    page.locator("[name=check_name][value=MATCHES]").check()
    page.locator("button[name=do][value=note]").click()
    expect(page.locator("[data-noted=check_name]")).to_contain_text("核对")
    window.inspect("plain")

    page.locator("[data-bigger]").first.click()
    page.get_by_role("link", name=re.compile("^放大")).click()
    expect(page.locator("figure.zoom-2 img")).to_be_visible()
    page.get_by_role("link", name=re.compile("^回到案件")).click()
    page.locator("button", has_text=re.compile("^放回队列")).click()


def _claim_by_keys(window: Window) -> None:
    page = window.page
    window.open(QUEUE)
    page.keyboard.press("j")
    expect(page.locator("[data-row]").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/decide/")
    if page.locator("[data-key=c]").count():
        page.keyboard.press("c")
    expect(page.locator("[data-lease]")).to_be_visible()


def _look_at_evidence_by_keys(page: Page) -> None:
    paper = page.locator("[data-viewer=now] figure:not([hidden])")
    page.keyboard.press("t")
    page.keyboard.press("z")
    expect(paper).to_have_class(re.compile("turn-1 zoom-2"))
    page.keyboard.press("0")
    expect(paper).not_to_have_class(re.compile("turn|zoom"))


def _check_by_keys(page: Page) -> None:
    page.keyboard.press("k")
    expect(page.locator("[name=check_name]").first).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("[data-noted=check_name]")).to_contain_text("审核员甲 于")


def _write_by_keys(page: Page) -> None:
    box = page.locator("#id_message")
    page.keyboard.press("m")
    expect(box).to_be_focused()
    page.keyboard.type("a r l 1 q")
    expect(box).to_have_value("a r l 1 q")
    expect(page.locator("[data-digit='1']")).not_to_be_checked()
    page.locator("h1").click()
    page.keyboard.press("1")
    expect(page.locator("[data-digit='1']")).to_be_checked()
    page.keyboard.press("i")
    expect(page.locator("#id_canned")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.locator("[data-insert]").click()
    expect(box).to_have_value(re.compile("^a r l 1 q\n请"))
