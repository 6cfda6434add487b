"""Every page as different people's windows show it: narrow, dark, high contrast, forced colours, spaced text, English.

The pages are the same on both databases, so the second pass leaves this module out. `make screens` takes pictures.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.journeys.lines import bad_ends
from tests.journeys.window import DESK, Size, Window

STORY = "s"
GATE = "/zones/{zone}/gate"
ACCOUNT = ["/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/"]
PAGES = {
    "": ["/", "/zones/{zone}/", "/accounts/login/", "/accounts/signup/", "/terms/", "/privacy/", "/no-such-page/"],
    "newcomer": [f"{GATE}/agreement/", "/me/", *ACCOUNT],
    "pending": [f"{GATE}/pending/"],
    "rejected": [f"{GATE}/rejected/"],
    "expired": [f"{GATE}/"],
    "revoked": [f"{GATE}/"],
    "doctor": [
        "{article_url}",
        "{article_url}history/",
        "{strategy_url}",
        "{strategy_url}certificate/",
        "/zones/{zone}/search/?q=ALK",
        "/me/",
    ],
    "reviewer": [
        "/styleguide/",
        "/admin/",
        "/admin/accounts/verification/",
        "/admin/accounts/verification/?status=all",
    ],
    "editor": ["/admin/", "/admin/articles/article/", "/admin/articles/revision/", "/admin/articles/comment/"],
    "editor2": ["/admin/strategy/rulesetversion/", "/admin/consent/agreementversion/"],
}
# WCAG 1.4.12: nothing is lost when a reader spaces text like this.
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-block-end: 2em !important }"""


@dataclass(frozen=True)
class Look:
    """How somebody's window differs."""

    name: str
    size: Size
    media: dict[str, Any] = field(default_factory=dict)
    language: str = "zh-hans"
    style: str = ""

    def options(self) -> dict[str, Any]:
        """What the window is made with; a page's policy would refuse a reader's own style."""
        return {**self.media, "bypass_csp": bool(self.style)}


LOOKS = [
    Look("narrow-dark", Size("320x640", 320, 640, is_phone=True), {"color_scheme": "dark"}),
    Look("tablet-contrast", Size("768x1024", 768, 1024), {"contrast": "more"}),
    Look("desk-forced", DESK, {"forced_colors": "active", "color_scheme": "dark"}),
    Look("phone-spaced", Size("360x740", 360, 740, is_phone=True), style=SPACED),
    Look("phone-english-dark", Size("360x740", 360, 740, is_phone=True), {"color_scheme": "dark"}, language="en"),
]


def people() -> Iterator[Any]:
    for who, paths in PAGES.items():
        name = who or "anyone"
        yield pytest.param(who, paths, id=name, marks=pytest.mark.xdist_group(f"pages of {name}"))  # one sign-in


@pytest.mark.parametrize(("who", "paths"), people())
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_page_fits_reads_and_stays_accessible(make_window, window_of, demo, look, who, paths):
    window: Window = window_of(who, look.size, **look.options()) if who else make_window(look.size, **look.options())
    window.page.context.add_cookies([{"name": "language", "value": look.language, "url": window.base_url}])
    with window.expecting(404):
        for path in paths:
            window.open(path.format(**demo))
            if look.style:
                window.page.add_style_tag(content=look.style)
            name = path.format(**demo).partition("?")[0].strip("/").replace("/", "-") or "home"
            if look.name == "tablet-contrast":
                window.troubles += [f"{path}: {said}" for said in bad_ends(window.page, look.size.height)]
            window.inspect(f"{look.name}-{who or 'anyone'}-{name}", picture="PICTURES" in os.environ)
