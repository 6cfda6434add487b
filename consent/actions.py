"""What people do with agreements: give, refuse, skip, withdraw. Each is one append-only row and one record entry."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation

from accounts.models import Answer as SurveyAnswer
from consent.models import Agreement, AgreementVersion, ConsentRecord
from portal import record
from portal.models import Zone

Answer = ConsentRecord.Answer
ALLOWED = {
    Agreement.Kind.AGREEMENT: {Answer.GIVEN, Answer.REFUSED, Answer.WITHDRAWN},
    Agreement.Kind.INFORMED_CONSENT: {Answer.GIVEN, Answer.SKIPPED, Answer.WITHDRAWN},
    Agreement.Kind.TERMS: {Answer.GIVEN},
    Agreement.Kind.PRIVACY: {Answer.GIVEN},
}


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
        person=person,
        version=version,
        kind=kind,
        zone=zone,
        answer=answer,
        form=form,
        at=at,
        ip_hash=ip_hash,
        language=translation.get_language() or "zh-hans",
        shown_text=text,
        shown_sha256=shown,
    )
    payload = {
        "version": version.number,
        "sha256": version.sha256,
        "shown_sha256": shown,
        "answer": answer,
        "language": row.language,
        "receipt": str(row.public_id),
    }
    subject = f"consent.agreement:{kind}:{zone.slug if zone else '-'}"
    record.append(f"consent.{answer.lower()}", actor=person, subject=subject, payload=payload, at=at)
    return row


def standing_answers(person: Any) -> list[ConsentRecord]:
    """Return the latest answer to each document of each zone, newest first."""
    latest: dict[tuple[str, int | None], ConsentRecord] = {}
    for row in ConsentRecord.objects.owned_by(person).select_related("version", "zone"):
        latest.setdefault((row.kind, row.zone_id), row)
    return list(latest.values())


@transaction.atomic
def withdraw(row: ConsentRecord, *, at: datetime, form: str) -> ConsentRecord | None:
    """Withdraw a given consent; effective on the person's next request. None if it does not stand (any more).

    What an informed consent allowed to be collected is deleted with it.
    """
    zone: Zone | None = row.zone
    latest = ConsentRecord.objects.owned_by(row.person).filter(kind=row.kind, zone=zone).first()
    if latest is None or latest.answer != Answer.GIVEN or zone is None:
        return None
    if row.kind == Agreement.Kind.INFORMED_CONSENT:
        SurveyAnswer.objects.filter(owner=row.person, zone=zone, submission=None).delete()
    return answer(
        person=row.person, version=latest.version, answer=Answer.WITHDRAWN, text=latest.shown_text, form=form, at=at
    )
