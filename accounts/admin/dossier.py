"""What the decide page shows of a case: answers beside the last ones, evidence page by page, reasons, history."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import readings
from accounts.answers import LICENCE, answer_of
from accounts.models import Answer, Claim, Decision, Reason, Submission, User, Verification
from portal import keys, record
from portal.localise import localised
from portal.models import RecordEntry
from portal.purposes import REVIEW, purpose

log = logging.getLogger(__name__)
TWINS = 10  # so many cases with the same licence number are named


@dataclass(frozen=True, slots=True)
class Line:
    """One answer as asked; `before` is the last submission's where it differs; `reason` is the one that concerns it."""

    key: str
    label: str
    value: str
    before: str | None
    reason: Choice | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A reason on the page: its number is the key that ticks it."""

    reason: Reason
    number: int

    @property
    def field_id(self) -> str:
        return f"id_reason_{self.number}"

    @property
    def headline(self) -> str:
        """The first sentence: what is wrong. The rest says what to do."""
        text = str(localised(self.reason, "text"))
        return re.split(r"(?<=。)|(?<=\.)\s", text, maxsplit=1)[0]

    @property
    def rest(self) -> str:
        return str(localised(self.reason, "text"))[len(self.headline) :].strip()


def reason_choices() -> tuple[list[Choice], list[Choice]]:
    """Return the reasons in use, (retry, final), numbered through."""
    rows = Reason.objects.filter(is_active=True).order_by("is_final", "position", "pk")
    numbered = [Choice(reason, number) for number, reason in enumerate(rows, start=1)]
    return [c for c in numbered if not c.reason.is_final], [c for c in numbered if c.reason.is_final]


@transaction.atomic
def answer_lines(case: Verification, retry: list[Choice], *, held: Claim, at: datetime) -> list[Line]:
    """Open the submission's answers for the reviewer holding the case; reading the licence number is recorded."""
    submission = case.current
    by_key = {choice.reason.concerns: choice for choice in reversed(retry) if choice.reason.concerns}
    last = {row.question.key: row for row in _rows(submission.previous)} if submission.previous else {}
    lines = []
    with purpose(REVIEW, by=held.reviewer, of=case.owner):
        for row in _rows(submission):
            key, before = row.question.key, last.get(row.question.key)
            value, was = _words(row, case.owner), _words(before, case.owner) if before else None
            lines.append(
                Line(key, localised(row.wording, "label"), value, was if was != value else None, by_key.get(key))
            )
            if key == LICENCE and row.sealed is not None:
                _record_reading(case, held, at)
    return lines


def _record_reading(case: Verification, held: Claim, at: datetime) -> None:
    """Once a hold: opening the page again is the same reading."""
    kind, subject = readings.KIND, readings.subject_of(case)
    known = RecordEntry.objects.filter(kind=kind, subject=subject, actor=keys.pseudonym(held.reviewer))
    if not known.filter(at__gte=held.claimed_at).exists():
        record.append(
            kind,
            actor=held.reviewer,
            subject=subject,
            at=at,
            payload={"submission": str(case.current.public_id), "purpose": "review"},
        )


def _rows(submission: Submission | None) -> list[Answer]:
    if submission is None:
        return []
    return list(submission.answers.select_related("question").order_by("question__position", "question_id"))


def _words(row: Answer, owner: User) -> str:
    """The answer in words: choices by their labels as they were asked."""
    try:
        value = answer_of(row, owner)
    except keys.BlobDamaged:
        log.error("a sealed answer of submission %s cannot be opened", row.submission_id)
        return _("（无法解密，请通知运维）")
    if value is None:
        return _("（密钥已销毁，无法查看）") if row.sealed is not None else "—"
    known = {
        str(c["value"]): localised({"words_zh": c.get("zh"), "words_en": c.get("en")}, "words")
        for c in row.wording.get("choices") or []
    }
    values = value if isinstance(value, list) else [value]
    return _("、").join(known.get(str(v), str(v)) for v in values) or "—"


@dataclass(frozen=True, slots=True)
class Twin:
    """Another person's case with the same licence number: number and standing, nobody's name."""

    case: Verification
    is_own: bool  # the reviewer's own: there is nothing behind the link for them

    @property
    def standing(self) -> str:
        """The case's status, and since when."""
        return str(self.case.get_status_display())


def duplicates(case: Verification, reviewer: Any) -> list[Twin]:
    """Return the cases of other people that ever sent the same licence number, found by its blind index."""
    index = case.current.licence_index
    if not index:
        return []
    same = Submission.objects.sent().filter(licence_index=index).exclude(owner_id=case.owner_id)
    rows = Verification.objects.filter(pk__in=same.values("verification")).order_by("-submitted_at", "-pk")
    return [Twin(row, row.owner_id == reviewer.pk) for row in rows[:TWINS]]


def decisions(case: Verification) -> list[Decision]:
    """Every decision on the case, newest first."""
    rows = Decision.objects.filter(submission__verification=case)
    return list(rows.select_related("decided_by", "proposed_by", "submission").order_by("-decided_at", "-pk"))


def events(case: Verification) -> list[Any]:
    """The case's history, newest first."""
    return list(case.events.select_related("actor").order_by("-seq"))
