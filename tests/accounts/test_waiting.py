"""The place in the queue, and what the last decisions say of the wait."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import waiting
from accounts.models import Reason
from tests.factories import install_zone, make_case, make_user, reject

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def _questions(db):
    install_zone()


def history(count: int, reviewer, *, hours: float = 1) -> None:
    """So many cases of the last days, one every two hours, each decided after so many hours."""
    first = NOW - timedelta(hours=2 * count)
    for number in range(count):
        sent = first + timedelta(hours=2 * number)
        case = make_case(make_user(), at=sent)
        reasons = list(Reason.objects.filter(code="LICENCE_UNREADABLE"))
        at = sent + timedelta(hours=hours)
        case.reject(by=reviewer, submission=case.current, reasons=reasons, at=at)


def test_the_place_counts_who_was_earlier_and_still_waits(reviewer):
    first = make_case(make_user(), at=NOW - timedelta(hours=3))
    second = make_case(make_user(), at=NOW - timedelta(hours=2))
    third = make_case(make_user(), at=NOW - timedelta(hours=2))

    assert [waiting.ahead_of(case) for case in (first, second, third)] == [0, 1, 2]

    reject(first, by=reviewer)

    assert [waiting.ahead_of(case) for case in (second, third)] == [0, 1]


def test_too_few_decisions_say_nothing(reviewer):
    history(13, reviewer)

    assert waiting.estimate(make_case(make_user(), at=NOW), at=NOW) is None


def test_the_range_is_what_the_recent_queue_foretells(reviewer):
    history(25, reviewer)
    case = make_case(make_user(), at=NOW)

    estimate = waiting.estimate(case, at=NOW)

    assert estimate is not None
    assert (estimate.is_late, estimate.of_ten) == (False, 9)
    assert estimate.earliest <= NOW + timedelta(hours=1, minutes=10)
    assert NOW + timedelta(hours=1) <= estimate.latest <= NOW + timedelta(hours=4)
    assert estimate.earliest.minute % 10 == estimate.latest.second == 0


def test_few_samples_say_that_they_cover_less(reviewer):
    history(18, reviewer)

    estimate = waiting.estimate(make_case(make_user(), at=NOW), at=NOW)

    assert estimate is not None
    assert estimate.of_ten == 8


def test_a_wait_beyond_the_range_once_given_is_admitted(reviewer):
    history(25, reviewer)
    case = make_case(make_user(), at=NOW)

    later = waiting.estimate(case, at=NOW + timedelta(hours=30))

    assert later is not None
    assert later.is_late


def test_the_earliest_time_is_never_past(reviewer):
    history(25, reviewer)
    case, later = make_case(make_user(), at=NOW), NOW + timedelta(hours=5)

    estimate = waiting.estimate(case, at=later)

    assert estimate is not None
    assert later <= estimate.earliest < estimate.latest


def test_the_range_takes_as_many_queries_however_long_the_queue_is(reviewer, django_assert_max_num_queries):
    history(20, reviewer)
    for _number in range(4):
        make_case(make_user(), at=NOW)

    last = make_case(make_user(), at=NOW)

    with django_assert_max_num_queries(3):
        waiting.estimate(last, at=NOW)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-06-09T02:00+00:00", "2026-06-09T04:30+00:00", "10:00–12:30"),
        ("2026-06-10T02:00+00:00", "2026-06-10T04:30+00:00", "2026年6月10日 10:00–12:30"),
        ("2026-06-09T02:00+00:00", "2026-06-10T04:30+00:00", "2026年6月9日 10:00 – 2026年6月10日 12:30"),
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
