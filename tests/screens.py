"""`make screens`: pictures of every page in every state, with an index, in screens/; what is wrong on any is said.

From zero: a portal with data of its own, the states of tests/looks one after the other. Every state is taken on a phone
and on a desk; the first state of each page in every look. Words after the command choose states by page and name.
Exit 1 when a page answers otherwise than it should, scrolls sideways, is blocked by its policy, is not accessible or
not valid.
"""

from __future__ import annotations

import html
import shutil
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Page

from tests.journeys.window import Window
from tests.looks.catalogue import STATES
from tests.looks.judge import judged, judged_in_every_look, judged_in_other_words
from tests.looks.looks import ENGLISH, EVERY_PAGE, EVERY_STATE, PHONE, Look
from tests.looks.state import State
from tests.looks.walk import LooksPortal, Stage, Walk, walk
from tests.services.nu import Nu

SHOWN = Path(__file__).resolve().parents[1] / "screens"
TALLEST = 8000  # px; of a longer page the beginning is enough
LOOKS = [*EVERY_STATE, *EVERY_PAGE, ENGLISH]


class Album:
    """Takes the pictures."""

    def __init__(self, checker: Nu, states: Sequence[State]) -> None:
        self.checker = checker
        self.firsts = {state.page: state.key for state in reversed(states)}

    def take(self, state: State, window: Window, walk: Walk) -> list[str]:
        """Judge the state, then picture it; the page stays as it is, only the window changes."""
        found = judged(window.page)
        found += [f"not valid: {error}" for error in self.checker.errors(window.document())]
        is_first = self.firsts[state.page] == state.key
        if is_first:
            found += judged_in_every_look(window.page, is_prose=state.is_prose)
        for look in [*EVERY_STATE, *(EVERY_PAGE if is_first else [])]:
            look.put_on(window.page)
            _picture(window.page, state, look)
        PHONE.put_on(window.page)
        if is_first and walk.in_english(state, window):
            found += [f"English: {said}" for said in judged_in_other_words(window.page)]
            PHONE.put_on(window.page)
            _picture(window.page, state, ENGLISH)
        print(f"{state.page}: {state.name}", *window.troubles, *found, sep="\n    ", flush=True)
        return found


def main(words: Sequence[str]) -> int:
    """Take the pictures of the states that hold one of the words, or of all."""
    began = time.monotonic()
    states = [state for state in STATES if not words or any(word in state.key for word in words)]
    shutil.rmtree(SHOWN, ignore_errors=True)
    with closing(LooksPortal()) as portal, closing(Nu()) as checker:
        portal.start(seconds=180)
        checker.start(seconds=60)
        album = Album(checker, states)
        troubles = walk(Stage(portal), states, album.take)
    (SHOWN / "index.html").write_text(index(states, troubles), encoding="utf-8")
    taken, wrong = sum(1 for _ in SHOWN.rglob("*.jpg")), sum(1 for found in troubles.values() if found)
    spent = time.monotonic() - began
    print(f"{taken} pictures of {len(states)} states in {spent:.0f} s, {wrong} states with faults: {SHOWN}/index.html")
    return 1 if wrong or len(troubles) != len(states) else 0


def _picture(page: Page, state: State, look: Look) -> None:
    folder = SHOWN / look.name
    folder.mkdir(parents=True, exist_ok=True)
    height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    # A window as high as the page: what sticks to its edge stands where a reader at the end finds it.
    page.set_viewport_size({"width": look.width, "height": max(height, look.height)})
    page.screenshot(path=folder / f"{_slug(state)}.jpg", type="jpeg", quality=82, timeout=60_000)


def _slug(state: State) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in state.key)


def index(states: Sequence[State], troubles: dict[str, list[str]]) -> str:
    """Lay the pictures out by page; an anchor shows one look alone, without a script."""
    only = "".join(f'<a id="only-{look.name}" href="#only-{look.name}">{look.words}</a> ' for look in LOOKS)
    hiding = "".join(
        f'nav:has(#only-{look.name}:target) ~ section figure:not([data-look="{look.name}"]) {{ display: none }}\n'
        for look in LOOKS
    )
    pages = list(dict.fromkeys(state.page for state in states))
    links = " ".join(f'<a href="#{_anchor(page)}">{html.escape(page)}</a>' for page in pages)
    parts = "".join(_section(page, [s for s in states if s.page == page], troubles) for page in pages)
    return PAGE.format(hiding=hiding, only=only, links=links, parts=parts)


def _section(page: str, states: Sequence[State], troubles: dict[str, list[str]]) -> str:
    shown = "".join(_state(state, troubles.get(state.key, [])) for state in states)
    return f'<section id="{_anchor(page)}"><h2>{html.escape(page)}</h2>{shown}</section>\n'


def _state(state: State, found: Sequence[str]) -> str:
    figures = []
    for look in LOOKS:
        path = f"{look.name}/{_slug(state)}.jpg"
        if (SHOWN / path).exists():
            words = html.escape(f"{state.page}, {state.name}, {look.words}")
            figures.append(
                f'<figure data-look="{look.name}"><a href="{path}"><img src="{path}" alt="{words}" loading="lazy"></a>'
                f"<figcaption>{look.words}</figcaption></figure>"
            )
    wrong = "".join(f"<li>{html.escape(text)}</li>" for text in found)
    faults = f'<ul class="wrong">{wrong}</ul>' if wrong else ""
    who = html.escape(state.who or "anybody")
    return f'<h3>{html.escape(state.name)} <small>{who}</small></h3>{faults}<div class="row">{"".join(figures)}</div>'


def _anchor(page: str) -> str:
    return "page-" + "".join(letter if letter.isalnum() else "-" for letter in page)


PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>screens</title><style>
body {{ font: 14px/1.5 system-ui; margin: 1.5rem }} nav {{ margin-bottom: 1rem }} nav a {{ margin-right: .5rem }}
.row {{ display: flex; flex-wrap: wrap; gap: 1rem }} figure {{ margin: 0; width: 200px }}
img {{ width: 100%; height: 280px; object-fit: cover; object-position: top; border: 1px solid #999 }}
.wrong {{ color: #a00 }} small {{ font-weight: normal; color: #555 }}
{hiding}</style></head><body><h1>screens</h1>
<nav aria-label="looks"><a href="#">every look</a> {only}</nav>
<nav aria-label="pages">{links}</nav>
{parts}</body></html>
"""

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
