"""What the database refuses of a case when the code is wrong: each constraint by an update behind the methods' back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Claim, Decision, Reason, ReasonVersion, Submission, Verification, VerificationEvent
from portal import append_only
from tests.factories import approve, make_case, make_draft, make_user, reject

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def _ground(zone, settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"


@pytest.fixture
def case():
    return make_case(make_user())


@pytest.fixture
def _no_triggers(db):
    """The triggers would refuse first: here it is the constraints' turn."""
    with append_only.lifted(connection):
        yield


def refused(rows, **changes):
    """Whether a constraint refuses this change of the rows."""
    assert rows.exists()
    try:
        with transaction.atomic():
            rows.update(**changes)
    except IntegrityError as error:
        return "append-only" not in str(error)
    return False


def stored(case):
    return Verification.objects.filter(pk=case.pk)


def test_a_waiting_case_carries_no_decision(case, reviewer):
    later = NOW + timedelta(days=365)
    for changes in (
        {"decided_at": NOW, "decided_by": reviewer},
        {"decided_at": NOW},
        {"decided_by": reviewer},
        {"approved_until": later},
        {"passed_seen_at": NOW},
        {"reminded": 30},
        {"is_final": True},
    ):
        assert refused(stored(case), **changes), changes


@pytest.mark.parametrize("status", ["APPROVED", "REJECTED", "EXPIRED", "REVOKED"])
def test_no_status_is_reached_by_its_name_alone(case, status):
    assert refused(stored(case), status=status)


def test_there_are_five_statuses(case):
    assert refused(stored(case), status="RESUBMIT")
    assert refused(stored(case), status="")


def test_an_approval_has_who_when_and_an_end_after_it(case, reviewer):
    approve(case, by=reviewer)
    at = stored(case).get().decided_at

    for changes in (
        {"approved_until": None},
        {"approved_until": at},
        {"decided_at": None},
        {"decided_by": None},
        {"decided_by": case.owner},
        {"is_final": True},
        {"status": "PENDING"},
        {"status": "REJECTED"},
        {"status": "REVOKED"},
        {"reminded": 14},
        {"held_since": NOW, "held_because": "consent.withdrawn"},
    ):
        assert refused(stored(case), **changes), changes
    stored(case).get().see_passed(at=NOW)
    assert refused(stored(case), status="REJECTED", approved_until=None)


def test_an_expiry_keeps_its_date(case, reviewer):
    approve(case, by=reviewer, ago=timedelta(days=400))
    stored(case).get().expire(at=NOW)

    assert refused(stored(case), approved_until=None)
    assert refused(stored(case), decided_by=None)
    assert refused(stored(case), is_final=True)


def test_a_revocation_has_who_when_and_why_and_is_nobodys_own(case, reviewer, lead):
    approve(case, by=reviewer)
    stored(case).get().revoke(by=lead, reason="注册已被注销。", at=NOW)

    for changes in ({"revoked_by": None}, {"revoked_at": None}, {"revoke_reason": ""}, {"revoked_by": case.owner}):
        assert refused(stored(case), **changes), changes


def test_only_a_rejection_is_final(case, reviewer):
    reject(case, by=reviewer)

    assert not refused(stored(case), is_final=True)
    assert refused(stored(case), status="PENDING", decided_at=None, decided_by=None)


def test_a_hold_has_its_word_and_a_waiting_case(case):
    assert refused(stored(case), held_since=NOW)
    assert refused(stored(case), held_because="consent.withdrawn")
    assert not refused(stored(case), held_since=NOW, held_because="consent.withdrawn")


@pytest.mark.usefixtures("_no_triggers")
def test_a_submission_is_decided_once_and_never_by_its_owner(case, reviewer, reviewer2):
    reject(case, by=reviewer)
    decision = Decision.objects.get()
    twin = {"submission": decision.submission, "owner": case.owner, "outcome": "REJECTED", "reasons": decision.reasons}
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(decided_by=reviewer2, decided_at=NOW, **twin)

    rows = Decision.objects.filter(pk=decision.pk)
    for changes in (
        {"decided_by": case.owner},
        {"reasons": []},
        {"outcome": "APPROVED", "approved_until": NOW},
        {"outcome": "APPROVED", "reasons": []},
        {"approved_until": NOW},
        {"outcome": "PERHAPS"},
        {"decided_at": None},
    ):
        assert refused(rows, **changes), changes


def test_a_person_has_one_draft_and_one_case(case):
    draft = make_draft(case.owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.create(owner=case.owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Verification.objects.create(owner=case.owner, current=draft, submitted_at=NOW)


@pytest.mark.usefixtures("_no_triggers")
def test_what_was_sent_has_case_number_digest_and_follows_the_one_before(case):
    rows, draft = Submission.objects.filter(pk=case.current_id), make_draft(case.owner)

    for changes in (
        {"verification": None},
        {"number": None},
        {"sent_at": None},
        {"content_sha256": ""},
        {"number": 2},
        {"previous": draft},
        {"appeal": "请再看一次。"},
    ):
        assert refused(rows, **changes), changes
    assert refused(Submission.objects.filter(pk=draft.pk), sent_at=NOW)
    second = {"sent_at": NOW, "verification": case, "content_sha256": "0" * 64}
    assert refused(Submission.objects.filter(pk=draft.pk), number=1, **second)
    assert refused(Submission.objects.filter(pk=draft.pk), number=2, **second)
    assert not refused(Submission.objects.filter(pk=draft.pk), number=2, previous=case.current, **second)


@pytest.mark.usefixtures("_no_triggers")
def test_the_history_has_one_event_a_version(case, reviewer):
    reject(case, by=reviewer)

    assert refused(VerificationEvent.objects.filter(subject=case, seq=2), seq=1)
    with pytest.raises(TypeError, match="append-only"):
        case.events.first().save()


def test_a_case_is_held_by_one_reviewer(case, reviewer, reviewer2):
    Claim.take(case, by=reviewer, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(verification=case, reviewer=reviewer2, claimed_at=NOW, until=NOW)


def test_a_version_of_a_reason_is_there_once_with_words():
    reason = Reason.objects.get(code="FORGED")

    assert refused(Reason.objects.filter(pk=reason.pk), text_zh="")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReasonVersion.objects.create(reason=reason, number=1, text_zh="甲", text_en="A", created_at=NOW)
    with pytest.raises(TypeError, match="append-only"):
        reason.versions.get().save()
