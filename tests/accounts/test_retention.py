"""What time does: approvals expire, keys are destroyed, people are erased, sign-ins forgotten; each once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.utils import timezone

from accounts import answers, retention
from accounts.models import Answer, Submission, User, Verification
from portal.models import Notice, PersonKey, RecordEntry
from portal.purposes import OWNER, purpose

pytestmark = pytest.mark.django_db


def _later(**by: float):
    return timezone.now() + timedelta(**by)


def test_an_approval_past_its_date_is_stored_as_expired_once_and_told(doctor):
    at = _later(days=366)

    assert [retention.expire_approvals(at), retention.expire_approvals(at)] == [1, 0]

    assert Verification.objects.get(owner=doctor).status == "EXPIRED"
    assert Notice.objects.filter(event_key__startswith="expired:").count() == 1


def test_the_evidence_key_dies_thirty_days_after_approval_and_the_decision_stays(doctor):
    case = Verification.objects.get(owner=doctor)
    sealed = Answer.objects.get(submission=case.current, sealed__isnull=False)
    with purpose(OWNER, by=doctor, of=doctor):
        assert answers.answer_of(sealed, doctor) is not None

    assert retention.destroy_evidence_keys(_later(days=29)) == 0
    assert retention.destroy_evidence_keys(_later(days=31)) == 1
    assert retention.destroy_evidence_keys(_later(days=31)) == 0

    with purpose(OWNER, by=doctor, of=doctor):
        assert answers.answer_of(sealed, doctor) is None
    assert bytes(PersonKey.objects.get(person=doctor, purpose="evidence").wrapped) == b""
    assert RecordEntry.objects.filter(kind="evidence.key_destroyed").count() == 1
    assert case.current.decision.outcome == "APPROVED"


@pytest.mark.parametrize("person", ["pending_person", "rejected_person"])
def test_the_key_of_a_case_that_is_open_stays(request, person):
    request.getfixturevalue(person)

    assert retention.destroy_evidence_keys(_later(days=400)) == 0


def test_an_erasure_waits_thirty_days_then_leaves_proof_and_nothing_else(doctor):
    TOTP.activate(doctor, generate_totp_secret())
    UserSession.objects.create(user=doctor, ip="127.0.0.1", session_key="k", user_agent="b")
    retention.ask_erasure(doctor, at=timezone.now())
    assert retention.carry_out_erasures(_later(days=29)) == 0

    assert [retention.carry_out_erasures(_later(days=31)) for _ in range(2)] == [1, 0]

    user = User.objects.get(pk=doctor.pk)
    assert (user.is_active, user.phone, user.display_name, user.display_title) == (False, "", "", "")
    assert user.email.endswith("@invalid")
    assert not user.has_usable_password()
    for model in (EmailAddress, Authenticator, UserSession):
        assert not model.objects.filter(user=doctor).exists()
    assert not Answer.objects.filter(owner=doctor).exclude(value=None, sealed=None).exists()
    assert not PersonKey.objects.filter(person=doctor, destroyed_at=None).exists()
    assert set(Submission.objects.filter(owner=doctor).values_list("licence_index", "appeal")) == {("", "")}
    assert not Notice.objects.filter(person=doctor).exclude(text="", subject="").exists()
    assert Verification.objects.filter(owner=doctor).exists()
    assert list(
        RecordEntry.objects.filter(kind__startswith="person.").order_by("seq").values_list("kind", flat=True)
    ) == [
        "person.erasure_asked",
        "person.erased",
    ]


def test_sign_ins_are_forgotten_when_their_sessions_have_run_out(doctor):
    UserSession.objects.create(user=doctor, ip="127.0.0.1", session_key="k", user_agent="b")

    assert retention.forget_sign_ins(_later(days=13)) == 0
    assert retention.forget_sign_ins(_later(days=15)) == 1
