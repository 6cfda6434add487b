"""What accounts knows of a person, as a part of the copy of all one's data."""

from __future__ import annotations

from typing import Any

from accounts.models import Answer, Decision, EvidenceView, User
from portal.exports import as_json

ACCOUNT = ("public_id", "email", "phone", "phone_verified", "display_name", "display_title", "language", "date_joined")


def account(person: User) -> dict[str, bytes]:
    """account.json, answers.json, decisions.json, evidence-views.json."""
    decisions = Decision.objects.filter(submission__owner=person).order_by("decided_at")
    views = EvidenceView.objects.filter(evidence__owner=person).order_by("viewed_at")
    return {
        "account.json": as_json({name: getattr(person, name) for name in ACCOUNT}),
        "answers.json": as_json([_answer(row) for row in Answer.objects.filter(owner=person).order_by("pk")]),
        "decisions.json": as_json(list(decisions.values("outcome", "decided_at", "message", "reasons"))),
        "evidence-views.json": as_json(
            list(views.values("evidence__name", "page", "purpose", "viewed_at", "viewer__display_name"))
        ),
    }


def _answer(row: Answer) -> dict[str, Any]:
    value = "（已加密保存）" if row.sealed is not None else row.value
    return {"question": row.wording.get("label_zh"), "value": value, "at": row.answered_at}
