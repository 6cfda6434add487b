"""A zone with the rule set, and a clinician for whom its gate is open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Submission, Verification
from consent import actions
from consent.install import install_documents
from consent.models import Agreement, AgreementVersion, ConsentRecord
from portal.models import Zone
from strategy.demo import install_ruleset
from tests.people import make_person

TOOL = "/zones/alk/strategy/alk-pretreated/"


@pytest.fixture
def zone(db):
    zone = Zone.objects.create(slug="alk", name_zh="甲专区", name_en="Zone A")
    install_documents(at=timezone.now())
    return zone


@pytest.fixture
def rule_set(zone):
    return install_ruleset(zone, at=timezone.now())


@pytest.fixture
def clinician(zone):
    """A person let in: agreed, skipped the survey, approved, countdown seen."""
    person, now = make_person(), timezone.now()
    reviewer = make_person()
    for kind, answer in (
        (Agreement.Kind.AGREEMENT, ConsentRecord.Answer.GIVEN),
        (Agreement.Kind.INFORMED_CONSENT, ConsentRecord.Answer.SKIPPED),
    ):
        version = AgreementVersion.objects.current(kind, zone)
        actions.answer(person=person, version=version, answer=answer, text="…", form="/", at=now)
    draft = Submission.objects.create(owner=person, is_profile_complete=True, profession="physician")
    case = Verification.objects.create(
        owner=person,
        current=draft,
        status="APPROVED",
        profession="physician",
        submitted_at=now,
        decided_at=now,
        decided_by=reviewer,
        approved_until=now + timedelta(days=300),
        passed_seen_at=now,
    )
    Submission.objects.filter(pk=draft.pk).update(verification=case, number=1, sent_at=now, content_sha256="0" * 64)
    return person


@pytest.fixture
def reader(clinician, rule_set):
    """The clinician's browser."""
    client = Client()
    client.force_login(clinician)
    return client
