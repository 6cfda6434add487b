"""What the templates of an answer are given: options as cards, rows and groups; what was ruled out; what to correct."""

from __future__ import annotations

from dataclasses import dataclass

from strategy.phrases import Markup


@dataclass(frozen=True, slots=True)
class Dispute:
    """Rules that disagree about an option, and how it was settled."""

    option: str
    label: str
    reasons_for: str
    reasons_against: str
    resolution: str


@dataclass(frozen=True, slots=True)
class Card:
    """An option that is listed. `is_stale`: a rule that proposed or moved it rests on a changed sentence.

    `notes` are its cautions, always in the open; `unless` what would rule it out and is not known yet, `not_for` what
    would rule out others; `elsewhere` the cards on which cautions of a row stand already.
    """

    option: str
    label: str
    heading: Markup
    strength: str
    strength_label: str
    reasons: Markup
    notes: Markup
    evidence: Markup | str
    claims: int
    doubts: int
    unless: str
    not_for: str
    elsewhere: Markup | str
    dispute: Dispute | None
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """Options shown as rows. A caution of several of them stands once, above, and names them."""

    cards: tuple[Card, ...]
    notes: Markup
    names: str

    @property
    def is_stale(self) -> bool:
        return any(card.is_stale for card in self.cards)


@dataclass(frozen=True, slots=True)
class Group:
    """Options of one strength, which stand side by side."""

    strength: str
    label: str
    cards: tuple[Card, ...]
    links: Markup


@dataclass(frozen=True, slots=True)
class Excluded:
    """An option that was ruled out; `proposals` are the reasons of the rules that had proposed it."""

    option: str
    label: str
    heading: Markup
    reasons: Markup
    proposals: str
    dispute: Dispute | None
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Correction:
    """A contradiction in the input: what is wrong and which questions to correct."""

    text: str
    questions: tuple[tuple[str, str], ...]  # key, label


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the answer that the list of its parts leads to; `count` 0: not counted."""

    anchor: str
    label: str
    count: int = 0
