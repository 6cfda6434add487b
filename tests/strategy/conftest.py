"""A zone with the rule set, and a clinician for whom its gate is open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Submission, Verification
from articles.models import Fact
from consent import actions
from consent.install import install_documents
from consent.models import Agreement, AgreementVersion, ConsentRecord
from portal.models import Zone
from strategy.demo import install_ruleset
from strategy.models import RuleSet, RuleSetVersion
from tests.people import make_person
from tests.strategy.small import FACTS, faulty, small, source_of

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
def small_set(zone):
    """A small rule set without a fault, in use, with the facts it cites."""
    now = timezone.now()
    for key, verdict in FACTS.items():
        Fact.objects.create(key=key, claim_zh=key, claim_en=key, verdict=verdict.upper(), note_zh="存疑")
    made = RuleSet.objects.create(zone=zone, slug="small", title_zh="小规则集", title_en="Small rule set")
    RuleSetVersion.draft(made, source_of(small()), by=None, at=now).publish(by=None, at=now)
    return made


@pytest.fixture
def draft(small_set, editor):
    """A colleague's draft of it with one fault: a drug listed again after it failed."""
    base = small_set.current_version()
    return RuleSetVersion.draft(small_set, faulty(), by=editor, at=timezone.now(), based_on=base)


@pytest.fixture
def reader(clinician, rule_set):
    """The clinician's browser."""
    client = Client()
    client.force_login(clinician)
    return client
