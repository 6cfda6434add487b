"""Drawing a judged PDF, page by page, to pictures a reviewer can read. Runs in the child."""

from __future__ import annotations

import pypdfium2

from accounts.judging.images import Page, encode
from accounts.judging.verdict import KEPT_SIDE, Code, Refusal

POINTS_PER_INCH = 72
MAX_PAGE_PIXELS = 12_000_000
MIN_SIDE = 16  # a page drawn smaller than this shows nothing: some programs answer so for a page they gave up on
FEW_PAGES, FINE_DPI, PLAIN_DPI = 10, 200, 150


def draw(data: bytes) -> list[Page]:
    """Draw every page, stamps and filled fields included. No form engine is started, so nothing in it can act."""
    document = pypdfium2.PdfDocument(data)
    dpi = FINE_DPI if len(document) <= FEW_PAGES else PLAIN_DPI
    return [_draw_page(document, number, dpi) for number in range(len(document))]


def _draw_page(document: pypdfium2.PdfDocument, number: int, dpi: int) -> Page:
    page = document[number]
    width, height = page.get_size()
    if min(width, height) <= 0:
        raise Refusal(Code.PAGE_SIZE, page=number + 1)
    scale = min(
        dpi / POINTS_PER_INCH,
        (KEPT_SIDE - 1) / max(width, height),  # sizes are rounded up
        (MAX_PAGE_PIXELS / (width * height)) ** 0.5,
    )
    bitmap = page.render(scale=scale, rev_byteorder=True)
    if bitmap.width < MIN_SIDE or bitmap.height < MIN_SIDE:
        raise Refusal(Code.PAGE_SIZE, page=number + 1)
    finished = encode(bitmap.to_pil().convert("RGB"))
    bitmap.close()
    page.close()
    return finished
