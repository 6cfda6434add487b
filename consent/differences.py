"""What changed between two versions of a document, paragraph by paragraph, for whoever is asked anew or publishes.

Compared is what is shown: tokens replaced, markup cleaned, in the active language. Unchanged paragraphs in a row are
one fold. A paragraph whose words stayed but whose links or emphasis changed is a change too.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache

from consent.models import AgreementVersion
from consent.texts import body_html, summary
from portal.differences import Piece, in_one_line
from portal.localise import localised

BLOCK = re.compile(r"</?(h2|p|li|ul|ol)>")
ALIKE = 0.4  # share of common characters from which a paragraph counts as reworded, not replaced
PAIRS = 400  # beyond so many paragraphs against paragraphs, they are paired in their order


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A title, a summary, or one block of the body: h2, p, li. `markup` is its inner HTML."""

    tag: str
    text: str
    markup: str


@dataclass(frozen=True, slots=True)
class Change:
    """One paragraph: changed, added, removed or markup (same words, other links or emphasis); `under` its heading."""

    kind: str
    tag: str
    under: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Fold:
    """Paragraphs in a row that stayed as they were."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    kind: str = "same"

    @property
    def count(self) -> int:
        return len(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of the new version in reading order; `changes` is how many paragraphs a reader has to look at."""

    rows: list[Change | Fold]

    @property
    def changes(self) -> int:
        return sum(isinstance(row, Change) for row in self.rows)


def compare(old: AgreementVersion | None, new: AgreementVersion) -> Comparison:
    """Return what a reader of `old` has to know of `new`, in the active language. Without old, everything is new."""
    before, after = paragraphs(old) if old else [], paragraphs(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    rows: list[Change | Fold] = []
    heading = ""
    for operation, i, i_end, j, j_end in matcher.get_opcodes():
        if operation == "equal":
            rows.append(Fold(after[j:j_end]))
            heading = next((p.text for p in reversed(after[j:j_end]) if p.tag == "h2"), heading)
            continue
        for one, other in _pairs(before[i:i_end], after[j:j_end]):
            heading = other.text if other and other.tag == "h2" else heading
            rows.append(_change(one, other, heading))
    return Comparison(rows)


def paragraphs(version: AgreementVersion) -> list[Paragraph]:
    """Return title, summary and blocks of a version as they are shown."""
    head = [("title", localised(version, "title")), ("summary", summary(version))]
    found = [Paragraph(tag, text, text) for tag, text in head]
    body = str(body_html(version))
    start, tag = 0, "p"
    for edge in [*BLOCK.finditer(body), None]:  # words outside a block are shown too, so they are compared too
        markup = body[start : edge.start() if edge else len(body)].strip()
        text = " ".join(html.unescape(re.sub(r"<[^>]+>", "", markup)).split())
        found += [Paragraph(tag, text, markup)] if text else []
        if edge:
            start, tag = edge.end(), "p" if edge[0].startswith("</") or edge[1] in {"ul", "ol"} else edge[1]
    return found


def _change(old: Paragraph | None, new: Paragraph | None, heading: str) -> Change:
    under = "" if (new or old).tag in {"h2", "title", "summary"} else heading  # type: ignore[union-attr]
    if old is None or new is None:
        kind, mark, only = ("added", "new", new) if new else ("removed", "old", old)
        assert only is not None
        return Change(kind, only.tag, under, [(mark, only.text)])
    if old.text == new.text:
        return Change("markup", new.tag, under, [("same", new.text)])
    return Change("changed", new.tag, under, in_one_line(old.text, new.text))


def _pairs(olds: list[Paragraph], news: list[Paragraph]) -> list[tuple[Paragraph | None, Paragraph | None]]:
    """Pair what was reworded, in order, so that as much as possible is alike; the rest went or came."""
    if len(olds) * len(news) > PAIRS:
        longest = range(max(len(olds), len(news)))
        return [(olds[k] if k < len(olds) else None, news[k] if k < len(news) else None) for k in longest]
    best: list[list[float]] = [[0.0] * (len(news) + 1) for _row in range(len(olds) + 1)]
    alike = [[_alike(one, other) for other in news] for one in olds]
    for i in reversed(range(len(olds))):
        for j in reversed(range(len(news))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], alike[i][j] and alike[i][j] + best[i + 1][j + 1])
    found: list[tuple[Paragraph | None, Paragraph | None]] = []
    i = j = 0
    while i < len(olds) or j < len(news):
        if i < len(olds) and j < len(news) and alike[i][j] and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            found.append((olds[i], news[j]))
            i, j = i + 1, j + 1
        elif i < len(olds) and (j == len(news) or best[i][j] == best[i + 1][j]):
            found.append((olds[i], None))
            i += 1
        else:
            found.append((None, news[j]))
            j += 1
    return found


def _alike(one: Paragraph, other: Paragraph) -> float:
    """How alike two paragraphs are, 0 when too little or of another kind."""
    heads = {"title", "summary"}
    if one.tag in heads or other.tag in heads:
        return float(one.tag == other.tag)
    ratio = _ratio(one.text[:2000], other.text[:2000])
    return ratio if ratio >= ALIKE else 0.0


@lru_cache(maxsize=512)
def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
