"""A prepared query answers what the query itself answers, and asks the database each time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from portal.models import Zone
from portal.prepared import Prepared
from tests.people import make_person

pytestmark = pytest.mark.django_db
COLUMNS = ("slug", "is_open", "pk")


def test_it_gives_what_the_query_gives_and_sees_every_change():
    zone = Zone.objects.create(slug="alk", name_zh="甲", name_en="A")
    prepared = Prepared(lambda slug: Zone.objects.filter(slug=slug).values_list(*COLUMNS), slug=str)

    assert prepared.first(slug="alk") == Zone.objects.values_list(*COLUMNS).get(pk=zone.pk)
    assert prepared.first(slug="no-such") is None
    assert prepared.first(slug="'; DROP TABLE portal_zone; --") is None
    Zone.objects.update(is_open=False)
    assert prepared.first(slug="alk") == ("alk", False, zone.pk)


def test_times_and_numbers_are_passed_and_come_back_as_the_model_has_them():
    person = make_person()
    prepared = Prepared(
        lambda pk, at: User.objects.filter(pk=pk, date_joined__lte=at).values_list("date_joined", "is_active"),
        pk=int,
        at=type(timezone.now()),
    )

    later = person.date_joined + timedelta(seconds=1)
    assert prepared.first(pk=person.pk, at=later) == (person.date_joined, True)
    assert prepared.first(pk=person.pk, at=later - timedelta(days=1)) is None


def test_a_value_that_does_not_reach_the_query_is_an_error():
    prepared = Prepared(lambda slug: Zone.objects.filter(slug="alk").values_list("pk"), slug=str)

    with pytest.raises(ValueError, match="slug"):
        prepared.first(slug="alk")
