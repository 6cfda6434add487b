"""From the stored body to the HTML readers get: made once, when a revision is published.

Every span bound to a fact whose verdict is not OK gets a mark in the line and an editorial note beside its block;
notes are never folded away. Facts with known evidence get the numbers of their references; those without any are
listed as such. Nothing here comes from a reader, and every text goes through the tree: it is escaped on the way out.
"""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import mark_safe

from articles import body as bodies
from articles import margin
from articles.models.fact import Fact
from portal import names
from portal.templatetags.portal import lang_of

WORDS = {Fact.Verdict.IMPRECISE: "不精确", Fact.Verdict.DISPUTED: "存疑", Fact.Verdict.OUTDATED: "过时"}
SLOT = "<!--slot:strategy-->"  # the template puts the tool's link here
HAN_PER_MINUTE, WORDS_PER_MINUTE = 400, 200
SHORT_FIGURE, QUOTE = 14, 28
Cited = list[tuple[int, str]]  # the number of a reference, and what it says of the fact


@dataclass
class Rendered:
    """What a revision stores when it is published.

    references: {"items": [{n, key, citation, basis}], "unsourced": [{key, block, text}]}
    """

    html: str = ""
    contents: list[dict[str, Any]] = field(default_factory=list)
    anchors: dict[str, str] = field(default_factory=dict)
    references: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"items": [], "unsourced": []})
    minutes: int = 1


def load_facts(body: str) -> dict[str, Fact]:
    """Return the facts a body binds, by key, with their evidence."""
    keys = {key for key, _block in bodies.facts_of(bodies.parse(body))}
    return {fact.key: fact for fact in Fact.objects.known(keys)}


def render(body: str, facts: Mapping[str, Fact]) -> Rendered:
    """Return everything that is made of a body. Facts that are not given stay plain text."""
    tree = bodies.parse(body)
    made = Rendered(anchors=_anchors(tree), contents=_contents(tree), minutes=_minutes(tree))
    numbers = _Numbers(made.references)
    notes = _Notes()
    beside = {block: found for block in tree if (found := _notes_of(block, facts, numbers, notes))}
    margin.set_notes(tree, beside)
    _wrap_tables(tree)
    slotted = re.sub(r'<p([^>]*) data-slot="strategy"([^>]*)></p>', _slot, bodies.serialise(tree))
    made.html = names.whole(mark_safe(slotted))  # noqa: S308  # of the cleaned tree
    return made


class _Numbers:
    """Numbers references in the order in which the text first uses them."""

    def __init__(self, references: dict[str, list[dict[str, Any]]]) -> None:
        self.references = references
        self.known: dict[str, dict[str, Any]] = {}

    def of(self, fact: Fact) -> Cited:
        numbers: Cited = []
        for evidence in fact.evidence.all():
            reference = evidence.reference
            item = self.known.get(reference.key)
            if item is None:
                item = {
                    "n": len(self.known) + 1,
                    "key": reference.key,
                    "citation": reference.citation,
                    "basis": reference.basis,
                }
                self.known[reference.key] = item
                self.references["items"].append(item)
            numbers.append((item["n"], evidence.says_zh or evidence.says))
        return sorted(numbers)

    def without(self, fact: Fact, block_id: str, text: str) -> None:
        if all(entry["key"] != fact.key for entry in self.references["unsourced"]):
            self.references["unsourced"].append({"key": fact.key, "block": block_id, "text": text})


class _Notes:
    """Gives each place its own note id: n-<fact>, then n-<fact>-2."""

    def __init__(self) -> None:
        self.used: dict[str, int] = {}

    def next_id(self, key: str) -> str:
        self.used[key] = self.used.get(key, 0) + 1
        return f"n-{key}" if self.used[key] == 1 else f"n-{key}-{self.used[key]}"


def _notes_of(block: ET.Element, facts: Mapping[str, Fact], numbers: _Numbers, notes: _Notes) -> list[ET.Element]:
    """Mark the spans of a top-level block; return its notes. Those of a list stand in the item they are about."""
    left = []
    for span in _spans(block):
        found = _bind(block, span, facts, numbers, notes)
        item = _item_of(block, span) if found else None
        if item is None:
            left += found
        else:
            margin.set_in_item(item, found)
    return left


def _item_of(block: ET.Element, span: ET.Element) -> ET.Element | None:
    """Return the innermost list item that holds the span."""
    holding = [item for item in block.iter("li") if any(inner is span for inner in item.iter("span"))]
    return holding[-1] if holding else None


def _bind(
    block: ET.Element, span: ET.Element, facts: Mapping[str, Fact], numbers: _Numbers, notes: _Notes
) -> list[ET.Element]:
    """Mark one bound span; return its note, if it needs one."""
    fact = facts.get(span.get("data-fact", ""))
    if fact is None:
        return []
    text = bodies.folded("".join(span.itertext()))
    cited = numbers.of(fact)
    if not cited:
        numbers.without(fact, _home(block, span), text)
    if fact.verdict == Fact.Verdict.OK:
        if cited:
            _after(block, span, _citation(cited))
        return []
    note_id = notes.next_id(fact.key)
    span.set("class", " ".join(filter(None, [span.get("class"), "fig" if len(text) <= SHORT_FIGURE else "doubt"])))
    mark = ET.Element("a", {"class": "mark", "href": f"#{note_id}"})
    mark.text = WORDS[Fact.Verdict(fact.verdict)]
    _after(block, span, mark)
    return [_note(note_id, fact, text, cited)]


def _note(note_id: str, fact: Fact, text: str, cited: Cited) -> ET.Element:
    word = WORDS[Fact.Verdict(fact.verdict)]
    # Never cut within a figure or a mutation's name: half of it would read as another.
    quote = text if len(text) <= QUOTE else re.sub(r"[A-Za-z0-9.%–-]+$", "", text[: QUOTE - 1]).rstrip() + "…"
    note = ET.Element("aside", {"class": "ed", "id": note_id, "aria-label": f"编辑注：{quote}", "data-note": fact.key})
    title = ET.SubElement(note, "b")
    title.text = f"编辑注（{word}）：{quote}"
    ET.SubElement(note, "p").text = fact.note_zh
    source = ET.SubElement(note, "p", {"class": "from"})
    source.text = "出处：" if cited else "未查到可引用的出处。"
    for place, (number, says) in enumerate(cited):
        link = _number_link(source, number)
        if says:
            link.tail = " "
            ET.SubElement(source, "span", {"lang": lang_of(says)}).text = says
        if place + 1 < len(cited):
            source[-1].tail = "；"
    return note


def _citation(cited: Cited) -> ET.Element:
    cite = ET.Element("sup", {"class": "cite"})
    for number, _says in cited:
        _number_link(cite, number)
    return cite


def _number_link(parent: ET.Element, number: int) -> ET.Element:
    link = ET.SubElement(parent, "a", {"href": f"#ref-{number}"})
    link.text = f"[{number}]"
    return link


def _spans(block: ET.Element) -> list[ET.Element]:
    return [node for node in block.iter("span") if node.get("data-fact")]


def _home(block: ET.Element, span: ET.Element) -> str:
    """Return the id of the text block the span stands in."""
    home = block.get("id", "")
    for node in block.iter():
        if node.tag in bodies.TEXT_BLOCKS and node.get("id") and any(inner is span for inner in node.iter("span")):
            home = node.get("id", home)
    return home


def _after(block: ET.Element, node: ET.Element, new: ET.Element) -> None:
    for parent in block.iter():
        for place, child in enumerate(parent):
            if child is node:
                new.tail, node.tail = node.tail, None
                parent.insert(place + 1, new)
                return


def _wrap_tables(tree: ET.Element) -> None:
    """A wide table scrolls within itself, by keyboard too; each region has a name of its own."""
    number = 0
    for parent in list(tree.iter()):
        for place, child in enumerate(list(parent)):
            if child.tag == "table":
                number += 1
                name = f"表格 {number}"
                frame = ET.Element("div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": name})
                frame.tail, child.tail = child.tail, None
                parent[place] = frame
                frame.append(child)


def _anchors(tree: ET.Element) -> dict[str, str]:
    anchors: dict[str, str] = {}
    for node in tree.iter():
        if node.get("data-section"):
            anchors.setdefault(f"section:{node.get('data-section')}", node.get("id", ""))
    for key, block_id in bodies.facts_of(tree):
        anchors.setdefault(f"fact:{key}", block_id)
    return anchors


def _contents(tree: ET.Element) -> list[dict[str, Any]]:
    return [
        {"id": node.get("id", ""), "level": int(node.tag[1]), "text": bodies.folded("".join(node.itertext()))}
        for node in tree.iter()
        if node.tag in {"h2", "h3"}
    ]


def _minutes(tree: ET.Element) -> int:
    text = "".join(tree.itertext())
    han = len(re.findall(r"[\u3400-\u9fff]", text))
    words = len(re.findall(r"[A-Za-z0-9][A-Za-z0-9.-]*", text))
    return max(1, math.ceil(han / HAN_PER_MINUTE + words / WORDS_PER_MINUTE))


def _slot(match: re.Match[str]) -> str:
    block_id = bodies.BLOCK_ID.search(match.group(0))
    return f'<div id="{block_id.group(0) if block_id else ""}" data-slot="strategy">{SLOT}</div>'
