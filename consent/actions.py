"""What people do with agreements: give, refuse, skip, withdraw. Each is one append-only row and one record entry."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation

from accounts.models import Answer as SurveyAnswer
from accounts.models import User, Verification
from consent import receipts
from consent.models import Agreement, AgreementVersion, ConsentRecord
from consent.texts import fingerprint
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
    *,
    person: Any,
    version: AgreementVersion,
    answer: str,
    text: str,
    form: str,
    at: datetime,
    language: str = "",
    ip_hash: str = "",
    agent_hash: str = "",
) -> ConsentRecord:
    """Record one answer to one version with the exact text shown. ValueError if the document cannot be so answered.

    The same answer to the same text again (a double click, a second tab) is the answer that stands. Skipping an
    informed consent that was given ends it like a withdrawal: what it allowed to be collected is deleted.
    """
    kind, zone = Agreement.Kind(version.agreement.kind), version.agreement.zone
    if answer not in ALLOWED[kind]:
        raise ValueError(f"{kind} cannot be answered {answer}")
    _lock(person)
    last = _latest(person, kind, zone)
    shown = fingerprint(text)
    if last and (last.version_id, last.answer, last.shown_sha256) == (version.pk, answer, shown):
        return last
    fields = {
        "person": person,
        "version": version,
        "kind": kind,
        "zone": zone,
        "answer": answer,
        "form": form,
        "at": at,
        "ip_hash": ip_hash,
        "agent_hash": agent_hash,
        "language": language or translation.get_language() or "zh-hans",
        "shown_text": text,
        "shown_sha256": shown,
    }
    return _write(fields, done=_carry_out(person, kind, zone, answer))


@transaction.atomic
def withdraw(row: ConsentRecord, *, at: datetime, form: str, **sender: str) -> ConsentRecord | None:
    """Withdraw a given consent; effective on the person's next request. None if it does not stand (any more).

    What an informed consent allowed to be collected is deleted with it. `sender`: ip_hash, agent_hash.
    """
    if row.zone is None:
        return None
    _lock(row.person)
    latest = _latest(row.person, row.kind, row.zone)
    if latest is None or latest.answer != Answer.GIVEN:
        return None
    return answer(
        person=row.person,
        version=latest.version,
        answer=Answer.WITHDRAWN,
        text=latest.shown_text,
        language=latest.language,
        form=form,
        at=at,
        **sender,
    )


def standing_answers(person: Any) -> list[ConsentRecord]:
    """Return the latest answer to each document of each zone, newest first."""
    latest: dict[tuple[str, int | None], ConsentRecord] = {}
    for row in ConsentRecord.objects.owned_by(person).select_related("version", "zone", "entry"):
        latest.setdefault((row.kind, row.zone_id), row)
    return list(latest.values())


def to_accept_anew(person: Any) -> list[AgreementVersion]:
    """Return the platform's documents in force whose acceptance by this person no longer holds."""
    found = []
    for kind in (Agreement.Kind.TERMS, Agreement.Kind.PRIVACY):
        required = AgreementVersion.objects.required(kind, None).first()
        given = ConsentRecord.objects.owned_by(person).filter(kind=kind, zone=None, answer=Answer.GIVEN)
        accepted = given.values_list("version__number", flat=True).first()
        current = AgreementVersion.objects.current(kind, None)
        if required and current and accepted is not None and accepted < required.number:
            found.append(current)
    return found


def _lock(person: Any) -> None:
    """One answer of a person at a time: two tabs, or a double click, are one after the other.

    The case first: a reviewer's decision takes both in this order, and the answer may hold or resume the case.
    """
    Verification.objects.select_for_update(no_key=True).filter(owner_id=person.pk).values_list("pk").first()
    User.objects.select_for_update(no_key=True).values_list("pk").get(pk=person.pk)


def _latest(person: Any, kind: str, zone: Zone | None) -> ConsentRecord | None:
    return (
        ConsentRecord.objects.owned_by(person)
        .select_related("version__agreement__zone")
        .filter(kind=kind, zone=zone)
        .first()
    )


def _carry_out(person: Any, kind: str, zone: Zone | None, answer: str) -> dict[str, int]:
    """Do what the answer demands; return what was done, as numbers that name nobody."""
    if kind != Agreement.Kind.INFORMED_CONSENT or answer == Answer.GIVEN:
        return {}
    answers = SurveyAnswer.objects.filter(owner_id=person.pk, zone=zone, submission=None)
    count, _by_model = answers.delete()
    return {"answers_deleted": count} if count else {}


def _write(fields: dict[str, Any], *, done: Mapping[str, int]) -> ConsentRecord:
    """Insert the row and its record entry, each naming the other."""
    row = ConsentRecord(public_id=uuid.uuid4(), **fields)
    row.content = receipts.content_of(row)
    version, zone = row.version, row.zone
    payload = {
        "version": version.number,
        "sha256": version.sha256,
        "shown_sha256": fields["shown_sha256"],
        "answer": fields["answer"],
        "language": fields["language"],
        "receipt": str(row.public_id),
        **receipts.hashes(row.content),
        **done,
    }
    subject = f"consent.agreement:{fields['kind']}:{zone.slug if zone else '-'}"
    kind = f"consent.{fields['answer'].lower()}"
    row.entry = record.append(kind, actor=fields["person"], subject=subject, payload=payload, at=fields["at"])
    row.save(force_insert=True)
    return row
