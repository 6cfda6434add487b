"""Nothing given on the way is lost: photographs turned, cropped, kept, stored once; a form's words kept."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import CDPSession, expect

from tests.journeys.people import answer, as_file, sign_in, sign_up, somebody
from tests.journeys.served import JourneyPortal
from tests.journeys.window import PHONE, Window

RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 60), (30, 60, 200), (250, 250, 250)
FOUR = (RED, GREEN, BLUE, WHITE)
SENT, TURNED = "[data-upload-region]", 6  # EXIF: the picture is to be turned right by a quarter


def quarters(*, orientation: int = 1) -> bytes:
    """A picture of 800 x 600 pixels, one colour a quarter: red, green above; blue, white below."""
    image = Image.new("RGB", (800, 600))
    for colour, box in ((RED, (0, 0)), (GREEN, (400, 0)), (BLUE, (0, 300)), (WHITE, (400, 300))):
        image.paste(colour, (*box, box[0] + 400, box[1] + 300))
    exif, buffer = Image.Exif(), io.BytesIO()
    exif[0x0112] = orientation
    image.save(buffer, "JPEG", quality=95, exif=exif)
    return buffer.getvalue()


def stored(window: Window, name: str) -> Image.Image:
    """The file of this name as its owner gets it back."""
    address = window.page.locator(SENT).get_by_role("link", name=name).get_attribute("href")
    return Image.open(io.BytesIO(window.page.request.get(f"{window.base_url}{address}").body()))


def colours(image: Image.Image) -> list[tuple[int, int, int]]:
    """The colour of each quarter, as the nearest of the four: above left, above right, below left, below right."""
    found = []
    for x, y in ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)):
        pixel: Any = image.convert("RGB").getpixel((int(image.width * x), int(image.height * y)))
        apart = {colour: sum(abs(a - b) for a, b in zip(colour, pixel, strict=True)) for colour in FOUR}
        found.append(min(apart, key=lambda colour: apart[colour]))
    return found


@pytest.fixture
def asked(make_window: Any, portal: JourneyPortal, demo: dict[str, Any]) -> Window:
    """Somebody new on a phone, at 完善信息 with everything filled in."""
    made: Window = make_window(PHONE)
    made.person = somebody("camera")  # type: ignore[attr-defined]
    made.open(f"/accounts/signup/?next=/zones/{demo['zone']}/gate/")
    sign_up(made, portal, made.person)  # type: ignore[attr-defined]
    made.page.wait_for_selector("main[data-step=agreement]")
    made.press("同意")
    made.page.wait_for_selector("main[data-step=informed-consent]")
    made.press("不同意并跳过")
    made.page.wait_for_selector("main[data-step=profile]")
    answer(made, demo["profile_answers"])
    return made


@pytest.fixture
def window(asked: Window) -> Window:
    """On the page of the files."""
    asked.press("确定")
    asked.page.wait_for_selector("main[data-step=evidence]")
    return asked


def choose(window: Window, *files: tuple[str, bytes]) -> None:
    chosen: Any = [as_file(name, content) for name, content in files]
    window.page.locator("input[name=files]").set_input_files(chosen)
    expect(window.page.locator("li.picked [data-state]").nth(len(files) - 1)).to_contain_text("还没有上传")


def test_what_was_typed_outlives_a_change_of_language_an_expired_session_and_a_lost_network(
    asked: Window, demo: dict[str, Any]
) -> None:
    page, answers = asked.page, demo["profile_answers"]
    name, licence = page.locator("[name=name]"), page.locator("[name=licence_number]")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("[data-kept-note]")).to_be_visible()
    expect(name).to_have_value(answers["name"])
    expect(licence).to_have_value("")
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    asked.inspect("kept")
    licence.fill(answers["licence_number"])
    page.context.clear_cookies(name="sessionid")

    asked.press("确定")

    page.wait_for_url("**/accounts/login/**")
    sign_in(asked, asked.person)  # type: ignore[attr-defined]
    page.wait_for_selector("main[data-step=profile]")
    expect(name).to_have_value(answers["name"])
    expect(page.locator(f"[name=profession][value={answers['profession']}]")).to_be_checked()
    licence.fill(answers["licence_number"])
    page.context.set_offline(True)
    asked.press("确定")
    expect(page.locator("[data-unsent-note]")).to_be_visible()
    page.context.set_offline(False)
    asked.press("确定")
    page.wait_for_selector("main[data-step=evidence]")
    assert not page.evaluate("Object.keys(sessionStorage).filter((name) => name.startsWith('draft:'))")


def test_what_was_turned_and_cropped_by_keys_is_what_the_server_holds(window: Window) -> None:
    page = window.page
    choose(window, ("旋转.jpg", quarters(orientation=TURNED)))
    expect(page.locator("[data-thumb]")).to_be_visible()
    page.locator("[data-turn]").press("Enter")
    opener = page.locator("[data-open]")
    opener.press("Enter")
    below = page.get_by_role("slider", name="裁去下边")
    below.focus()
    for _press in range(50):
        page.keyboard.press("ArrowRight")
    assert below.get_attribute("aria-valuetext") == "裁去 50%"
    window.inspect("crop")
    page.get_by_role("button", name="完成").press("Enter")
    expect(opener).to_be_focused()

    window.press("上传这 1 个文件")

    expect(page.locator(SENT)).to_contain_text("1 / 5")
    image = stored(window, "旋转.jpg")
    # Upright: blue, red above white, green. A quarter more: white, blue above green, red. The lower half is cut.
    assert image.size == (800, 300)
    assert colours(image)[:2] == [WHITE, BLUE]


def test_a_lost_connection_keeps_the_files_and_they_are_stored_once(window: Window) -> None:
    page = window.page
    choose(window, ("第一.jpg", quarters()), ("第二.jpg", quarters(orientation=TURNED)))
    page.context.set_offline(True)
    expect(page.locator("[data-upload-offline]")).to_be_visible()
    window.press("上传这 2 个文件")
    expect(page.locator("li.picked").first).to_contain_text("网络断开")
    window.inspect("offline")
    line = page.context.new_cdp_session(page)
    line.on("Fetch.requestPaused", lambda event: _lose_the_answer(line, event))
    line.send("Fetch.enable", {"patterns": [{"urlPattern": "*/gate/evidence/", "requestStage": "Response"}]})
    page.context.set_offline(False)

    expect(page.locator("li.picked").first).to_contain_text("自动重试", timeout=8000)
    line.send("Fetch.disable")

    expect(page.locator("li.picked")).to_have_count(0, timeout=12000)
    expect(page.locator(SENT)).to_contain_text("2 / 5")
    assert colours(stored(window, "第一.jpg")) == [RED, GREEN, BLUE, WHITE]
    assert colours(stored(window, "第二.jpg")) == [BLUE, RED, WHITE, GREEN]


def _lose_the_answer(line: CDPSession, event: dict[str, Any]) -> None:
    """The server has taken the file, and what it says never arrives."""
    line.send("Fetch.failRequest", {"requestId": event["requestId"], "errorReason": "Aborted"})


def test_signed_out_meanwhile_the_files_stay_and_go_after_signing_in_elsewhere(window: Window) -> None:
    page = window.page
    choose(window, ("证书.jpg", quarters()))
    page.context.clear_cookies(name="sessionid")
    window.press("上传这 1 个文件")
    expect(page.locator("[data-upload-login]")).to_be_visible()
    window.inspect("signed-out")
    with page.context.expect_page() as opened:
        window.press("在新窗口重新登录")
    other = opened.value
    other.locator("input[name=login]").fill(window.person.email)  # type: ignore[attr-defined]
    other.locator("input[name=password]").fill(window.person.password)  # type: ignore[attr-defined]
    other.locator("main").get_by_role("button", name="登录", exact=True).click()
    other.wait_for_selector("main[data-step=evidence]")
    other.close()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # headless tabs never hide
    expect(page.locator(SENT)).to_contain_text("1 / 5")


def test_the_case_goes_once_every_file_is_there_and_stays_while_one_is_refused(window: Window) -> None:
    page = window.page
    choose(window, ("证书.jpg", quarters()), ("不是.jpg", b"no picture"))
    window.press("提交审核")
    refusal = page.locator("[data-refusal]")
    expect(refusal).to_contain_text("不是.jpg")
    expect(refusal).to_be_focused()
    assert window.step == "evidence"
    choose(window, ("在职.jpg", quarters()))

    window.press("提交审核")

    page.wait_for_selector("main[data-step=pending]")
