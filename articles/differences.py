"""What changed between two bodies, block by block: what the second editor reads before publishing."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from articles import body as bodies
from portal.differences import Piece, words_changed


@dataclass(frozen=True, slots=True)
class Change:
    """One block: added, removed, moved, changed in words or in markup only."""

    kind: str
    block_id: str
    tag: str
    old: list[Piece] = field(default_factory=list)
    new: list[Piece] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes in reading order, how many blocks stayed, and the facts that came and went."""

    changes: list[Change]
    unchanged: int
    facts_lost: list[str]
    facts_added: list[str]
    sections_lost: list[str]


@dataclass(frozen=True, slots=True)
class _Block:
    block_id: str
    tag: str
    text: str
    markup: str


def compare(old: str, new: str) -> Comparison:
    """Return what a reader of `old` would have to know of `new`. Both are cleaned bodies."""
    before, after = bodies.parse(old), bodies.parse(new)
    olds, news = list(_blocks(before)), list(_blocks(after))
    changes, unchanged = [], 0
    known = {block.block_id: block for block in olds}
    staying = {block.block_id for block in news}
    matcher = SequenceMatcher(None, [b.block_id for b in olds], [b.block_id for b in news], autojunk=False)
    for operation, i, i_end, j, j_end in matcher.get_opcodes():
        if operation == "equal":
            for one, other in zip(olds[i:i_end], news[j:j_end], strict=True):
                change = _changed(one, other, "")
                changes += [change] if change else []
                unchanged += change is None
            continue
        changes += [_removed(block) for block in olds[i:i_end] if block.block_id not in staying]
        for block in news[j:j_end]:
            was = known.get(block.block_id)
            found = _changed(was, block, "moved") if was else _added(block)
            changes += [found] if found else []
    old_facts, new_facts = ({key for key, _block in bodies.facts_of(tree)} for tree in (before, after))
    return Comparison(
        changes,
        unchanged,
        sorted(old_facts - new_facts),
        sorted(new_facts - old_facts),
        sorted(_sections(before) - _sections(after)),
    )


def _blocks(tree: ET.Element) -> Iterator[_Block]:
    """Yield the innermost text blocks: a list's text is its items' text."""
    for node in tree.iter():
        is_inner = not any(inner.tag in bodies.BLOCKS for inner in node.iter() if inner is not node)
        if node.tag not in bodies.TEXT_BLOCKS or not is_inner:
            continue
        markup = ET.tostring(node, encoding="unicode", method="html").strip()
        text = bodies.folded("".join(node.itertext()))
        if text or node.get("data-slot"):
            yield _Block(node.get("id", ""), node.tag, text or f"[{node.get('data-slot')}]", markup)


def _changed(old: _Block, new: _Block, otherwise: str) -> Change | None:
    if old.text != new.text:
        left, right = words_changed(old.text, new.text)
        return Change("changed", new.block_id, new.tag, left, right)
    if old.markup != new.markup:
        return Change("markup", new.block_id, new.tag, [("same", old.markup)], [("same", new.markup)])
    return Change(otherwise, new.block_id, new.tag, [], [("same", new.text)]) if otherwise else None


def _removed(block: _Block) -> Change:
    return Change("removed", block.block_id, block.tag, [("old", block.text)], [])


def _added(block: _Block) -> Change:
    return Change("added", block.block_id, block.tag, [], [("new", block.text)])


def _sections(tree: ET.Element) -> set[str]:
    return {node.get("data-section", "") for node in tree.iter() if node.get("data-section")}
