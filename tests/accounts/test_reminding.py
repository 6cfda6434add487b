"""Reminders before an approval ends, and what time may and may not do to a case (F14)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Verification
from accounts.reminding import remind_of_ends
from accounts.retention import ask_erasure, carry_out_erasures, expire_approvals
from consent.gate import Step, standing
from portal.models import Notice, RecordEntry
from portal.templatetags.portal import day
from portal.workflow import TransitionError
from tests.factories import approve, make_case, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ground(zone, settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"


@pytest.fixture
def case(reviewer):
    case = make_case(make_user())
    approve(case, by=reviewer)
    return Verification.objects.get(pk=case.pk)


def reminders(case):
    """The days of the reminders written, in order."""
    rows = Notice.objects.filter(person=case.owner, event_key__startswith="reminder:").order_by("pk")
    return [int(row.event_key.rpartition(":")[2]) for row in rows]


def before(case, **left):
    return case.approved_until - timedelta(**left)


def test_nothing_is_said_31_days_ahead(case):
    assert remind_of_ends(before(case, days=30, seconds=1)) == 0


def test_a_year_brings_one_reminder_of_30_and_one_of_7_days(case):
    for left in range(40, -3, -1):
        for _run in range(2):
            remind_of_ends(before(case, days=left))
    assert reminders(case) == [30, 7]
    assert RecordEntry.objects.filter(kind="verification.reminded").count() == 2


def test_the_reminder_says_the_day_and_what_to_have_ready(case):
    remind_of_ends(before(case, days=20))

    notice = Notice.objects.get(event_key__startswith="reminder:")
    until = day(case.approved_until)
    assert until in notice.subject
    assert until in notice.text
    assert "执业证书" in notice.text


def test_after_a_long_stop_the_seven_day_one_is_sent_and_the_other_never_follows(case):
    remind_of_ends(before(case, days=3))
    remind_of_ends(before(case, days=20))  # a clock set back
    assert reminders(case) == [7]


def test_after_the_end_nothing_is_said(case):
    assert remind_of_ends(case.approved_until) == 0
    assert remind_of_ends(case.approved_until + timedelta(days=1)) == 0


def test_two_sweeps_at_the_same_moment_say_it_once(case):
    at, twin = before(case, days=5), Verification.objects.get(pk=case.pk)

    assert [case.remind(at=at), twin.remind(at=at)] == [True, False]
    assert reminders(case) == [7]


def test_a_new_address_does_not_hear_it_a_second_time(case):
    remind_of_ends(before(case, days=20))
    type(case.owner).objects.filter(pk=case.owner_id).update(email="new@example.org")
    remind_of_ends(before(case, days=19))
    assert reminders(case) == [30]


def test_a_renewed_approval_is_announced_anew(case, reviewer):
    from accounts import drafts

    remind_of_ends(before(case, days=3))
    later = case.approved_until + timedelta(days=1)
    expire_approvals(later)
    drafts.send(drafts.begin_again(Verification.objects.get(pk=case.pk), appeal=""), at=later)
    renewed = Verification.objects.get(pk=case.pk)
    renewed.approve(by=reviewer, submission=renewed.current, at=later)

    remind_of_ends(before(Verification.objects.get(pk=case.pk), days=30))
    assert reminders(case) == [7, 30]


def test_who_was_revoked_hears_nothing(case, lead):
    case.revoke(by=lead, reason="注册已被注销。", at=timezone.now())
    remind_of_ends(before(case, days=5))
    assert reminders(case) == []


@pytest.mark.parametrize("done", [False, True])
def test_who_leaves_hears_nothing(case, done):
    ask_erasure(case.owner, at=timezone.now())
    if done:
        carry_out_erasures(timezone.now() + timedelta(days=31))
    remind_of_ends(before(case, days=5))
    assert reminders(case) == []


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=1)])
def test_f14_a_clock_that_jumps_ahead_and_back_expires_nobody_early(case, zone, jump):
    """F14: the expiry is judged by the date at read; no sweep and no caller can store it before."""
    from tests.factories import consent_to

    consent_to(case.owner, zone)
    just_before = case.approved_until - timedelta(seconds=1)

    assert expire_approvals(just_before - jump) == 0
    with pytest.raises(TransitionError):
        Verification.objects.get(pk=case.pk).expire(at=just_before)
    assert standing(case.owner, zone, at=just_before) == Step.OPEN
    assert standing(case.owner, zone, at=case.approved_until) == Step.EXPIRED  # no worker ran
    assert expire_approvals(case.approved_until + jump) == 1
    assert expire_approvals(case.approved_until + jump) == 0
    assert Notice.objects.filter(event_key__startswith="expired:").count() == 1
    assert standing(case.owner, zone, at=just_before) == Step.EXPIRED  # and it stays stored when the clock goes back


def test_f14_a_claim_ends_by_its_own_time_whatever_another_machine_thinks(reviewer, reviewer2, settings):
    """F14: a lease counts from the moment it was taken; a host five minutes behind does not lengthen it."""
    from accounts.models import Claim, Held

    now, waiting = timezone.now(), make_case(make_user())
    Claim.take(waiting, by=reviewer, at=now)
    lease = timedelta(minutes=settings.CLAIM_MINUTES)

    for behind in (timedelta(0), timedelta(minutes=5), timedelta(hours=1)):
        with pytest.raises(Held):
            Claim.take(waiting, by=reviewer2, at=now + lease - timedelta(seconds=1) - behind)
    Claim.take(waiting, by=reviewer2, at=now + lease)
    assert Claim.objects.filter(released_at=None).count() == 1
