"""A receipt: what its owner keeps, in the shape of ISO/IEC TS 27560:2023 (receipt, clause 6.4, of a record, 6.3).

{schema_version, receipt_id, content: {record, pii_processing, party_identification, event}, record[, later]}. `content`
is the standard's; `record` is ours: the entry of the sealed record with its RFC 9162 inclusion proof and signed tree
head, or {state: "pending", entry} while it is not sealed. Its payload names the receipt and the SHA-256 of the text
shown, of the event, and of all else in the content: every field is bound to the seal. `later` proves the event that
came after this answer in the same way; it stands in the receipt once it is sealed.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import Any

import rfc8785
from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from consent.models import Agreement, ConsentRecord
from consent.processing import CONTROLLER, purpose_of
from consent.texts import fingerprint
from portal import keys, record, seals

SCHEMA = "ISO/IEC TS 27560:2023"
STATES = {  # of an event; the standard's words, a skipped question being a refusal without consequence
    ConsentRecord.Answer.GIVEN: "consent given",
    ConsentRecord.Answer.REFUSED: "consent refused",
    ConsentRecord.Answer.SKIPPED: "consent refused",
    ConsentRecord.Answer.WITHDRAWN: "consent withdrawn",
}


def receipt(row: ConsentRecord) -> dict[str, Any]:
    """Return the receipt of one answer as it stood when it was given, with what became of it since."""
    content = row.content or content_of(row)
    shown = {**content["pii_processing"], "privacy_notice_text": row.shown_text}
    document: dict[str, Any] = {
        "schema_version": SCHEMA,
        "receipt_id": str(row.public_id),
        "content": {**content, "pii_processing": shown},
        "record": proof(row),
    }
    later = ended_by(row)
    later_proof = proof(later) if later else {}
    if later and later_proof["state"] == "sealed":
        ended = (later.content or content_of(later))["event"]
        document["content"]["event"] = [*content["event"], *ended]
        document["later"] = later_proof
    return document


def content_of(row: ConsentRecord) -> dict[str, Any]:
    """Return what the receipt says, in the language of the answer, without the text that was shown."""
    with translation.override(row.language):
        content = {
            "record": {
                "schema_version": SCHEMA,
                "record_id": str(row.public_id),
                "pii_principal_id": keys.pseudonym(row.person),
            },
            "pii_processing": _processing(row),
            "party_identification": [_controller()],
            "event": [_event(row)],
        }
        # Lazy words become words while the language stands.
        words: dict[str, Any] = json.loads(json.dumps(content, default=str))
        return words


def hashes(content: dict[str, Any]) -> dict[str, str]:
    """Return what the record entry keeps of a content: the SHA-256 of its event and of all else, as canonical JSON."""
    rest = {name: part for name, part in content.items() if name != "event"}
    return {
        "event_sha256": hashlib.sha256(rfc8785.dumps(content["event"][0])).hexdigest(),
        "content_sha256": hashlib.sha256(rfc8785.dumps(rest)).hexdigest(),
    }


def as_file(row: ConsentRecord) -> bytes:
    """Return the receipt as a readable JSON file."""
    return json.dumps(receipt(row), ensure_ascii=False, indent=2).encode() + b"\n"


def file_name(row: ConsentRecord) -> str:
    """Return the name a downloaded receipt has."""
    return f"receipt-{row.public_id}.json"


def proof(row: ConsentRecord) -> dict[str, Any]:
    """Return the sealed proof of the row's record entry; its state while it waits for the seal, or has no entry."""
    if row.entry is None:
        return {"state": "missing"}
    sealed = seals.proof_of(row.entry)
    if sealed is None:
        return {"state": "pending", "entry": record.canonical(row.entry).decode()}
    return {"state": "sealed", **sealed}


def is_text_whole(row: ConsentRecord) -> bool:
    """Whether the stored text still is the one whose hash was recorded."""
    named = row.entry.payload.get("shown_sha256") if row.entry else row.shown_sha256
    return fingerprint(row.shown_text) == row.shown_sha256 == named


def is_as_recorded(row: ConsentRecord) -> bool:
    """Whether the row says what its entry in the record says: who, when, what, to which text."""
    entry = row.entry
    if entry is None:
        return False
    said = {
        "receipt": str(row.public_id),
        "answer": row.answer,
        "version": row.version.number,
        "sha256": row.version.sha256,
        **(hashes(row.content) if row.content else {}),
    }
    return (
        (entry.kind, entry.at, entry.actor) == (f"consent.{row.answer.lower()}", row.at, keys.pseudonym(row.person))
        and all(entry.payload.get(name) == value for name, value in said.items())
        and is_text_whole(row)
    )


def ended_by(row: ConsentRecord) -> ConsentRecord | None:
    """Return the answer that came after this one to the same document, whatever it was."""
    return _same_document(row).filter(pk__gt=row.pk).order_by("pk").first()


def latest_of(row: ConsentRecord) -> ConsentRecord:
    """Return the last word on the document this row answers."""
    return _same_document(row).order_by("-pk")[0]


def standing_of(row: ConsentRecord) -> dict[str, bool]:
    """Return whether the row is the last word on its document, and what may be done about it."""
    is_latest, answers = ended_by(row) is None, ConsentRecord.Answer
    return {
        "is_latest": is_latest,
        "can_withdraw": is_latest and row.answer == answers.GIVEN and row.zone_id is not None,
        "can_give": is_latest
        and row.kind == Agreement.Kind.INFORMED_CONSENT
        and row.answer in {answers.SKIPPED, answers.WITHDRAWN},
    }


def _same_document(row: ConsentRecord) -> QuerySet[ConsentRecord]:
    rows = ConsentRecord.objects.filter(person_id=row.person_id, kind=row.kind, zone=row.zone)
    return rows.select_related("entry", "version")


def _processing(row: ConsentRecord) -> dict[str, Any]:
    version = row.version
    return {
        "privacy_notice": f"{settings.SITE_URL}/me/consents/{row.public_id}/",
        "privacy_notice_title": version.title_en if row.language == "en" else version.title_zh,
        "privacy_notice_version": version.number,
        "privacy_notice_version_sha256": version.sha256,
        "privacy_notice_sha256": row.shown_sha256,
        "language": row.language,
        "purposes": [purpose_of(row.kind)],
    }


def _controller() -> dict[str, Any]:
    english = translation.get_language() == "en"
    return {
        "party_id": CONTROLLER,
        "party_name": settings.OPERATOR_EN if english else settings.OPERATOR_ZH,
        "party_email": settings.CONTACT_EMAIL,
        "party_url": settings.SITE_URL,
        "party_role": "PII controller",
        "party_type": "organisation",
    }


def _event(row: ConsentRecord) -> dict[str, Any]:
    is_given = row.answer == ConsentRecord.Answer.GIVEN
    return {
        "event_time": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "event_type": "explicit",
        "event_state": STATES[ConsentRecord.Answer(row.answer)],
        "event_answer": row.answer,
        "event_receipt": str(row.public_id),
        "event_form": row.form,
        "validity_duration": "until withdrawn" if is_given else "0",
        "entity_id": keys.pseudonym(row.person),
    }
