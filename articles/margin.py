"""Where editorial notes stand: on a desk in the margin, from the level of their block down, where there is room; else
right under the block. On a phone and on paper always under it: the order in the markup is block, notes, next block.

Room is judged once, when the article is published, by counting characters. A wrong guess costs a little white space;
nothing ever covers anything.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping

# What a desk's page measures, in px: the two reading.css at 17 and 15 px.
TEXT_CHARACTERS, TEXT_LINE, TEXT_GAP = 37, 31.5, 19
NOTE_CHARACTERS, NOTE_LINE, NOTE_GAP = 15.3, 26.25, 12
HEADING_GAP = 45


def set_notes(tree: ET.Element, notes: Mapping[ET.Element, list[ET.Element]]) -> None:
    """Put each top-level block that has notes into a frame with them, and with the blocks that stand beside them."""
    blocks = list(tree)
    result: list[ET.Element] = []
    place = 0
    while place < len(blocks):
        block = blocks[place]
        if block not in notes:
            result.append(block)
            place += 1
            continue
        beside = _beside(blocks, place, notes)
        result.append(_frame(block, notes[block], beside))
        place += 1 + len(beside or [])
    tree[:] = result


def set_in_item(item: ET.Element, notes: list[ET.Element]) -> None:
    """Put notes under the words of a list item, before the list that it may hold."""
    stack = next((child for child in item if child.get("class") == "eds"), None)
    if stack is None:
        stack = ET.Element("div", {"class": "eds"})
        place = next((n for n, child in enumerate(item) if child.tag in {"ul", "ol"}), len(item))
        item.insert(place, stack)
    stack.extend(notes)


def _beside(
    blocks: list[ET.Element], place: int, notes: Mapping[ET.Element, list[ET.Element]]
) -> list[ET.Element] | None:
    """Return the following blocks that the notes reach down along; None when there is not enough room for them."""
    needed = sum(_note_height(note) for note in notes[blocks[place]])
    room, taken = _height(blocks[place]), []
    for following in blocks[place + 1 :]:
        if room >= needed or following in notes or following.tag == "h2" or following.get("data-slot"):
            break
        room += _height(following)
        taken.append(following)
    while taken and taken[-1].tag in {"h3", "h4"}:  # a heading stays with what it opens
        room -= _height(taken.pop())
    return taken if room >= needed else None


def _frame(block: ET.Element, notes: list[ET.Element], beside: list[ET.Element] | None) -> ET.Element:
    frame = ET.Element("div", {"class": "noted" if beside is not None else "noted under"})
    frame.tail, block.tail = block.tail, None
    frame.append(block)
    stack = ET.SubElement(frame, "div", {"class": "eds"})
    stack.extend(notes)
    frame.extend(beside or [])
    return frame


def _height(block: ET.Element) -> float:
    if block.tag in {"ul", "ol", "table", "blockquote"}:
        rows = [node for node in block.iter() if node.tag in {"li", "tr", "p"}] or [block]
        return sum(_lines(row, TEXT_CHARACTERS - 3) * TEXT_LINE + 4 for row in rows) + TEXT_GAP
    gap = HEADING_GAP if block.tag in {"h3", "h4"} else TEXT_GAP
    return _lines(block, TEXT_CHARACTERS) * TEXT_LINE + gap


def _note_height(note: ET.Element) -> float:
    return sum(_lines(part, NOTE_CHARACTERS) * NOTE_LINE + 4 for part in note) + NOTE_GAP


def _lines(node: ET.Element, width: float) -> int:
    """Lines of text: a Latin letter is about half as wide as a Han character."""
    units = sum(1 if ord(character) > 0x2E7F else 0.55 for character in "".join(node.itertext()))
    return max(1, math.ceil(units / width))
