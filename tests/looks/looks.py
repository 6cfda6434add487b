"""How somebody's window differs, put on a page that is open already: no reload, nothing typed is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

# WCAG 1.4.12: nothing is lost when a reader spaces text like this.
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-block-end: 2em !important }"""
AS_USUAL: dict[str, Any] = {
    "media": "screen",
    "color_scheme": "light",
    "contrast": "no-preference",
    "forced_colors": "none",
    "reduced_motion": "reduce",
}


@dataclass(frozen=True)
class Look:
    """A width, what the system asks for, and whether the reader spaces the text."""

    name: str
    words: str
    width: int
    height: int
    media: dict[str, Any] = field(default_factory=dict)
    is_spaced: bool = False

    def put_on(self, page: Page) -> None:
        """Change the window; the next look undoes it."""
        page.set_viewport_size({"width": self.width, "height": self.height})
        page.emulate_media(**{**AS_USUAL, **self.media})
        # A sheet made by a script of the reader's is no inline style: the page's policy lets it pass.
        page.evaluate(
            """(text) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(text);
               document.adoptedStyleSheets = text ? [sheet] : []; }""",
            SPACED if self.is_spaced else "",
        )


PHONE, DESK = Look("360", "手机 360", 360, 740), Look("1440", "桌面 1440", 1440, 900)
EVERY_STATE = [PHONE, DESK]
EVERY_PAGE = [
    Look("320", "窄 320", 320, 640),
    Look("768", "平板 768", 768, 1024),
    Look("360-dark", "手机，深色", 360, 740, {"color_scheme": "dark"}),
    Look("1440-dark", "桌面，深色", 1440, 900, {"color_scheme": "dark"}),
    Look("zoom-200", "放大 200 %", 720, 450),
    Look("spaced", "文字间距", 360, 740, is_spaced=True),
    Look("contrast", "高对比", 768, 1024, {"contrast": "more"}),
    Look("forced", "强制颜色", 1440, 900, {"forced_colors": "active", "color_scheme": "dark"}),
    Look("print", "打印", 794, 1123, {"media": "print"}),
]
ENGLISH = Look("english", "English", 360, 740)
