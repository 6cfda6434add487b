"""judge(): every step, in the order of the contract."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from consent.gate import Facts, Step, judge

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OPEN = Facts(
    is_active=True,
    agreement_answer="GIVEN",
    agreement_agreed=2,
    agreement_required=2,
    informed_consent_exists=True,
    informed_consent_answer="GIVEN",
    profile_complete=True,
    survey_exists=True,
    survey_answered=True,
    has_submission=True,
    status="APPROVED",
    approved_until=NOW + timedelta(days=1),
    profession="physician",
)


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({}, Step.OPEN),
        ({"is_active": False}, Step.SIGN_IN),
        ({"agreement_answer": "REFUSED"}, Step.DECLINED),
        ({"agreement_answer": ""}, Step.AGREEMENT),
        ({"agreement_answer": "WITHDRAWN"}, Step.AGREEMENT),
        ({"agreement_agreed": 1}, Step.AGREEMENT),
        ({"agreement_agreed": 3}, Step.OPEN),  # agreed to a newer wording that asks nobody again
        ({"agreement_required": 0}, Step.AGREEMENT),  # a zone without its agreement opens to nobody
        ({"informed_consent_answer": ""}, Step.INFORMED_CONSENT),
        ({"informed_consent_answer": "", "informed_consent_exists": False}, Step.OPEN),
        ({"informed_consent_answer": "WITHDRAWN", "survey_answered": False}, Step.OPEN),
        ({"has_submission": False, "profile_complete": False}, Step.PROFILE),
        ({"profile_complete": False}, Step.OPEN),  # verified once for all zones
        ({"survey_answered": False}, Step.SURVEY),
        ({"survey_answered": False, "survey_exists": False}, Step.OPEN),
        ({"survey_answered": False, "informed_consent_answer": "SKIPPED"}, Step.OPEN),
        ({"has_submission": False}, Step.EVIDENCE),
        ({"status": "PENDING"}, Step.PENDING),
        ({"status": "REJECTED"}, Step.REJECTED),
        ({"approved_until": NOW}, Step.EXPIRED),
        ({"status": "EXPIRED"}, Step.EXPIRED),
        ({"status": "REVOKED"}, Step.REVOKED),
        ({"admitted": False}, Step.DECLINED),
        ({"status": "UNHEARD_OF"}, Step.EXPIRED),
    ],
)
def test_each_fact_alone_decides_its_step(changes, step):
    assert judge(replace(OPEN, **changes), at=NOW) == step


def test_nobody_is_a_visitor():
    assert judge(None, at=NOW) == Step.SIGN_IN


def test_a_refusal_stands_before_everything_else_a_person_did():
    facts = replace(OPEN, agreement_answer="REFUSED", status="REVOKED", informed_consent_answer="")

    assert judge(facts, at=NOW) == Step.DECLINED


def test_a_renewal_keeps_nothing_open_meanwhile():
    facts = replace(OPEN, status="PENDING")

    assert judge(facts, at=NOW) == Step.PENDING
