"""The whole way of a newcomer, in both sizes, with the reviewers in windows of their own."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.journeys.people import Person, answer, as_file, photograph, sign_up
from tests.journeys.served import JourneyPortal
from tests.journeys.window import Size, Window

STORY = "a"
BODY = Path(__file__).resolve().parents[2] / "articles/data/alk-pretreated-strategy/body.html"
LICENCE, POST = "执业证书·信息页（手机拍照）.jpg", "在职证明 第2页.jpg"
TOO_BLIND = "不是照片.jpg"
PATIENCE_MS = 2000


def test_from_the_first_visit_to_the_tool(
    make_window: Callable[..., Window],
    window_of: Callable[..., Window],
    portal: JourneyPortal,
    demo: dict[str, Any],
    size: Size,
    unique: str,
) -> None:
    person = Person(f"clinician-{unique}@example.org", f"Kestrel-{unique}-lantern")
    window = make_window(size)
    reviewers = [window_of("reviewer", size), window_of("reviewer2", size)]
    block = _arrive(window, demo)
    sign_up(window, portal, person, look=True)
    _gate(window, demo)
    _upload(window)
    case = _wait(window)

    _reject(reviewers[0], case)
    _turns_to(window, "rejected")
    window.inspect("rejected")
    _mend(window)
    _approve(reviewers[1], case)
    _turns_to(window, "passed")
    _pass(window, demo, block)
    _talk(window, unique)
    _work_through_the_tool(window)
    _look_back(window)


def wanted_block() -> str:
    """A paragraph in the middle of the article, as somebody's link to it would name it."""
    match = re.search(r'<h3 id="(b-[a-z2-7]{8})" data-section="sec-2-2"', BODY.read_text(encoding="utf-8"))
    assert match
    return match[1]


def _arrive(window: Window, demo: dict[str, Any]) -> str:
    """The landing, then a link to one paragraph of the article; returns the paragraph wanted."""
    window.open("/")
    window.inspect("home")
    window.page.get_by_role("link", name=re.compile("ALK")).first.click()
    window.inspect("landing")
    block = wanted_block()
    window.open(f"{demo['article_url']}?at={block}")
    assert window.path.startswith("/accounts/login/?next=")
    window.inspect("sign-in")
    window.press("注册")
    return block


def _gate(window: Window, demo: dict[str, Any]) -> None:
    """Agreement, informed consent, 完善信息 with an error first, 收集问题."""
    page, answers = window.page, dict(demo["profile_answers"])
    assert window.step == "agreement"
    window.inspect("agreement")
    window.press("同意")
    assert window.step == "informed-consent"
    window.inspect("informed-consent")
    window.press("同意")
    assert window.step == "profile"
    window.inspect("profile")
    wrong = answers | {"licence_number": "12"}
    answer(window, wrong)
    window.press("确定")
    assert window.step == "profile"
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert page.locator("[name=name]").input_value() == answers["name"]
    window.inspect("profile-wrong")
    page.locator("[name=licence_number]").fill(answers["licence_number"])
    window.press("确定")
    assert window.step == "survey"
    window.inspect("survey")
    answer(window, answers)
    window.press("确定")
    assert window.step == "evidence"


def _upload(window: Window) -> None:
    """One file that is refused with a reason, one that is kept; then the case is sent."""
    page = window.page
    window.inspect("evidence")
    page.locator("input[name=files]").set_input_files([as_file(TOO_BLIND, b"<html>no picture</html>")])
    expect(page.locator("[data-refusal]")).to_contain_text(TOO_BLIND)
    page.locator("input[name=files]").set_input_files([as_file(LICENCE, photograph())])
    expect(page.locator("[data-upload-region]")).to_contain_text(LICENCE)
    expect(page.locator("[data-upload-region]")).to_contain_text("1 / 5")
    window.inspect("evidence-kept")
    window.press("提交审核")


def _wait(window: Window) -> str:
    """The pending page; returns the case's number."""
    assert window.step == "pending"
    assert "工作人员正在审核中，请您耐心等待" in window.words()
    window.inspect("pending")
    match = re.search(r"案件编号 (\S+?)。", window.words())
    assert match
    return match[1]


def _open_case(window: Window, case: str, *, look: bool) -> None:
    """From the desk's first page to the case, claimed."""
    window.open("/admin/")
    if look:
        window.inspect("desk")
    window.open("/admin/accounts/verification/")
    if look:
        window.inspect("queue")
    window.press(case)
    if look:
        window.inspect("case-closed")
    window.page.get_by_role("button", name=re.compile("^领取( C)?$")).click()
    picture = window.page.locator("figure.paper img").first
    expect(picture).to_be_visible()
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)")


def _reject(window: Window, case: str) -> None:
    _open_case(window, case, look=True)
    window.inspect("decide")
    window.page.locator("[name=reasons][value=LICENCE_UNREADABLE]").check()
    window.page.locator("[name=message]").fill("编码末四位被反光挡住了，请重拍一张。")
    window.page.locator("button[value=reject]").click()
    expect(window.page.locator("body")).to_contain_text("已通知申请人")
    window.inspect("decided")


def _approve(window: Window, case: str) -> None:
    _open_case(window, case, look=False)
    window.inspect("decide-again")
    window.page.locator("button[value=approve]").click()
    expect(window.page.locator("body")).to_contain_text("已通知申请人")


def _turns_to(window: Window, step: str) -> None:
    """The waiting page goes on by itself, within two seconds of the decision."""
    began = time.monotonic()
    window.page.wait_for_selector(f"main[data-step={step}]", timeout=PATIENCE_MS + 8000)
    assert (time.monotonic() - began) * 1000 < PATIENCE_MS + 500, "the page turned too late"


def _mend(window: Window) -> None:
    """重新提交: what failed is marked, the rest is kept."""
    page = window.page
    assert "编码末四位被反光挡住了" in window.words()
    window.press("重新提交")
    assert window.step == "evidence"
    expect(page.locator("li.file.bad")).to_contain_text(LICENCE)
    window.inspect("evidence-again")
    page.locator("li.file.bad button").first.click()
    page.locator("input[name=files]").set_input_files([as_file(POST, photograph("POST"))])
    expect(page.locator("[data-upload-region]")).to_contain_text(POST)
    window.press("提交审核")
    assert window.step == "pending"


def _pass(window: Window, demo: dict[str, Any], block: str) -> None:
    """Counts down, then the page first wanted, at its place."""
    page = window.page
    assert "您已通过HCP身份认证和信息审核" in window.words().replace("\n", "")
    ring = page.locator("[data-ring-text]")
    first = ring.text_content()
    window.inspect("passed")
    page.wait_for_url(f"**{demo['article_url']}**", timeout=9000)
    assert str(first).startswith(("5", "4"))
    assert window.path == f"{demo['article_url']}?at={block}"
    assert window.step == "open"
    window.inspect("article")


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
    window.inspect("article-with-tool", picture=False)
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="策略").click()
    window.inspect("tool")
    for fold in page.locator("details.step").all():
        if not fold.evaluate("(fold) => fold.open"):
            fold.locator("summary").first.click()
    for question in page.locator("[data-question]").all()[:4]:
        question.locator("input").first.check()
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
