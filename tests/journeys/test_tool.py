"""The tool as a clinician uses it: from the article in two taps, every question, answers as one goes, two scenarios."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.window import PHONE, Size, Window
from tests.strategy.cases import CASES, DATA

PATIENT = CASES["v02"]
# What has the focus and stands under the line at the bottom or the list of parts; null: it can be seen.
COVERED = """() => {
  const at = document.activeElement, seen = (at.closest("label, fieldset") || at).getBoundingClientRect();
  const within = (box) => seen.top >= box.top && seen.bottom <= box.bottom;
  for (const bar of document.querySelectorAll(".dock, .parts")) {
    const box = bar.getBoundingClientRect();
    const over = box.left < seen.right && box.right > seen.left;
    if (!bar.contains(at) && over && within(box)) return at.outerHTML.slice(0, 200);
  }
  return null;
}"""


def open_folds(window: Window) -> None:
    for fold in window.page.locator("[data-step-fold], [data-rest]:not([hidden])").all():
        if not fold.evaluate("(fold) => fold.open"):
            fold.locator("summary").first.click()


def answer_all(window: Window, patient: dict[str, Any]) -> None:
    """Every question of the rule set, one after the other, as a finger does it."""
    for item in DATA["inputs"]:
        values = patient.get(item["key"], "unknown")
        for value in [values] if isinstance(values, str) else values:
            window.page.locator(f"label[for=i-{item['key']}-{value}]").click()


def test_a_patient_from_the_article_to_the_answer(window_of, demo, size: Size):
    window = window_of("doctor", size)
    page = window.page
    window.open(demo["article_url"])
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="策略").click()  # the first tap
    page.locator("label[for=i-disease_state-progressed]").click()  # the second: already answered
    expect(page.locator("[data-status]")).to_have_attribute("data-status", "needs_data")
    expect(page.locator("#i-disease_state-progressed")).to_be_focused()
    expect(page.locator("[data-dock]")).to_contain_text("关键信息不足")

    open_folds(window)
    answer_all(window, PATIENT)
    expect(page.locator(".dock [data-answered]")).to_have_text("24")
    page.locator("form[data-strategy] button").last.click()
    expect(page.locator("#strategy-result")).to_be_focused()
    expect(page.locator("[data-option=tki_lorlatinib]")).to_have_attribute("data-strength", "preferred")
    expect(page.locator("[data-turn]").first).to_be_attached()  # the second part comes by itself
    assert "=" not in window.path
    assert "?" not in page.url
    window.inspect("tool-all-answered")

    page.get_by_role("button", name="以此为甲").click()
    expect(page.locator("[data-comparison]")).to_contain_text("甲、乙目前相同")
    open_folds(window)
    page.locator("label[for=i-epilepsy-yes]").click()
    expect(page.locator("[data-comparison]")).to_contain_text("可考虑")
    expect(page.locator("[data-option=tki_lorlatinib]")).to_have_attribute("data-strength", "consider")
    window.inspect("tool-compared")


def test_an_exclusive_choice_never_stands_beside_another(window_of, demo):
    window = window_of("doctor")
    window.open(demo["strategy_url"])
    page = window.page
    for value in ("G1202R", "L1196M", "none_detected"):
        page.locator(f"label[for=i-alk_mutation-{value}]").click()

    assert page.locator("[name=alk_mutation]:checked").evaluate_all("(all) => all.map((i) => i.value)") == [
        "none_detected"
    ]
    assert page.locator("[data-status=blocked]").count() == 0


def test_the_longest_names_fit_a_phone(window_of, demo):
    window = window_of("doctor", PHONE)
    window.open(demo["strategy_url"])
    open_folds(window)
    page = window.page
    for place in ("disease_state-progressed", "last_tki-alectinib", "bypass-met_amp", "bypass-other_bypass"):
        page.locator(f"label[for=i-{place}]").click()
    page.locator("form[data-strategy] button").last.click()
    expect(page.locator(".bullets a[href='#o-tki_plus_met']")).to_be_visible()
    expect(page.locator("[data-turn]").first).to_be_attached()

    window.inspect("tool-long-names")


@pytest.mark.parametrize("has_script", [True, False])
def test_a_contradiction_is_corrected_at_its_question(window_of, demo, has_script):
    window = window_of("doctor", java_script_enabled=has_script)
    window.open(demo["strategy_url"])
    page = window.page
    page.locator("label[for=i-disease_state-tki_naive]").click()
    open_step = page.locator("[data-step-fold]").nth(1)
    open_step.locator("summary").first.click()
    page.locator("label[for=i-last_tki-alectinib]").click()
    page.locator("form[data-strategy] button").last.click()

    expect(page.locator("[data-status]")).to_have_attribute("data-status", "blocked")
    expect(page.locator("[data-option]")).to_have_count(0)
    assert page.locator("#i-last_tki-alectinib").is_checked(), "what was entered is kept"
    link = page.locator("a[data-correct=last_tki]").first
    link.click()
    expect(page.locator("#q-last_tki")).to_be_in_viewport()
    window.inspect("tool-blocked")


def test_an_example_and_what_would_change_it_without_a_script(window_of, demo, size: Size):
    window = window_of("doctor", size, java_script_enabled=False)
    window.open(demo["strategy_url"])
    page = window.page
    page.locator(".examples summary").click()
    page.get_by_role("button", name=re.compile("癫痫")).click()
    expect(page.locator("[data-status]")).to_have_attribute("data-status", "ok")
    page.get_by_role("button", name="什么会改变结论").click()
    expect(page.locator("[data-turn]").first).to_be_attached()
    expect(page.locator("#i-epilepsy-yes")).to_be_checked()
    window.inspect("tool-example")


def tick(window: Window, *places: str) -> None:
    for place in places:
        window.page.locator(f"label[for=i-{place}]").click()


def test_a_lost_connection_or_a_session_that_ended_loses_nothing_entered(window_of, demo):
    window = window_of("doctor", PHONE)
    window.open(demo["strategy_url"])
    page, problem = window.page, window.page.locator("[data-problem]")
    tick(window, "disease_state-progressed")
    expect(page.locator("#live")).to_have_text(re.compile("^结果：关键信息不足.*先补 5 项。$"))

    page.route("**/strategy/**", lambda route: route.fulfill(status=503, body=""))
    tick(window, "progression_pattern-widespread")
    expect(problem).to_contain_text("服务暂时不可用，结果未更新")
    expect(page.locator("#strategy-answer")).to_have_class("outdated")
    expect(page.locator("#i-progression_pattern-widespread")).to_be_focused()
    page.unroute("**/strategy/**")
    page.locator("[data-retry]").click()
    expect(problem).to_be_hidden()
    expect(page.locator(".given")).to_contain_text("广泛进展")

    page.context.clear_cookies(name="sessionid")
    tick(window, "lesion_count-four_plus")
    expect(problem).to_contain_text("登录已失效")
    expect(page.locator("[data-login]")).to_be_visible()
    assert page.locator("#i-lesion_count-four_plus").is_checked()
    assert all("503" in trouble or "htmx:" in trouble for trouble in window.troubles), window.troubles
    window.troubles.clear()


def test_an_older_answer_never_takes_the_place_of_a_newer_one(window_of, demo):
    window = window_of("doctor")
    window.open(demo["strategy_url"])
    page, held = window.page, []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/strategy/**", hold_the_first)
    tick(window, "disease_state-progressed")
    expect(page.locator("[data-dock]")).to_have_text("正在计算…")
    tick(window, "disease_state-tki_naive")
    expect(page.locator(".given")).to_contain_text("尚未用过 ALK-TKI")
    expect(page.locator("#strategy-answer")).not_to_have_attribute("aria-busy", "true")
    assert held[0].request.failure, "the older request was given up"
    assert all("htmx:" in trouble for trouble in window.troubles), window.troubles  # it says what it gave up
    window.troubles.clear()


def test_neither_bar_ever_covers_what_has_the_focus(window_of, demo, size: Size):
    window = window_of("doctor", size)
    window.open(demo["strategy_url"])
    page = window.page
    tick(window, "disease_state-progressed")
    expect(page.locator(".parts")).to_be_visible()
    page.locator("#strategy-result").focus()
    for _ in range(45):
        page.keyboard.press("Tab")
        covered = page.evaluate(COVERED)
        assert covered is None, covered


def test_the_answer_as_text_is_marked_where_the_clipboard_is_forbidden(window_of, demo):
    window = window_of("doctor", PHONE)
    window.page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    window.open(demo["strategy_url"])
    page = window.page
    tick(window, "disease_state-progressed")
    page.get_by_role("button", name="复制为文本").click()

    expect(page.locator("[data-copy]")).to_have_text(re.compile("^(已复制|已选中)"))
    chosen = page.evaluate("document.activeElement.value.slice(0, document.activeElement.selectionEnd)")
    assert "草稿，未经临床审核" in chosen
    assert "规则集第 1 版" in chosen
