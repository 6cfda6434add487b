"""Who read a person's licence number at the desk, as the record has it; the person sees it at 我的."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import Claim, User, Verification
from portal import keys
from portal.models import RecordEntry
from portal.purposes import REVIEW

KIND = "licence.read"


def subject_of(case: Verification) -> str:
    """Return what the record calls the case."""
    return f"accounts.verification:{case.public_id}"


def licence_readings(person: Any) -> list[tuple[datetime, User, str]]:
    """Return (when, who, purpose) of each reading, newest first. Who read it held the case: pseudonyms are theirs."""
    case = Verification.objects.owned_by(person).first()
    if case is None:
        return []
    holders = User.objects.filter(pk__in=Claim.objects.filter(verification=case).values("reviewer"))
    known = {keys.pseudonym(holder): holder for holder in holders}
    entries = RecordEntry.objects.filter(kind=KIND, subject=subject_of(case)).order_by("-seq")
    return [(row.at, known[row.actor], row.payload.get("purpose", REVIEW)) for row in entries if row.actor in known]
