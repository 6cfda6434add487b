"""Who withdrew or refused is not decided on; agreeing again gives the case its old place."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import review
from accounts.models import Claim, NotAllowed, Verification
from accounts.waiting import ahead_of
from consent.actions import answer, withdraw
from consent.gate import Step, standing
from consent.models import AgreementVersion, ConsentRecord
from consent.texts import shown_text
from portal.models import RecordEntry
from portal.workflow import TransitionError
from tests.factories import approve, consent_to, make_case, make_user, make_zone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _evidence(settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"


@pytest.fixture
def case(zone):
    person = make_user()
    consent_to(person, zone)
    return make_case(person)


def agreement(person):
    return ConsentRecord.objects.filter(person=person, kind="AGREEMENT").order_by("-pk").first()


def leave(person):
    return withdraw(agreement(person), at=timezone.now(), form="tests")


def say(person, zone, given):
    version = AgreementVersion.objects.current("AGREEMENT", zone)
    return answer(
        person=person, version=version, answer=given, text=shown_text(version), form="tests", at=timezone.now()
    )


def again(case):
    return Verification.objects.get(pk=case.pk)


def test_withdrawing_takes_the_case_out_of_the_queue_and_out_of_the_reviewers_hands(case, reviewer):
    Claim.take(case, by=reviewer, at=timezone.now())

    leave(case.owner)

    stored = again(case)
    assert (stored.status, stored.version, stored.held_because) == ("PENDING", 2, "consent.withdrawn")
    assert not Verification.objects.waiting().exists()
    assert not Claim.objects.running(timezone.now()).exists()
    assert review.take_next(reviewer, at=timezone.now()) is None
    assert stored.events.get(seq=2).kind == "verification.held"
    assert RecordEntry.objects.filter(kind="verification.held").count() == 1


def test_a_decision_on_the_page_from_before_is_refused(case, reviewer):
    seen = again(case)
    leave(case.owner)

    with pytest.raises(TransitionError):
        approve(seen, by=reviewer)
    with pytest.raises(TransitionError):
        review.decide(seen, by=reviewer, decision="approve", version=1, reasons=[], message="", at=timezone.now())
    with pytest.raises(NotAllowed, match="撤回"):
        approve(again(case), by=reviewer)
    with pytest.raises(NotAllowed):
        Claim.take(again(case), by=reviewer, at=timezone.now())
    assert again(case).status == "PENDING"


def test_agreeing_again_gives_the_old_place_back(case, zone, reviewer):
    later = make_case(make_user())
    leave(case.owner)
    assert ahead_of(later) == 0

    say(case.owner, zone, "GIVEN")

    assert (again(case).held_since, ahead_of(later)) == (None, 1)
    assert standing(case.owner, zone) == Step.PENDING
    approve(again(case), by=reviewer)
    assert again(case).status == "APPROVED"


def test_refusing_a_new_version_holds_the_case_too(case, zone):
    say(case.owner, zone, "REFUSED")
    assert again(case).held_since is not None


def test_one_agreement_that_stands_is_enough(case, zone):
    other = make_zone("other")
    own = AgreementVersion.objects.current("AGREEMENT", zone).agreement
    twin = type(own).objects.create(kind="AGREEMENT", zone=other)
    version = AgreementVersion.objects.current("AGREEMENT", zone)
    version.pk, version.agreement = None, twin
    version.save(force_insert=True)
    say(case.owner, other, "GIVEN")

    withdraw(ConsentRecord.objects.get(person=case.owner, kind="AGREEMENT", zone=zone), at=timezone.now(), form="t")
    assert again(case).held_since is None
    withdraw(ConsentRecord.objects.get(person=case.owner, kind="AGREEMENT", zone=other), at=timezone.now(), form="t")
    assert again(case).held_since is not None


def test_the_survey_holds_nothing(case, zone):
    version = AgreementVersion.objects.current("INFORMED_CONSENT", zone)
    text = shown_text(version)
    answer(person=case.owner, version=version, answer="WITHDRAWN", text=text, form="t", at=timezone.now())
    assert again(case).held_since is None


def test_who_has_no_waiting_case_is_held_nowhere(zone, doctor, member):
    consent_to(member, zone)
    leave(member)
    leave(doctor)
    assert (doctor.verification.status, again(doctor.verification).held_since) == ("APPROVED", None)
    assert standing(doctor, zone) == Step.AGREEMENT


def test_a_withdrawal_that_is_rolled_back_holds_nothing(case):
    with pytest.raises(RuntimeError), transaction.atomic():
        leave(case.owner)
        raise RuntimeError
    assert again(case).held_since is None
