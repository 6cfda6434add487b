"""What every page owes, whatever its state: axe in both themes, one heading, room for a finger, no sideways scroll."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

from tests.journeys.lines import bad_ends
from tests.looks.looks import EVERY_PAGE
from tests.looks.looks import PHONE as PHONE_LOOK

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]  # the rules that another theme can break
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
NARROWEST, PHONE = {"width": 320, "height": 640}, {"width": 360, "height": 740}
SHOWN, FINGER = 3, 44  # places named per finding; CSS px

# Returns what is wrong, in words. `finger` is the least height in CSS px of our own buttons; axe minds others' 24.
OWED = """(finger) => {
  const wrong = [], root = document.documentElement;
  const name = (e) => e.outerHTML.replace(/\\s+/g, " ").slice(0, 140);
  const seen = (e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const hidden = (e) => { const r = e.getBoundingClientRect(); return r.width <= 2 || r.height <= 2; };
  if (!["zh-Hans", "en"].includes(root.lang)) wrong.push(`lang is ${root.lang}`);
  const ones = document.querySelectorAll("h1");
  if (ones.length !== 1) wrong.push(`${ones.length} h1`);
  let level = 0;
  for (const h of [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(seen)) {
    const at = Number(h.tagName[1]);
    if (at > level + 1) wrong.push(`${h.tagName} after H${level}: ${name(h)}`);
    level = at;
  }
  for (const part of ["body > header", "main"])
    if (document.querySelectorAll(part).length !== 1) wrong.push(`not one ${part}`);
  if (!document.title.includes(" · ")) wrong.push(`title is ${document.title}`);
  for (const e of document.querySelectorAll(".btn:not(.slim)")) {
    if (!seen(e) || hidden(e) || e.closest("[inert], [aria-hidden=true]")) continue;
    const r = e.getBoundingClientRect();
    if (r.height + 0.5 < finger) wrong.push(`${Math.round(r.height)} px high, ${finger} are owed: ${name(e)}`);
  }
  for (const e of document.querySelectorAll("main *")) {
    if (e.children.length || !e.textContent.trim() || !seen(e) || hidden(e)) continue;
    if (e.closest("[aria-hidden=true], .hide")) continue;
    const s = getComputedStyle(e), is_wider = e.clientWidth && e.scrollWidth > e.clientWidth + 1;
    if (is_wider && /hidden|clip/.test(s.overflowX) && s.textOverflow !== "ellipsis")
      wrong.push(`text cut off: ${name(e)}`);
  }
  return wrong;
}"""
WIDER = """(most) => [document.documentElement.scrollWidth, [...document.querySelectorAll("body *")].filter((e) => {
  const r = e.getBoundingClientRect();
  if (r.right <= most + 1 || !r.width) return false;
  for (let up = e.parentElement; up; up = up.parentElement)
    if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX)) return false;
  return true;
}).slice(0, 3).map((e) => e.outerHTML.replace(/\\s+/g, " ").slice(0, 140))]"""
# axe leaves empty style attributes, which htmx would carry into what comes next, against the policy.
TIDY = """for (const left of document.querySelectorAll("[style='']")) left.removeAttribute("style")"""


def judged(page: Page) -> list[str]:
    """Return what is wrong with the page as it stands, in light and in dark; the window is narrow after."""
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="light")
    found = [*page.evaluate(OWED, FINGER)]
    page.evaluate(AXE)
    found += axe(page, {"type": "tag", "values": RULES})
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {violation}" for violation in axe(page, {"type": "rule", "values": COLOURS})]
    page.evaluate(TIDY)
    return found + sideways(page, NARROWEST)


def judged_in_other_words(page: Page) -> list[str]:
    """Return what another language can break: headings, title, room, width."""
    page.set_viewport_size(PHONE)
    return [*page.evaluate(OWED, FINGER), *sideways(page, NARROWEST)]


def judged_in_every_look(page: Page, *, is_prose: bool = True) -> list[str]:
    """Return what is wrong where somebody's window differs: widths, spaced text, colours; where lines of prose end."""
    found = []
    for look in EVERY_PAGE:
        look.put_on(page)
        if look.media.get("media") != "print":
            found += [f"{look.name}: {said}" for said in sideways(page, {"width": look.width, "height": look.height})]
        if look.media.get("contrast"):
            page.evaluate(AXE)
            found += [f"{look.name}: {violation}" for violation in axe(page, {"type": "rule", "values": COLOURS})]
            page.evaluate(TIDY)
    PHONE_LOOK.put_on(page)
    return found + (bad_ends(page, PHONE["height"]) if is_prose else [])


def axe(page: Page, rules: dict[str, Any]) -> list[str]:
    """Return the violations of these rules; the script of axe is there already."""
    options = json.dumps({"runOnly": rules, "resultTypes": ["violations"], "elementRef": False})
    violations = page.evaluate(f"axe.run({options}).then((found) => found.violations)")
    return [_said(violation) for violation in violations]


def sideways(page: Page, size: dict[str, int]) -> list[str]:
    """Return what makes the page scroll sideways at this size."""
    page.set_viewport_size(size)  # type: ignore[arg-type]
    wide, by = page.evaluate(WIDER, size["width"])
    return [f"{wide} px wide at {size['width']}: {' | '.join(by)}"] if wide > size["width"] else []


def _said(violation: dict[str, Any]) -> str:
    nodes = [f"{node['html'][:160]} {node.get('failureSummary', '')[:220]}" for node in violation["nodes"][:SHOWN]]
    return f"{violation['id']} ×{len(violation['nodes'])}: {' | '.join(nodes)}".replace("\n", " ")
