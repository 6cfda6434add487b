"""The shipped articles as files, for the tests that read them: no database, no Django."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parents[2] / "articles" / "data"
FOLDER = DATA / "alk-pretreated-strategy"
NOTES_FOLDER = DATA / "reading-editorial-notes"
BLOCKS = {"h2", "h3", "h4", "p", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td"}
TEXT_BLOCKS = {"h2", "h3", "h4", "p", "li", "blockquote", "th", "td"}


@cache
def tree(folder: Path) -> ET.Element:
    return ET.fromstring(f"<body>{(folder / 'body.html').read_text(encoding='utf-8')}</body>")


@cache
def data(name: str, folder: Path = FOLDER) -> Any:
    return yaml.safe_load((folder / name).read_text(encoding="utf-8"))


def text(node: ET.Element) -> str:
    return "".join(node.itertext())


def own_text(node: ET.Element) -> str:
    """The node's text without the blocks inside it."""
    parts = [node.text or ""]
    for child in node:
        parts += ["" if child.tag in BLOCKS else text(child), child.tail or ""]
    return "".join(parts)


def prose(folder: Path) -> list[str]:
    return [own_text(node) for node in tree(folder).iter() if node.tag in TEXT_BLOCKS]


def comments() -> list[str]:
    return [comment["body"] for comment in data("comments.yaml")["comments"]]


@cache
def bound() -> list[tuple[str, str, ET.Element, ET.Element]]:
    """(fact key, section, span, text block) in reading order."""
    found: list[tuple[str, str, ET.Element, ET.Element]] = []
    section = ""

    def walk(node: ET.Element, block: ET.Element) -> None:
        nonlocal section
        section = node.get("data-section", section)
        block = node if node.tag in TEXT_BLOCKS else block
        if node.get("data-fact"):
            found.append((node.get("data-fact", ""), section, node, block))
        for child in node:
            walk(child, block)

    root = tree(FOLDER)
    walk(root, root)
    return found


def facts() -> dict[str, Any]:
    return {fact["key"]: fact for fact in data("facts.yaml")["facts"]}


def told(fact: str) -> str:
    """The words around a fact: its own block's and those of the list items above it."""
    block = next(block for key, _section, _span, block in bound() if key == fact)
    above = [node for node in tree(FOLDER).iter("li") if any(n.get("id") == block.get("id") for n in node.iter())]
    return "".join([own_text(block), *(own_text(node) for node in above)])
