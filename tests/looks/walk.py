"""Go to the states of the catalogue, one after the other, as whoever they belong to."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.journeys.served import JourneyPortal
from tests.journeys.window import PHONE, Window
from tests.services.visitor import Visitor

if TYPE_CHECKING:
    from tests.looks.catalogue import State

Look = Callable[["State", Window, "Walk"], list[str]]
ACTS = ("closed", "quiet", "full", "broken")
CHROMIUM, BROWSERS, PATIENCE_MS = "/usr/bin/chromium", 2, 20_000
LOST = re.compile(r"ERR_INTERNET_DISCONNECTED|htmx:(sendError|afterRequest)")  # what a lost connection says of itself
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
IN_CHINESE: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": "zh_CN"}


class LooksPortal(JourneyPortal):
    """The portal of the looks: nobody is held back for being many."""

    def environment(self) -> dict[str, str]:
        return super().environment() | {"LIMIT_COMMENTS": "3", "STAFF_IDLE_MINUTES": "600"}


class Stage:
    """A served portal whose data are made act by act."""

    def __init__(self, portal: JourneyPortal) -> None:
        self.portal = portal
        self.known: dict[str, Any] = {}

    def play(self, act: str) -> None:
        """Make the data of this act, beside the server."""
        command = [sys.executable, "-m", "tests.looks.stage", act]
        root = Path(__file__).resolve().parents[2]
        done = subprocess.run(command, env=self.portal.environment(), cwd=root, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        self.known = json.loads((self.portal.data_dir / "stage.json").read_text(encoding="utf-8"))

    def path(self, text: str) -> str:
        """Fill in what only the data know: `{talk}`, `{case:free}`."""
        demo = self.portal.demo
        places = self.known["places"] | {"article": demo["article_url"], "tool": demo["strategy_url"]}
        for name, value in places.items():
            text = text.replace("{" + name + "}", value)
        return text

    def visitor(self, who: str) -> Visitor:
        """Somebody's other browser, without a screen."""
        visitor = Visitor(self.portal.port)
        if who:
            visitor.cookies["sessionid"] = self.known["cookies"][who]
        visitor.get("/terms/")
        visitor.cookies.setdefault("csrftoken", "0" * 32)
        return visitor


class Walk:
    """One browser: a window for each person, one of its own for a state that leaves traces in it."""

    def __init__(self, browser: Browser, stage: Stage) -> None:
        self.browser, self.stage = browser, stage
        self._windows: dict[str, Window] = {}

    def reach(self, state: State) -> Window:
        """Bring a window into the state. What went wrong on the way, another status before all, is in its troubles."""
        window = self._window(state)
        window.troubles.clear()
        window.expected = {409, 422, 429, state.status}
        try:
            window.open(self.stage.path(state.path))
            if state.act:
                state.act(window, self.stage)
            window.page.wait_for_load_state()
        except (PlaywrightError, AssertionError, OSError) as error:
            window.troubles.append(f"not reached: {str(error)[:400]}")
        if window.status != state.status:
            window.troubles.append(f"answered {window.status}, not {state.status}")
        self.forgive(state, window)
        return window

    def forgive(self, state: State, window: Window) -> None:
        """Take away what a connection that was cut on purpose says of itself."""
        if state.name == "offline":
            window.troubles[:] = [trouble for trouble in window.troubles if not LOST.search(trouble)]

    def in_english(self, state: State, window: Window) -> bool:
        """Open the page again in English; False where the state is not reached by opening alone."""
        if state.act is not None or state.is_alone:
            return False
        cookie = {"name": "language", "value": "en", "url": self.stage.portal.url}
        window.page.context.add_cookies([cookie])  # type: ignore[list-item]
        window.open(self.stage.path(state.path))
        window.page.context.clear_cookies(name="language")
        return True

    def leave(self, state: State, window: Window) -> None:
        """A browser of its own is closed again."""
        if state.is_alone:
            window.close()

    def close(self) -> None:
        for window in self._windows.values():
            window.close()
        self._windows.clear()

    def _window(self, state: State) -> Window:
        if state.is_alone:
            return self._open(state.who)
        if state.who not in self._windows:
            self._windows[state.who] = self._open(state.who)
        return self._windows[state.who]

    def _open(self, who: str) -> Window:
        context = self.browser.new_context(
            viewport={"width": PHONE.width, "height": PHONE.height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        url = self.stage.portal.url
        if who:
            cookie = {"name": "sessionid", "value": self.stage.known["cookies"][who], "url": url}
            context.add_cookies([cookie])  # type: ignore[list-item]
        return Window(context, base_url=url, size=PHONE, checker=None)


def walk(stage: Stage, wanted: Sequence[State], look: Look) -> dict[str, list[str]]:
    """Play the acts one after the other; after each, `look` at its states, in two browsers at once.

    Returns by the state's key what was wrong on the way to it and what `look` found. The states of one person stay in
    one browser and in their order.
    """
    troubles: dict[str, list[str]] = {}
    for act in ACTS:
        rows = [state for state in wanted if state.stage == act]
        stage.play(act)
        with ThreadPoolExecutor(BROWSERS) as pool:
            for done in [pool.submit(_walk_in_a_browser, stage, share, look) for share in _shares(rows)]:
                troubles |= done.result()
    return troubles


def _shares(rows: Sequence[State]) -> list[list[State]]:
    """Deal the people out, whoever has most states first, to the browser that has least to do."""
    shares: list[list[State]] = [[] for _ in range(BROWSERS)]
    by_person: dict[str, list[State]] = {}
    for state in rows:
        by_person.setdefault(state.who, []).append(state)
    for states in sorted(by_person.values(), key=len, reverse=True):
        min(shares, key=len).extend(states)
    return [share for share in shares if share]


def _walk_in_a_browser(stage: Stage, states: Sequence[State], look: Look) -> dict[str, list[str]]:
    troubles: dict[str, list[str]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, env=IN_CHINESE)
        one = Walk(browser, stage)
        for state in states:
            window, found = one.reach(state), []
            try:
                found = look(state, window, one)
            except PlaywrightError as error:
                found = [f"not looked at: {str(error)[:400]}"]
            one.forgive(state, window)
            troubles[state.key] = list(dict.fromkeys([*window.troubles, *found]))
            one.leave(state, window)
        one.close()
        browser.close()
    return troubles
