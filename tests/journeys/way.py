"""The way through the gate and over the desk, step by step, with a script or without one."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.journeys.people import answer, as_file, photograph
from tests.journeys.window import Window

BODY = Path(__file__).resolve().parents[2] / "articles/data/alk-pretreated-strategy/body.html"
LICENCE, POST = "执业证书·信息页（手机拍照）.jpg", "在职证明 第2页.jpg"
NO_PICTURE = "不是照片.jpg"


def wanted_block() -> str:
    """A paragraph in the middle of the article, as somebody's link to it would name it."""
    match = re.search(r'<h3 id="(b-[a-z2-7]{8})" data-section="sec-2-2"', BODY.read_text(encoding="utf-8"))
    assert match
    return match[1]


def arrive(window: Window, demo: dict[str, Any]) -> str:
    """The landing, then a link to one paragraph of the article; returns the address wanted."""
    window.open("/")
    window.inspect("home")
    window.page.get_by_role("link", name=re.compile("ALK")).first.click()
    window.inspect("landing")
    wanted = f"{demo['article_url']}?at={wanted_block()}"
    window.open(wanted)
    assert window.path.startswith("/accounts/login/?next=")
    window.inspect("sign-in")
    window.press("注册")
    return wanted


def through_the_gate(window: Window, demo: dict[str, Any]) -> None:
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
    if window.has_script:
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


def upload(window: Window) -> None:
    """One file that is refused with a reason, one that is kept; then the case is sent."""
    window.inspect("evidence")
    give(window, NO_PICTURE, b"<html>no picture</html>")
    expect(window.page.locator("[data-refusal]")).to_contain_text(NO_PICTURE)
    give(window, LICENCE, photograph())
    expect(window.page.locator("[data-upload-region]")).to_contain_text("1 / 5")
    expect(window.page.locator("[data-upload-region]")).to_contain_text(LICENCE)
    window.inspect("evidence-kept")
    window.press("提交审核")


def give(window: Window, name: str, content: bytes) -> None:
    """Choose a file, and send it."""
    window.page.locator("input[name=files]").set_input_files([as_file(name, content)])
    window.press("上传这 1 个文件" if window.has_script else "上传所选文件")


def waiting_case(window: Window) -> str:
    """The pending page; returns the case's number."""
    assert window.step == "pending"
    assert "工作人员正在审核中，请您耐心等待" in window.words()
    window.inspect("pending")
    match = re.search(r"案件编号 (\S+?)。", window.words())
    assert match
    return match[1]


def open_case(window: Window, case: str, *, look: bool = False) -> None:
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


def reject(window: Window, case: str, *, look: bool = False) -> None:
    open_case(window, case, look=look)
    if look:
        window.inspect("decide")
    window.page.locator("[name=reasons][value=LICENCE_UNREADABLE]").check()
    window.page.locator("[name=message]").fill("编码末四位被反光挡住了，请重拍一张。")
    window.page.locator("button[value=reject]").click()
    expect(window.page.locator("body")).to_contain_text("已通知申请人")
    if look:
        window.inspect("decided")


def approve(window: Window, case: str) -> None:
    open_case(window, case, look=False)
    window.page.locator("button[value=approve]").click()
    expect(window.page.locator("body")).to_contain_text("已通知申请人")


def turns_to(window: Window, step: str) -> None:
    """The waiting page goes on by itself: within two seconds of the decision, or with its next refresh."""
    began, patience = time.monotonic(), 2 if window.has_script else 12
    window.page.wait_for_selector(f"main[data-step={step}]", timeout=20000)
    took = time.monotonic() - began
    assert took < patience + 0.5, f"the page turned after {took:.1f} s"


def mend(window: Window) -> None:
    """重新提交: what failed is marked, the rest is kept."""
    page = window.page
    assert "编码末四位被反光挡住了" in window.words()
    window.press("重新提交")
    assert window.step == "evidence"
    expect(page.locator("li.file.bad")).to_contain_text(LICENCE)
    window.inspect("evidence-again")
    page.locator("li.file.bad button").first.click()
    give(window, POST, photograph("POST"))
    expect(page.locator("[data-upload-region]")).to_contain_text(POST)
    window.press("提交审核")
    assert window.step == "pending"


def pass_on(window: Window, wanted: str, *, look: str = "article") -> None:
    """Counts down, then the page first wanted, at its place."""
    page = window.page
    assert "您已通过HCP身份认证和信息审核" in window.words().replace("\n", "")
    page.wait_for_url(f"**{wanted}**", timeout=12000)
    assert window.path == wanted
    assert window.step == "open"
    window.inspect(look)
