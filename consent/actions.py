"""What people do with agreements: give, refuse, skip, withdraw. Each is one append-only row and one record entry."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation

from consent.models import Agreement, AgreementVersion, ConsentRecord
from portal import record
from portal.localise import localised

Answer = ConsentRecord.Answer
ALLOWED = {
    Agreement.Kind.AGREEMENT: {Answer.GIVEN, Answer.REFUSED, Answer.WITHDRAWN},
    Agreement.Kind.INFORMED_CONSENT: {Answer.GIVEN, Answer.SKIPPED, Answer.WITHDRAWN},
    Agreement.Kind.TERMS: {Answer.GIVEN},
    Agreement.Kind.PRIVACY: {Answer.GIVEN},
}


def shown_text(version: AgreementVersion, substitutions: dict[str, str]) -> str:
    """Return the text as it is shown in the active language: title, summary, body, tokens replaced."""
    parts = [localised(version, name) for name in ("title", "summary", "body")]
    text = "\n\n".join(parts)
    for token, value in substitutions.items():
        text = text.replace("{{%s}}" % token, value)
    return text


@transaction.atomic
def answer(
    *, person: Any, version: AgreementVersion, answer: str, text: str, form: str, at: datetime, ip_hash: str = ""
) -> ConsentRecord:
    """Record one answer to one version with the exact text shown. ValueError if the document cannot be so answered."""
    kind, zone = Agreement.Kind(version.agreement.kind), version.agreement.zone
    if answer not in ALLOWED[kind]:
        raise ValueError(f"{kind} cannot be answered {answer}")
    shown = hashlib.sha256(text.encode()).hexdigest()
    row = ConsentRecord.objects.create(
        person=person, version=version, kind=kind, zone=zone, answer=answer, form=form, at=at, ip_hash=ip_hash,
        language=translation.get_language() or "zh-hans", shown_text=text, shown_sha256=shown,
    )
    payload = {
        "version": version.number, "sha256": version.sha256, "shown_sha256": shown, "answer": answer,
        "language": row.language, "receipt": str(row.public_id),
    }
    subject = f"consent.agreement:{kind}:{zone.slug if zone else '-'}"
    record.append(f"consent.{answer.lower()}", actor=person, subject=subject, payload=payload, at=at)
    return row


def withdraw(*, person: Any, kind: str, zone: Any, at: datetime, form: str) -> ConsentRecord | None:
    """Withdraw what stands given; effective on the person's next request. None if nothing stands."""
    latest = ConsentRecord.objects.owned_by(person).filter(kind=kind, zone=zone).first()
    if latest is None or latest.answer != Answer.GIVEN:
        return None
    return answer(person=person, version=latest.version, answer=Answer.WITHDRAWN, text=latest.shown_text, form=form,
                  at=at)
