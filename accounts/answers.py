"""Storing answers with the wording that was asked, and showing them again to the one who gave them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import rfc8785
from django.db import transaction
from django.utils import translation

from accounts.models import Answer, Decision, Question, QuestionSet, Submission, User
from portal import keys
from portal.models import Zone

LICENCE = "licence_number"
NO_TITLE = {"", "无", "None", "none"}


class DraftGone(Exception):
    """The draft was sent from another tab; what is sent is frozen."""


def save_profile(draft: Submission, question_set: QuestionSet, answers: Mapping[str, Any], *, at: datetime) -> None:
    """Store the whole profile in the draft, in place of what it held.

    Comments are signed by it while nothing was approved yet; afterwards only an approval changes the signature.
    """
    person: User = draft.owner
    licence = answers.get(LICENCE)
    with transaction.atomic():
        # This update is also the lock: whoever sends the draft waits for it, or was faster.
        stored = (
            Submission.objects.drafts()
            .filter(pk=draft.pk)
            .update(
                question_set=question_set,
                is_profile_complete=True,
                profession=str(answers.get("profession") or "")[:40],
                licence_index=keys.blind_index("licence", licence) if licence else "",
            )
        )
        if not stored:
            raise DraftGone
        draft.answers.exclude(question__question_set=question_set).delete()
        Answer.objects.bulk_create(
            _rows(person, question_set, answers, at, submission=draft),
            update_conflicts=True,
            unique_fields=["submission", "question"],
            update_fields=["value", "sealed", "wording", "wording_sha256", "language", "answered_at"],
        )
        if not Decision.objects.filter(owner=person, outcome=Decision.Outcome.APPROVED).exists():
            _sign(person, answers)


def sign_by(submission: Submission) -> None:
    """Sign the person's comments by what was just approved."""
    _sign(submission.owner, dict(submission.answers.values_list("question__key", "value")))


def save_survey(
    person: User, zone: Zone, question_set: QuestionSet, answers: Mapping[str, Any], *, at: datetime
) -> None:
    """Store one row for every question, blank ones too. A second sending changes nothing."""
    Answer.objects.bulk_create(_rows(person, question_set, answers, at, zone=zone), ignore_conflicts=True)


def shown_again(submission: Submission | None) -> dict[str, Any]:
    """Return a submission's answers by question key, inside a purpose. What can no longer be opened is left out."""
    if submission is None:
        return {}
    rows = submission.answers.select_related("question")
    found = ((row.question.key, answer_of(row, submission.owner)) for row in rows)
    return {key: value for key, value in found if value is not None}


def answer_of(row: Answer, owner: User) -> Any:
    """Return the answer's value, opened if it is sealed (inside a purpose); None when its key was destroyed."""
    if row.sealed is None:
        return row.value
    try:
        return keys.open_for(owner, bytes(row.sealed), purpose=keys.EVIDENCE, aad=_place(row.question.key)).decode()
    except keys.KeyDestroyed:
        return None


def copy_answers(source: Submission, draft: Submission) -> bool:
    """Give the draft the answers of an earlier submission; return whether all of them could be kept."""
    copies, is_whole = [], bool(source.is_profile_complete)
    for row in source.answers.select_related("question"):
        if row.sealed is not None and keys.is_destroyed(source.owner, bytes(row.sealed), purpose=keys.EVIDENCE):
            is_whole = False
            continue
        row.pk, row.submission, row._state.adding = None, draft, True
        copies.append(row)
    Answer.objects.bulk_create(copies)
    return is_whole


def wording_hash(wording: Mapping[str, Any]) -> str:
    """Return SHA-256 of the wording's canonical JSON (RFC 8785)."""
    return hashlib.sha256(rfc8785.dumps(dict(wording))).hexdigest()


def labels(question_set: QuestionSet | None) -> dict[str, Question]:
    """Return the set's questions by key."""
    rows: Iterable[Question] = question_set.questions.order_by("position", "pk") if question_set else ()
    return {row.key: row for row in rows}


def _rows(
    person: User, question_set: QuestionSet, answers: Mapping[str, Any], at: datetime, **place: Any
) -> list[Answer]:
    rows = []
    for question in question_set.questions.order_by("position", "pk"):
        question.question_set = question_set  # its wording names the set
        rows.append(_row(person, question, answers[question.key], at, place))
    return rows


def _row(person: User, question: Question, value: Any, at: datetime, place: dict[str, Any]) -> Answer:
    wording = question.wording()
    row = Answer(
        owner=person,
        question=question,
        value=value,
        wording=wording,
        wording_sha256=wording_hash(wording),
        language=translation.get_language() or "zh-hans",
        answered_at=at,
        **place,
    )
    if question.is_sealed and value is not None:
        row.value = None
        row.sealed = keys.seal_for(person, str(value).encode(), purpose=keys.EVIDENCE, aad=_place(question.key))
    return row


def _place(key: str) -> str:
    return f"accounts.answer.sealed:{key}"


def _sign(person: User, answers: Mapping[str, Any]) -> None:
    title = str(answers.get("title") or "")
    parts = ["" if title in NO_TITLE else title, str(answers.get("department") or "")]
    User.objects.filter(pk=person.pk).update(
        display_name=str(answers.get("name") or "")[:60], display_title="，".join(filter(None, parts))[:120]
    )
