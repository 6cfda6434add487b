"""What the templates of an answer are given: options as cards, rows and groups; what was ruled out; what to correct."""

from __future__ import annotations

from dataclasses import dataclass

from strategy.evidence import Claim
from strategy.phrases import Markup


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that fired, in words, and the sentence of the article it rests on."""

    rule: str
    text: str
    url: str
    place: str  # the section's title
    is_editorial: bool
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Dispute:
    """Rules that disagree about an option, and how it was settled."""

    option: str
    label: str
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    resolution: str


@dataclass(frozen=True, slots=True)
class Card:
    """An option that is listed. `is_stale`: a rule that proposed or moved it rests on a changed sentence."""

    option: str
    label: str
    heading: Markup
    strength: str
    strength_label: str
    reasons: tuple[Reason, ...]
    notes: tuple[Markup, ...]
    claims: tuple[Claim, ...]
    not_for: tuple[str, ...]
    dispute: Dispute | None
    is_stale: bool

    @property
    def figures(self) -> list[Markup]:
        """The rows of the table that says what the bars show."""
        return [claim.rows for claim in self.claims if claim.rows]


@dataclass(frozen=True, slots=True)
class Rows:
    """Options shown as rows. A caution of several of them stands once, above, and names them."""

    cards: tuple[Card, ...]
    notes: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Options of one strength, which stand side by side."""

    strength: str
    label: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Excluded:
    """An option that was ruled out; `proposals` are the reasons of the rules that had proposed it."""

    option: str
    label: str
    heading: Markup
    reasons: tuple[Reason, ...]
    proposals: tuple[str, ...]
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Correction:
    """A contradiction in the input: what is wrong and which questions to correct."""

    text: str
    questions: tuple[tuple[str, str], ...]  # key, label
