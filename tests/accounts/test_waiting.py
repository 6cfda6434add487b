"""The place in the queue, and what the last decisions say of the wait."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import waiting
from tests.factories import install_zone, make_case, make_user, reject

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def _questions(db):
    install_zone()


def decided_after(hours: float, reviewer) -> None:
    case = make_case(make_user(), at=timezone.now() - timedelta(hours=hours))
    reject(case, by=reviewer)


def test_the_place_counts_who_was_earlier_and_still_waits(reviewer):
    first = make_case(make_user(), at=NOW - timedelta(hours=3))
    second = make_case(make_user(), at=NOW - timedelta(hours=2))
    third = make_case(make_user(), at=NOW - timedelta(hours=2))

    assert [waiting.ahead_of(case) for case in (first, second, third)] == [0, 1, 2]

    reject(first, by=reviewer)

    assert [waiting.ahead_of(case) for case in (second, third)] == [0, 1]


def test_too_few_decisions_say_nothing(reviewer):
    for _number in range(4):
        decided_after(2, reviewer)

    assert waiting.estimate(make_case(make_user()), at=timezone.now()) is None


def test_the_range_is_what_the_last_decisions_took(reviewer):
    for hours in (1, 2, 3, 4, 5):
        decided_after(hours, reviewer)
    case = make_case(make_user())

    estimate = waiting.estimate(case, at=case.submitted_at)

    assert estimate is not None
    assert (estimate.samples, estimate.is_late) == (5, False)
    ten_minutes = timedelta(minutes=10, seconds=30)
    assert timedelta(0) <= estimate.earliest - case.submitted_at - timedelta(hours=1) <= ten_minutes
    assert timedelta(0) <= estimate.latest - case.submitted_at - timedelta(hours=5) <= ten_minutes
    assert estimate.earliest.minute % 10 == estimate.latest.second == 0


def test_a_wait_beyond_the_range_is_admitted(reviewer):
    for _number in range(5):
        decided_after(1, reviewer)
    case = make_case(make_user(), at=timezone.now() - timedelta(hours=9))

    estimate = waiting.estimate(case, at=timezone.now())

    assert estimate is not None
    assert estimate.is_late


def test_the_earliest_time_is_never_past(reviewer):
    for hours in (1, 1, 1, 1, 9):
        decided_after(hours, reviewer)
    case, now = make_case(make_user(), at=timezone.now() - timedelta(hours=4)), timezone.now()

    estimate = waiting.estimate(case, at=now)

    assert estimate is not None
    assert timedelta(0) <= estimate.earliest - now <= timedelta(minutes=10)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-06-09T02:00+00:00", "2026-06-09T04:30+00:00", "10:00–12:30"),
        ("2026-06-10T02:00+00:00", "2026-06-10T04:30+00:00", "2026-06-10 10:00–12:30"),
        ("2026-06-09T02:00+00:00", "2026-06-10T04:30+00:00", "2026-06-09 10:00 – 2026-06-10 12:30"),
    ],
)
def test_a_range_is_said_as_short_as_it_can_be(first, last, words):
    at = datetime.fromisoformat("2026-06-09T01:00+00:00")
    estimate = waiting.Estimate(datetime.fromisoformat(first), datetime.fromisoformat(last), 9, is_late=False)

    with time_machine.travel(datetime.fromisoformat("2027-01-05T00:00+00:00"), tick=False):
        assert estimate.words(at=at) == words


@pytest.mark.parametrize(
    ("address", "shown"),
    [("ouyang@example.com", "o***@example.com"), ("o@example.com", "o***@example.com"), ("", "***@")],
)
def test_an_address_is_masked(address, shown):
    assert waiting.masked(address) == shown
