"""Where lines end, measured on the page: headings end in company, names of drugs and genes are never cut."""

from __future__ import annotations

from playwright.sync_api import Page

WIDTHS = (320, 360, 390, 768, 1440)
# Every visible heading: how many letters its last line holds, where it has more than one line.
LONE_ENDS = """() => {
  const said = [];
  for (const heading of document.querySelectorAll("main :is(h1, h2, h3, h4)")) {
    if (!heading.checkVisibility() || heading.offsetWidth < 2) continue;
    const lines = new Map(), range = document.createRange();
    const walker = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const words = walker.currentNode.data;
      if (walker.currentNode.parentElement.closest(".hide, svg, .badge, small")) continue;
      for (let at = 0; at < words.length; at += 1) {
        range.setStart(walker.currentNode, at);
        range.setEnd(walker.currentNode, at + 1);
        const box = range.getClientRects()[0];
        if (!box || !/[\\p{L}\\p{N}]/u.test(words[at])) continue;
        const line = Math.round(box.bottom / 8);
        lines.set(line, (lines.get(line) || 0) + 1);
      }
    }
    const last = Math.max(...lines.keys());
    if (lines.size > 1 && lines.get(last) < 2) said.push(heading.textContent.trim());
  }
  return said;
}"""
# Every name in the text that a phone's line can hold: does it stand in one line?
CUT_NAMES = """() => {
  const said = new Set(), range = document.createRange();
  const names = /[\\u4e00-\\u9fff]{2}替尼|[A-Z][A-Za-z0-9]*(?:[-/][A-Za-z0-9]+)+/g;
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.parentElement.checkVisibility() || node.parentElement.closest(".hide, svg, textarea, select")) continue;
    for (const found of node.data.matchAll(names)) {
      if (found[0].length > 14) continue;
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      const bottoms = [...range.getClientRects()].filter((box) => box.width > 1).map((box) => box.bottom);
      if (!bottoms.length || Math.max(...bottoms) - Math.min(...bottoms) <= 8) continue;
      said.add(found[0] + " in " + node.data.slice(0, 60));
    }
  }
  return [...said];
}"""


def bad_ends(page: Page, height: int) -> list[str]:
    """What the page shows wrong at any of the widths; its window is left as wide as it was."""
    before, said = page.viewport_size, []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        said += [f"{width} px: one character alone: {words}" for words in page.evaluate(LONE_ENDS)]
        said += [f"{width} px: cut in two: {words}" for words in page.evaluate(CUT_NAMES)]
    if before:
        page.set_viewport_size(before)
    return said
