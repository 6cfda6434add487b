"""A narrow phone with text twice as large: everything still fits the width."""

from __future__ import annotations

import pytest

from tests.journeys.window import PHONE, Window

OPEN_TO_ALL = ["/", "/zones/alk/", "/accounts/login/", "/accounts/signup/", "/privacy/"]
MOST_OF_FRAME = 0.2  # of the window: the way round the site leaves the page its room
FOR_READERS = ["{article_url}", "{article_url}comments/", "{article_url}history/", "{strategy_url}", "/me/"]


@pytest.mark.parametrize("who", ["", "doctor"])
def test_nothing_scrolls_sideways_at_twice_the_text(make_window, window_of, demo, who):
    window: Window = window_of(who, PHONE) if who else make_window(PHONE)
    for path in FOR_READERS if who else OPEN_TO_ALL:
        window.open(path.format(**demo))
        window.page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide = window.page.evaluate("document.documentElement.scrollWidth")
        if wide > PHONE.width:
            window.troubles.append(f"{path}: {wide} px wide at twice the text")
        tall = window.page.locator("header.top").bounding_box()["height"]
        if tall > MOST_OF_FRAME * PHONE.height:
            window.troubles.append(f"{path}: the frame above the page is {tall} px tall")
        window.inspect(path.format(**demo).strip("/").replace("/", "-") or "home")
