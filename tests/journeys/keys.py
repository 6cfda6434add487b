"""A window used by keyboard alone. Every stop of the focus is judged: seen, not covered, in order, never lost.

Nothing here clicks or fills in by an address: Tab and Shift+Tab go, Enter, Space and the arrows act, words are typed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from tests.journeys.window import Window

SCRIPT = (Path(__file__).parent / "keys.js").read_text(encoding="utf-8")
PASS_BY = """async () => {
  for (const part of document.querySelectorAll("[data-hx-trigger]")) {
    part.scrollIntoView();
    await new Promise((on) => setTimeout(on, 100));
  }
  scrollTo(0, 0);
}"""
FURTHEST = 800  # presses of Tab before something counts as not to be reached
PATIENCE = 10  # looks, a tenth of a second apart, before what is wrong stays wrong
# As after opening a page: the next Tab goes to its first stop.
FROM_THE_TOP = """() => { const top = document.createElement("span"); top.tabIndex = -1; document.body.prepend(top);
  top.focus(); top.remove(); scrollTo(0, 0); __keys.forget(); }"""


class Keys:
    """Somebody at the keyboard of a window; what is wrong is added to the window's troubles."""

    def __init__(self, window: Window) -> None:
        self.window, self.page = window, window.page
        self.page.context.add_init_script(SCRIPT)

    # Going about

    def to(self, target: Locator, *, back: bool = False) -> None:
        """Press Tab until the focus is there, judging each stop on the way. A group of radio buttons is one stop."""
        goal = target.first.element_handle()
        self.page.evaluate("__keys.forget()")
        for _press in range(FURTHEST):
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            if self._stop(goal, back=back)["isThere"]:
                return
        raise AssertionError(f"not to be reached with Tab: {target}")

    def press(self, target: Locator, key: str = "Enter", *, back: bool = False) -> None:
        """Go there and press it."""
        if not target.first.evaluate("(element) => element === document.activeElement"):
            self.to(target, back=back)
        self.page.keyboard.press(key)

    def button(self, words: str, within: Locator | None = None) -> Locator:
        """The button, or else the link, that says exactly this."""
        place = within or self.page.locator("main")
        found = place.get_by_role("button", name=words, exact=True)
        return found if found.count() else place.get_by_role("link", name=words, exact=True)

    def go(self, target: Locator | str, **where: Any) -> None:
        """Press what leads to another page, and wait for it."""
        target = self.button(target) if isinstance(target, str) else target
        if not target.first.evaluate("(element) => element === document.activeElement"):
            self.to(target, **where)
        self.enter()

    def enter(self) -> None:
        """Enter, which sends the form one types in or follows the link one is on, and wait for the next page."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, target: Locator, words: str) -> None:
        """Type into a field, over whatever stands there."""
        if not target.first.evaluate("(element) => element === document.activeElement"):
            self.to(target)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)

    def choose(self, target: Locator) -> None:
        """Tick a box, or choose a radio button with the arrows of its group."""
        self.to(target)
        for _press in range(FURTHEST):
            if target.evaluate("(input) => input === document.activeElement"):
                break
            self.page.keyboard.press("ArrowDown")
        if not target.is_checked():
            self.page.keyboard.press("Space")
        expect(target).to_be_checked()

    def answer(self, answers: dict[str, Any]) -> None:
        """Fill in a form of questions from top to bottom, as far as it asks them."""
        main = self.page.locator("main")
        asked = main.locator("[name]").evaluate_all("(all) => [...new Set(all.map((field) => field.name))]")
        for name in (name for name in asked if name in answers):
            fields, value = main.locator(f"[name='{name}']"), answers[name]
            kind = fields.first.evaluate("(field) => field.type")
            if kind in {"radio", "checkbox"}:
                for one in value if isinstance(value, list) else [value]:
                    self.choose(main.locator(f"[name='{name}'][value='{one}']"))
            elif kind.startswith("select"):
                self.to(fields)
                self._turn(fields, str(value))
            else:
                self.write(fields, str(value))

    def _turn(self, select: Locator, value: str) -> None:
        for _press in range(FURTHEST):
            if select.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} is not to be chosen with the arrows")

    # What must hold

    def skip(self) -> None:
        """The first stop of a page leads past everything that stands on every page."""
        self.page.evaluate(FROM_THE_TOP)
        self.page.keyboard.press("Tab")
        expect(self.page.locator("a.skip")).to_be_focused()
        self.page.keyboard.press("Enter")
        expect(self.page.locator("main")).to_be_focused()

    def circle(self) -> None:
        """Once round the page: everything is come by, in its order, and the way out is never barred."""
        self._all_arrives()
        expected, name = self.page.evaluate("__keys.all()"), self.window.path
        self.skip()
        self.page.evaluate(FROM_THE_TOP)
        met: list[str] = []
        for _press in range(FURTHEST):
            self.page.keyboard.press("Tab")
            at = self._stop(None)["at"]
            if not at or at in met[:1]:
                break
            met.append(at)
        else:
            self.window.troubles.append(f"{name}: a keyboard does not get out: {met[-6:]}")
        still = self.page.evaluate("__keys.all()")  # a part that loads as one comes by takes the place of a link
        missed = [each for each in expected if each not in met and each in still]
        self.window.troubles += [f"{name}: not reached by keyboard: {each}" for each in missed]

    def _all_arrives(self) -> None:
        """Parts that come when one nears them are there before the round; what their coming does is asked elsewhere."""
        self.page.evaluate(PASS_BY)
        self.page.wait_for_load_state("networkidle")
        expect(self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)

    def keeps_place(self) -> None:
        """After a part of the page was exchanged the focus is somewhere, and can be seen there."""
        expect(self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
        if self.page.evaluate("__keys.isLost()"):
            self.window.troubles.append(f"{self.window.path}: the focus was lost when a part was exchanged")

    def hears(self, words: str, *, times: int = 1) -> None:
        """A live region that stood there before has said this, or soon says it, and says it once."""
        heard: list[dict[str, Any]] = []
        for _look in range(50):
            heard += self.page.evaluate("__keys.heard()")
            if any(words in each["words"] for each in heard):
                break
            self.page.wait_for_timeout(100)
        self.page.wait_for_timeout(200)  # whoever says it twice does so at once
        heard += self.page.evaluate("__keys.heard()")
        said = [each for each in heard if words in each["words"]]
        if len(said) != times:
            self.window.troubles.append(f"{self.window.path}: 「{words}」 was said {len(said)} times: {heard}")
        if any(each["isNew"] and each["role"] != "alert" for each in said):
            self.window.troubles.append(f"{self.window.path}: 「{words}」 came together with its live region")

    def is_told(self, *names: str) -> None:
        """A form that comes back: the title says so, the summary has the focus, each mistake is tied to its field."""
        page = self.page
        assert page.title().startswith("错误："), page.title()
        summary = page.locator("[data-error-summary]")
        expect(summary).to_be_focused()
        for name in names:
            field = page.locator(f"main [name='{name}']").first
            expect(field).to_have_attribute("aria-invalid", "true")
            told = field.evaluate(
                "(f) => (f.getAttribute('aria-describedby') || '').split(' ').map((id) => document.getElementById(id))"
                ".some((place) => place && place.matches('.error, [class*=error]') && place.textContent.trim())"
            )
            if not told:
                self.window.troubles.append(f"{self.window.path}: what is wrong with {name} is not tied to it")
        links = summary.locator("a")
        if links.count():
            self.press(links.first)
            assert page.evaluate("document.activeElement.matches('input, select, textarea, fieldset, [tabindex]')")

    def _stop(self, goal: Any, *, back: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate("(goal) => __keys.stop(goal)", goal)
        for _look in range(PATIENCE):  # a part that arrives just now may push it away for a moment
            if not found["wrong"]:
                break
            self.page.wait_for_timeout(100)
            self.page.evaluate("__keys.follow()")
            found["wrong"] = self.page.evaluate("(goal) => __keys.stop(goal)", goal)["wrong"]
        wrong = [*found["wrong"], *(["comes out of order"] if found.get("isBack") and not back else [])]
        for each in wrong:
            trouble = f"{self.window.path}: {found['at']} {each}"
            if trouble not in self.window.troubles:
                self.window.troubles.append(trouble)
        return found
