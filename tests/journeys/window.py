"""One browser window that minds what no page may do: errors, blocked sources, other hosts, sideways scrolling."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, Route

from tests.services.nu import Nu

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A form shown again and a lost race are answers with words; Chromium logs their status as if a file were missing.
ANSWERS = {409, 422}
# htmx says so when a newer request takes the place of one on its way; one that fails says htmx:sendError as well.
GIVEN_UP = re.compile(r"htmx:(sendAbort|afterRequest),")
# Reports reach the console even where a policy would silence them.
WITNESS = """addEventListener("securitypolicyviolation",
  (e) => console.error("blocked by policy: " + e.violatedDirective + " " + e.blockedURI + " " + e.sample))"""


@dataclass(frozen=True)
class Size:
    """A size of window people have."""

    name: str
    width: int
    height: int
    is_phone: bool = False

    def options(self) -> dict[str, Any]:
        """What Playwright's new_context wants."""
        viewport = {"width": self.width, "height": self.height}
        return {"viewport": viewport, "is_mobile": self.is_phone, "has_touch": self.is_phone}


PHONE = Size("360x740", 360, 740, is_phone=True)
DESK = Size("1440x900", 1440, 900)


class Window:
    """A page in a context of its own; `inspect` at every page of a journey."""

    def __init__(
        self,
        context: BrowserContext,
        *,
        base_url: str,
        size: Size,
        checker: Nu | None,
        has_script: bool = True,
    ) -> None:
        self.base_url, self.size, self.has_script = base_url, size, has_script
        self.troubles: list[str] = []
        self.expected: set[int] = set(ANSWERS)
        self.unanswered: list[Route] = []  # requests that a test lets wait; they fail when the window closes
        self._twin: Page | None = None
        self._checker = checker
        self._document: Response | None = None
        context.add_init_script(WITNESS)
        self.page: Page = context.new_page()
        self._watch(self.page)

    # What happens meanwhile

    def _watch(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.troubles.append(f"script error: {error}"))
        page.on("request", self._asked)
        page.on("response", self._answered)
        page.on("requestfailed", self._failed)

    def _heard(self, message: ConsoleMessage) -> None:
        status = re.search(r"responded with a status of (\d+)", message.text)
        if GIVEN_UP.match(message.text):
            return
        if message.type == "error" and not (status and int(status[1]) in self.expected):
            self.troubles.append(f"console: {message.text} ({message.location.get('url')})")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != urlsplit(self.base_url).netloc:
            self.troubles.append(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self._document = response
        if response.status >= 400 and response.status not in self.expected:
            self.troubles.append(f"{response.status} from {response.request.method} {response.url}")

    def _failed(self, request: Request) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):  # leaving a page cuts what it was still asking
            self.troubles.append(f"failed: {request.url} {request.failure}")

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Take these answers for right meanwhile."""
        before, self.expected = self.expected, self.expected | set(statuses)
        yield
        self.page.wait_for_timeout(50)  # the console hears of it a moment later
        self.expected = before

    # What a person does

    def open(self, path: str) -> None:
        self.page.goto(f"{self.base_url}{path}")

    @property
    def path(self) -> str:
        parts = urlsplit(self.page.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def status(self) -> int:
        """How the document on show was answered; 0 before the first."""
        return self._document.status if self._document else 0

    def document(self) -> bytes:
        """The document on show, as it was sent."""
        return self._document.body() if self._document else b""

    @property
    def step(self) -> str | None:
        """The mark of the page: which step of the gate, or open."""
        return self.page.locator("main").get_attribute("data-step")

    def press(self, words: str, *, within: Locator | None = None) -> None:
        """Press the button or link that says exactly this."""
        place = within or self.page.locator("main")
        button = place.get_by_role("button", name=words, exact=True)
        (button if button.count() else place.get_by_role("link", name=words, exact=True)).first.click()

    def words(self) -> str:
        """The text of the page's main part."""
        return self.page.locator("main").inner_text()

    # What must hold on every page

    def inspect(self, name: str) -> None:
        """Note what the page owes and does not give. `make_window` complains at the end."""
        self.page.wait_for_load_state()
        if self.has_script:
            self._holds_still()
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > self.size.width:
            self.troubles.append(f"{name}: {wide} px wide at {self.size.width}: {self._too_wide()}")
        page = self.page if self.has_script else self._copy()
        found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
        self.troubles += [f"{name}: {_said(violation)}" for violation in found]
        # axe leaves empty style attributes, which htmx would carry into what comes next, against the policy.
        page.evaluate("""for (const left of document.querySelectorAll("[style='']")) left.removeAttribute("style")""")
        if self._checker and self._document:
            self.troubles += [f"{name}: not valid: {error}" for error in self._checker.errors(self._document.body())]

    def assert_untroubled(self) -> None:
        """Say everything that was wrong on any page of this window's way."""
        assert self.troubles == [], f"{self.size.name}: " + "\n".join(self.troubles)

    def _holds_still(self) -> None:
        """Wait for fonts and running transitions: half-faded text has no contrast."""
        self.page.evaluate(
            "document.fonts.ready.then(() => Promise.allSettled("
            "document.getAnimations().filter((a) => a.effect.getComputedTiming().endTime < 1e4)"
            ".map((a) => a.finished))).then(() => 1)"
        )

    def _copy(self) -> Page:
        """The page as it stands, where axe can run: same markup and style, its own scripts left out."""
        if self._twin is None:
            browser = self.page.context.browser
            assert browser is not None
            self._twin = browser.new_context(**self.size.options(), locale="zh-CN").new_page()
            self._twin.route("**/*", self._serve_copy)
        self._twin.goto(self.page.url)
        return self._twin

    def _serve_copy(self, route: Route) -> None:
        kind = route.request.resource_type
        if kind == "document":
            route.fulfill(content_type="text/html; charset=utf-8", body=self.page.content())
        elif kind == "script":
            route.abort()
        else:
            route.continue_()

    def close(self) -> None:
        for route in self.unanswered:
            route.abort()
        for page in filter(None, (self._twin, self.page)):
            page.context.close()

    def _too_wide(self) -> Any:
        return self.page.evaluate(
            """(most) => [...document.querySelectorAll("body *")]
               .filter((e) => e.getBoundingClientRect().right > most + 1)
               .slice(0, 5).map((e) => e.outerHTML.slice(0, 120))""",
            self.size.width,
        )


def _said(violation: dict[str, Any]) -> str:
    nodes = [node["html"][:160] + " " + node.get("failureSummary", "")[:200] for node in violation["nodes"][:3]]
    return f"{violation['id']}: {' | '.join(nodes)}"
