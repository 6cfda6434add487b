"""The gate: one pure function of stored facts says where a person stands with a zone.

The facts are read in one query on every request, never copied into a session, token or cache: a revocation, an
expiry or a withdrawal refuses the very next request. Whatever cannot be read denies.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, F, OuterRef, Subquery
from django.utils import timezone

from accounts.models import Answer, QuestionSet, Submission, User, Verification
from consent.models import Agreement, AgreementVersion, ConsentRecord
from portal.models import Zone
from portal.prepared import Prepared


class Step(StrEnum):
    """Where a person stands; the values are the routes' names and the pages' data-step."""

    SIGN_IN = "sign-in"
    DECLINED = "declined"
    AGREEMENT = "agreement"
    INFORMED_CONSENT = "informed-consent"
    PROFILE = "profile"
    SURVEY = "survey"
    EVIDENCE = "evidence"
    PENDING = "pending"
    REJECTED = "rejected"
    EXPIRED = "expired"
    REVOKED = "revoked"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Facts:
    """What standing is judged by. Numbers of versions are 0 where there is none."""

    is_active: bool
    agreement_answer: str  # the last answer to the zone's agreement, "" if none
    agreement_agreed: int  # the highest version agreed to in that last answer
    agreement_required: int  # the newest version that must be accepted
    informed_consent_exists: bool
    informed_consent_answer: str
    profile_complete: bool
    survey_exists: bool
    survey_answered: bool
    has_submission: bool
    status: str
    approved_until: datetime | None
    profession: str
    admitted: bool = True
    passed_seen: bool = True
    informed_consent_agreed: int = 0
    informed_consent_required: int = 0


def judge(facts: Facts | None, *, at: datetime) -> Step:
    """Return the step, in the order of the contract."""
    if facts is None or not facts.is_active:
        return Step.SIGN_IN
    if facts.agreement_answer == ConsentRecord.Answer.REFUSED:
        return Step.DECLINED
    agreed = facts.agreement_answer == ConsentRecord.Answer.GIVEN
    if not agreed or facts.agreement_required == 0 or facts.agreement_agreed < facts.agreement_required:
        return Step.AGREEMENT
    gave = facts.informed_consent_answer == ConsentRecord.Answer.GIVEN
    outdated = gave and facts.informed_consent_agreed < facts.informed_consent_required
    if facts.informed_consent_exists and (outdated or not facts.informed_consent_answer):
        return Step.INFORMED_CONSENT  # who skipped is not asked again because the wording changed
    if not facts.has_submission and not facts.profile_complete:
        return Step.PROFILE
    if gave and facts.survey_exists and not facts.survey_answered:
        return Step.SURVEY
    if not facts.has_submission:
        return Step.EVIDENCE
    return _judge_case(facts, at)


def _judge_case(facts: Facts, at: datetime) -> Step:
    if facts.status == Verification.Status.PENDING:
        return Step.PENDING
    if facts.status == Verification.Status.REJECTED:
        return Step.REJECTED
    if facts.status == Verification.Status.REVOKED:
        return Step.REVOKED
    if facts.status == Verification.Status.APPROVED and facts.approved_until and facts.approved_until > at:
        return Step.OPEN if facts.admitted else Step.DECLINED
    return Step.EXPIRED


def standing(user: Any, zone: Zone, *, at: datetime | None = None) -> Step:
    """Return where the user stands with the zone now. One query; none for visitors."""
    return judge(read_facts(user, zone), at=at or timezone.now())


def read_facts(user: Any, zone: Zone) -> Facts | None:
    """Read everything standing needs in one query; None for visitors and accounts that are gone."""
    if not getattr(user, "is_authenticated", False) or not zone.is_open:
        return None
    found = _FACTS.first(person=user.pk, zone=zone.pk)
    if found is None:
        return None
    row = dict(zip(_COLUMNS, found, strict=True))
    profession = row["case_profession"] or ""
    return Facts(
        is_active=row["is_active"],
        agreement_answer=row["agreement_answer"] or "",
        agreement_agreed=row["agreement_agreed"] or 0,
        agreement_required=row["agreement_required"] or 0,
        informed_consent_exists=row["informed_consent_exists"],
        informed_consent_answer=row["informed_consent_answer"] or "",
        profile_complete=row["profile_complete"],
        survey_exists=row["survey_exists"],
        survey_answered=row["survey_answered"],
        has_submission=row["has_submission"],
        status=row["case_status"] or "",
        approved_until=row["case_until"],
        profession=profession,
        admitted=zone.admits(profession),
        passed_seen=row["case_passed_seen"] is not None,
        informed_consent_agreed=row["informed_consent_agreed"] or 0,
        informed_consent_required=row["informed_consent_required"] or 0,
    )


_COLUMNS = (
    "is_active",
    "agreement_answer",
    "agreement_agreed",
    "agreement_required",
    "informed_consent_exists",
    "informed_consent_answer",
    "informed_consent_agreed",
    "informed_consent_required",
    "profile_complete",
    "survey_exists",
    "survey_answered",
    "has_submission",
    "case_status",
    "case_until",
    "case_profession",
    "case_passed_seen",
)


def _facts_query(person: int, zone: int) -> Any:
    return _query(Zone(pk=zone)).filter(pk=person).values_list(*_COLUMNS)


_FACTS = Prepared(_facts_query, person=int, zone=int)


def _query(zone: Zone) -> Any:
    def latest(kind: str) -> Any:
        return ConsentRecord.objects.filter(person_id=OuterRef("pk"), kind=kind, zone=zone).order_by("-pk")

    def required(kind: str) -> Any:
        return Subquery(AgreementVersion.objects.required(kind, zone).values("number")[:1])

    informed = AgreementVersion.objects.published().filter(
        agreement__kind=Agreement.Kind.INFORMED_CONSENT, agreement__zone=zone
    )
    survey = QuestionSet.objects.filter(scope=QuestionSet.Scope.SURVEY, zone=zone, is_current=True)
    # A survey answered in any version stays answered: asking again is a new informed consent's business.
    answered = Answer.objects.filter(owner_id=OuterRef("pk"), submission=None, zone=zone)
    submissions = Submission.objects.filter(owner_id=OuterRef("pk"))
    agreement, consent = latest(Agreement.Kind.AGREEMENT), latest(Agreement.Kind.INFORMED_CONSENT)
    return User.objects.annotate(
        agreement_answer=Subquery(agreement.values("answer")[:1]),
        agreement_agreed=Subquery(agreement.values("version__number")[:1]),
        agreement_required=required(Agreement.Kind.AGREEMENT),
        informed_consent_exists=Exists(informed),
        informed_consent_answer=Subquery(consent.values("answer")[:1]),
        informed_consent_agreed=Subquery(consent.values("version__number")[:1]),
        informed_consent_required=required(Agreement.Kind.INFORMED_CONSENT),
        profile_complete=Exists(submissions.filter(is_profile_complete=True)),
        survey_exists=Exists(survey),
        survey_answered=Exists(answered),
        has_submission=Exists(submissions.exclude(sent_at=None)),
        case_status=F("verification__status"),
        case_until=F("verification__approved_until"),
        case_profession=F("verification__profession"),
        case_passed_seen=F("verification__passed_seen_at"),
    )
