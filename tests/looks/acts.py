"""What a person does to bring a page into a state: fill in, press, lose the connection, be overtaken by somebody."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import closing
from typing import Any

from PIL import Image
from playwright.sync_api import expect

from tests.journeys.window import Window
from tests.looks.walk import Stage

Act = Callable[[Window, Stage], None]


def fill(**fields: Any) -> Act:
    """Put values into the fields of these names; True ticks, a list ticks each of its values."""

    def act(window: Window, stage: Stage) -> None:
        for name, value in fields.items():
            found = window.page.locator(f"main [name='{name}']:not([type=hidden])")
            kind = found.first.evaluate("(field) => field.type || field.tagName")
            if kind in {"radio", "checkbox"}:
                for one in value if isinstance(value, list) else [value]:
                    box = found.first if one is True else window.page.locator(f"main [name='{name}'][value='{one}']")
                    box.check(force=True)
            elif kind.startswith("select"):
                found.first.select_option(value)
            else:
                found.first.fill(str(value))

    return act


def paste(name: str, letter: str, times: int) -> Act:
    """Put a very long text into a field at once."""

    def act(window: Window, stage: Stage) -> None:
        field = window.page.locator(f"main [name='{name}']").first
        field.evaluate("(field, [letter, times]) => { field.value = letter.repeat(times); }", [letter, times])

    return act


def press(words: str) -> Act:
    """Press what says exactly this and wait for the page it leads to."""

    def act(window: Window, stage: Stage) -> None:
        with window.page.expect_navigation():
            window.press(words)

    return act


def click(selector: str) -> Act:
    """Press something that leads to no other page."""

    def act(window: Window, stage: Stage) -> None:
        window.page.locator(selector).first.click()

    return act


def submit(selector: str) -> Act:
    """Press the button of this selector and wait for the page it leads to."""

    def act(window: Window, stage: Stage) -> None:
        with window.page.expect_navigation():
            window.page.locator(selector).first.click()

    return act


def sees(selector: str) -> Act:
    """Wait until this is there."""

    def act(window: Window, stage: Stage) -> None:
        window.page.locator(selector).first.wait_for()

    return act


def go(path: str) -> Act:
    """Open another page of the stage."""

    def act(window: Window, stage: Stage) -> None:
        window.open(stage.path(path))

    return act


def both(*acts: Act) -> Act:
    """One after the other."""

    def act(window: Window, stage: Stage) -> None:
        for one in acts:
            one(window, stage)

    return act


def choose(name: str, content: bytes) -> Act:
    """Choose a file; it waits on the page until it is sent."""

    def act(window: Window, stage: Stage) -> None:
        file = {"name": name, "mimeType": "image/jpeg", "buffer": content}
        window.page.locator("input[type=file][name=files]").first.set_input_files([file])  # type: ignore[list-item]
        window.page.locator("[data-upload-rows] > li").first.wait_for()

    return act


def picture() -> bytes:
    """A photograph of a paper, as far as judging is concerned."""
    buffer = io.BytesIO()
    Image.new("RGB", (1200, 900), "#e9e4d6").save(buffer, "JPEG")
    return buffer.getvalue()


PICTURE, NO_PICTURE = picture(), b"<html>no picture</html>"


def sign_in_as(key: str) -> Act:
    """Sign in by password as somebody of the demo."""

    def act(window: Window, stage: Stage) -> None:
        known = stage.portal.demo["people"][key]
        both(fill(login=known["email"], password=known["password"]), press("登录"))(window, stage)

    return act


def offline(act: Act) -> Act:
    """Do it without a connection."""

    def lost(window: Window, stage: Stage) -> None:
        window.page.context.set_offline(True)
        act(window, stage)

    return lost


def never_answered(pattern: str, act: Act) -> Act:
    """Do it while requests to such an address stay without an answer: the page says that it is at work."""

    def waiting(window: Window, stage: Stage) -> None:
        window.page.route(re.compile(pattern), lambda route: window.unanswered.append(route))
        act(window, stage)

    return waiting


def without_token(act: Act) -> Act:
    """Do it after the browser has thrown its cookie of the form away."""

    def tokenless(window: Window, stage: Stage) -> None:
        window.page.context.clear_cookies(name="csrftoken")
        act(window, stage)

    return tokenless


def too_often(path: str, times: int, who: str = "", **fields: Any) -> Act:
    """The same person has sent this form so many times already."""

    def act(window: Window, stage: Stage) -> None:
        with closing(stage.visitor(who)) as visitor:
            for number in range(times):
                visitor.post(stage.path(path), {name: value.format(number) for name, value in fields.items()})

    return act


def sent_already(path: str, who: str, **fields: Any) -> Act:
    """The form that is on show was sent from another tab."""

    def act(window: Window, stage: Stage) -> None:
        version = window.page.locator("main input[name=version]").first.input_value()
        with closing(stage.visitor(who)) as tab:
            assert tab.post(stage.path(path), {"version": version, **fields}).status == 302

    return act


def overtaken(case: str, who: str, page: str, **fields: Any) -> Act:
    """The reviewer's other tab puts the case back, and a colleague acts on it."""

    def act(window: Window, stage: Stage) -> None:
        at = stage.path(case).removesuffix("decide/")
        with closing(stage.visitor("reviewer")) as tab, closing(stage.visitor(who)) as colleague:
            assert tab.post(f"{at}release/", {}).status == 302
            assert colleague.post(f"{at}{page}/", {"version": "1", **fields}).status == 302

    return act


def clock_stopped(window: Window, stage: Stage) -> None:
    """From the next page on time stands still until it is told to go."""
    window.page.clock.install()


def hold_lost(window: Window, stage: Stage) -> None:
    """The page learns at its next renewal that the hold is gone."""
    window.page.clock.run_for(5 * 60 * 1000)
    expect(window.page.locator("[data-lease]")).to_contain_text("已失效")


def tick(*choices: str) -> Act:
    """Choose these answers of the tool, opening the folds they lie in."""

    def act(window: Window, stage: Stage) -> None:
        for fold in window.page.locator("[data-step-fold], [data-rest]:not([hidden])").all():
            if not fold.evaluate("(fold) => fold.open"):
                fold.locator("summary").first.click()
        for choice in choices:
            window.page.locator(f"label[for=i-{choice}]").click()

    return act
