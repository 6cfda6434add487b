"""One's consents, as a part of the copy of all one's data."""

from __future__ import annotations

from typing import Any

from consent.models import ConsentRecord
from portal.exports import as_json

FIELDS = (
    "public_id",
    "kind",
    "zone__slug",
    "version__number",
    "answer",
    "language",
    "shown_text",
    "shown_sha256",
    "at",
)


def consents(person: Any) -> dict[str, bytes]:
    """consents.json: every answer with the text that was shown."""
    return {"consents.json": as_json(list(ConsentRecord.objects.owned_by(person).values(*FIELDS)))}
