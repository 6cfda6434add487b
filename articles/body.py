"""The body of an article: an HTML subset, cleaned on every save, each block with an id of its own.

Who edits may paste anything; what is stored has passed here. Block ids are given where missing and kept when text is
edited or moved: comments, the strategy tool's sources and corrections point at them.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass

import nh3
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.text import clean_text

BLOCKS = frozenset({"h2", "h3", "h4", "p", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td"})
TEXT_BLOCKS = frozenset({"h2", "h3", "h4", "p", "li", "blockquote", "th", "td"})  # the ones a sentence stands in
INLINE = frozenset({"strong", "em", "sub", "sup", "br", "a", "span"})
HEADINGS = frozenset({"h2", "h3", "h4"})
SLOTS = frozenset({"strategy"})
ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
MAX_LENGTH, MAX_DEPTH = 400_000, 40
BLOCK_ID = re.compile(r"b-[a-z2-7]{8}")
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
LINK = re.compile(r"(?:https?://|mailto:|#|/(?![/\\]))[^\s\\]*", re.IGNORECASE)
ATTRIBUTES: dict[str, set[str]] = {
    **{tag: {"id"} for tag in BLOCKS},
    **{tag: {"id", "data-section"} for tag in HEADINGS},
    "p": {"id", "data-slot"},
    "th": {"id", "scope", "colspan", "rowspan"},
    "td": {"id", "colspan", "rowspan"},
    "a": {"href"},
    "span": {"class", "data-fact"},
}
ALLOWED = {
    "id": BLOCK_ID,
    "data-section": KEY,
    "data-slot": re.compile("|".join(SLOTS)),
    "data-fact": KEY,
    "class": re.compile("nb"),
    "scope": re.compile("col|row|colgroup|rowgroup"),
    "colspan": re.compile("[1-9][0-9]?"),
    "rowspan": re.compile("[1-9][0-9]?"),
    "href": LINK,
}


@dataclass(frozen=True, slots=True)
class BlockText:
    """One block as it is stored beside its revision."""

    block_id: str
    tag: str
    section: str
    text: str
    sha256: str


def clean_body(source: str) -> str:
    """Return the source reduced to the subset, every block with an id.

    ValidationError for control characters, for more text than a page can hold, for elements nested beyond reason.
    """
    tree = parse(source)
    _tidy(tree)
    _give_ids(tree)
    return serialise(tree)


def parse(source: str) -> ET.Element:
    """Clean to the allow-list and return the tree; its root is no part of the body."""
    if len(source) > MAX_LENGTH:
        raise ValidationError(_("正文超过 %(most)d 个字符，请拆成几篇。") % {"most": MAX_LENGTH})
    text = clean_text(source, paragraphs=True)
    text = re.sub("[\ufdd0-\ufdef\ufffe\uffff]", "", text)  # never characters, and XML's parser refuses some
    cleaned = nh3.clean(
        text,
        tags=BLOCKS | INLINE,
        attributes=ATTRIBUTES,
        attribute_filter=_keep,
        link_rel=None,
        url_schemes={"http", "https", "mailto"},
        strip_comments=True,
    )
    # nh3 writes well-formed markup with two exceptions to XML: void <br> and the named no-break space.
    tree = ET.fromstring(f"<body>{cleaned.replace('<br>', '<br/>').replace('&nbsp;', chr(160))}</body>")  # noqa: S314
    _refuse_depth(tree)
    return tree


def serialise(tree: ET.Element) -> str:
    """Return the HTML inside the root."""
    markup = ET.tostring(tree, encoding="unicode", method="html", short_empty_elements=False)
    return markup.removeprefix("<body>").removesuffix("</body>").strip()


def blocks_of(tree: ET.Element) -> Iterator[BlockText]:
    """Yield every block in reading order with its section (of the last heading that opens one), text and hash."""
    section = ""
    for node in tree.iter():
        section = node.get("data-section") or section
        if node.tag in BLOCKS and node.get("id"):
            text = folded("".join(node.itertext()))
            yield BlockText(node.get("id", ""), node.tag, section, text, text_hash(text))


def own_texts(tree: ET.Element) -> dict[str, str]:
    """Return each block's text without that of the blocks inside it: a list item says less than its sub-list."""
    said: dict[str, list[str]] = {}

    def walk(node: ET.Element, block: str) -> None:
        if node.tag in BLOCKS and node.get("id"):
            block = node.get("id", "")
        texts = said.setdefault(block, [])
        texts.append(node.text or "")
        for child in node:
            walk(child, block)
            texts.append(child.tail or "")

    walk(tree, "")
    return {block: folded("".join(texts)) for block, texts in said.items() if block}


def facts_of(tree: ET.Element) -> list[tuple[str, str]]:
    """Return (fact key, id of the nearest text block) for every bound span, in reading order."""
    found: list[tuple[str, str]] = []

    def walk(node: ET.Element, block: str) -> None:
        if node.tag in TEXT_BLOCKS and node.get("id"):
            block = node.get("id", "")
        if node.get("data-fact"):
            found.append((node.get("data-fact", ""), block))
        for child in node:
            walk(child, block)

    walk(tree, "")
    return found


def folded(text: str) -> str:
    """NFC, white space folded: what a block's hash is taken of."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def text_hash(text: str) -> str:
    """SHA-256 (hex) of folded text."""
    return hashlib.sha256(folded(text).encode()).hexdigest()


def _refuse_depth(tree: ET.Element) -> None:
    """Everything below walks the tree by recursion."""
    level = list(tree)
    for _depth in range(MAX_DEPTH):
        level = [child for node in level for child in node]
    if level:
        raise ValidationError(_("正文的嵌套太深，无法保存。"))


def _keep(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        value = re.sub(r"[\x00-\x20]", "", value)
    shape = ALLOWED.get(name)  # asked about elements that are thrown away, too
    return value if shape and shape.fullmatch(value) else None


def _tidy(tree: ET.Element) -> None:
    """Loose text becomes a paragraph; spans that say nothing and paragraphs that hold nothing go."""
    _unwrap(tree)
    _wrap_loose(tree)
    for parent in list(tree.iter()):
        for child in list(parent):
            is_slot = child.get("data-slot") is not None
            if child.tag in BLOCKS - {"td", "th"} and not is_slot and not folded("".join(child.itertext())):
                _detach(parent, child)
    for slot in tree.iter("p"):
        if slot.get("data-slot") and folded("".join(slot.itertext())):
            del slot.attrib["data-slot"]  # somebody wrote into the place of the tool: the words stay
    for block in tree:
        block.tail = "\n"  # one block a line: whoever reads the source can find their way


def _unwrap(parent: ET.Element) -> None:
    """Take away spans without meaning, links without target, and the paragraph an editor puts into a list item."""
    position = 0
    while position < len(parent):
        child = parent[position]
        _unwrap(child)
        lone = (
            child.tag == "p"
            and parent.tag in {"li", "td", "th"}
            and not child.get("data-slot")
            and len([c for c in parent if c.tag == "p"]) == 1
        )
        bare = (child.tag == "span" and not child.attrib) or (child.tag == "a" and not child.get("href"))
        if not (lone or bare):
            position += 1
            continue
        if lone and parent.get("id") is None and child.get("id"):
            parent.set("id", child.get("id", ""))
        inner = list(child)
        _add_text(parent, position, child.text)
        tail = child.tail
        parent.remove(child)
        for offset, node in enumerate(inner):
            parent.insert(position + offset, node)
        _add_text(parent, position + len(inner), tail)
        position += len(inner)


def _wrap_loose(tree: ET.Element) -> None:
    """Put runs of text and inline elements that stand between blocks into paragraphs."""
    result: list[ET.Element] = []
    loose = ET.Element("p")
    loose.text, tree.text = tree.text, None
    for child in list(tree):
        if child.tag in INLINE:
            loose.append(child)
            continue
        result += [loose, child]
        loose = ET.Element("p")
        loose.text, child.tail = child.tail, None
    tree[:] = [*result, loose]  # those that hold nothing go in _tidy


def _add_text(parent: ET.Element, position: int, text: str | None) -> None:
    if not text:
        return
    if position == 0:
        parent.text = (parent.text or "") + text
    else:
        parent[position - 1].tail = (parent[position - 1].tail or "") + text


def _detach(parent: ET.Element, child: ET.Element) -> None:
    _add_text(parent, list(parent).index(child), child.tail)
    child.tail = None
    parent.remove(child)


def _give_ids(tree: ET.Element) -> None:
    """The first block with an id keeps it; a copy of it is another block and gets another."""
    seen: set[str] = set()
    for node in tree.iter():
        if node.tag not in BLOCKS:
            continue
        block_id = node.get("id", "")
        while not block_id or block_id in seen:
            block_id = new_block_id()
        node.set("id", block_id)
        seen.add(block_id)


def new_block_id() -> str:
    """Return b- and eight random base32 characters."""
    return "b-" + "".join(secrets.choice(ALPHABET) for _ in range(8))
