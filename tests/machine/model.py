"""What the portal should be after any sequence of acts: a few dictionaries, no database, no product code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

LEASE, YEAR, HOLD = timedelta(minutes=15), timedelta(days=365), timedelta(days=30)
TWO = {
    "off": set(),
    "final": {"REFUSED"},
    "refusals": {"REJECTED", "REFUSED"},
    "approvals": {"APPROVED"},
    "all": {"APPROVED", "REJECTED", "REFUSED"},
}
AGAIN = ("rejected", "expired", "revoked")


@dataclass
class Draft:
    """An attempt being prepared."""

    files: int = 0
    profile: bool = False
    appeal: bool = False


@dataclass
class Person:
    """One applicant and their case; `judges` may not decide it, `deciders` decided it last."""

    active: bool = True
    erasure_due: datetime | None = None
    erased: bool = False
    agreement: str = ""
    agreed: int = 0
    informed: str = ""
    survey: bool = False
    profile_once: bool = False  # a complete profile stands in some submission
    draft: Draft | None = None
    sent: int = 0
    files_left: int = 0  # of the last submission, still to be opened
    licence_left: bool = False
    status: str = ""
    version: int = 0
    final: bool = False
    held: bool = False
    held_since: datetime | None = None
    spoilt: bool = False  # held so long that the files are gone: it can only be sent back for that
    until: datetime | None = None
    decided_at: datetime | None = None
    deciders: set[int] = field(default_factory=set)
    revoker: int | None = None
    judges: set[int] = field(default_factory=set)
    claim: tuple[int, datetime] | None = None
    proposal: tuple[str, int] | None = None  # outcome, proposer
    card: bool = False  # whether it says that the files show an identity card
    reminded: int | None = None
    told: list[str] = field(default_factory=list)
    decisions: int = 0

    def step(self, required: int, now: datetime) -> str:
        """Where the person stands, by the order of the contract."""
        if not self.active:
            return "sign-in"
        if self.agreement == "REFUSED":
            return "declined"
        if self.agreement != "GIVEN" or self.agreed < required:
            return "agreement"
        if not self.informed:
            return "informed-consent"
        if not self.sent and not self.profile_once:
            return "profile"
        if self.informed == "GIVEN" and not self.survey:
            return "survey"
        if not self.sent:
            return "evidence"
        if self.status == "APPROVED":
            return "open" if self.until and self.until > now else "expired"
        return self.status.lower()

    def waits(self) -> bool:
        """Whether a reviewer may be given the case."""
        return self.status == "PENDING" and self.active and not self.held

    def holder(self, now: datetime) -> int | None:
        """Who holds the case now."""
        return self.claim[0] if self.claim and self.claim[1] > now else None

    def may_judge(self, who: int, eyes: str) -> bool:
        """Whether this reviewer may decide the waiting case at all."""
        own_proposal = self.proposal is not None and self.proposal[1] == who and self.proposal[0] in TWO[eyes]
        return self.waits() and who not in self.judges and not own_proposal

    def move(self, told: str = "") -> None:
        """Anything that happened to the case: a version, and what was proposed before is void."""
        self.version += 1
        self.proposal = None
        if told:
            self.told.append(told)

    def send(self, now: datetime) -> None:
        """The draft is in the queue."""
        assert self.draft is not None
        if self.status == "APPROVED":  # past its date: the expiry is stored first
            self.expire()
        self.judges = self.deciders | ({self.revoker} - {None}) if self.draft.appeal else set()
        self.files_left, self.licence_left = self.draft.files, True
        self.sent, self.draft, self.status, self.spoilt = self.sent + 1, None, "PENDING", False
        self.final, self.until, self.decided_at, self.reminded = False, None, None, None
        self.move("submitted")

    def decide(self, outcome: str, by: set[int], now: datetime) -> None:
        """The decision holds."""
        self.status = "APPROVED" if outcome == "APPROVED" else "REJECTED"
        self.final, self.decided_at, self.deciders = outcome == "REFUSED", now, by
        self.until = now + YEAR if outcome == "APPROVED" else None
        self.claim, self.revoker = None, None
        self.decisions += 1
        self.move("decided")

    def expire(self) -> None:
        """The clock's own move."""
        self.status = "EXPIRED"
        self.move("expired")

    def lose_keys(self) -> None:
        """Nothing sealed so far can be opened any more."""
        self.files_left, self.licence_left = 0, False
