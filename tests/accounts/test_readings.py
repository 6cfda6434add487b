"""Who read a licence number: told to its owner, as the desk's page promises."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Claim
from accounts.readings import licence_readings
from tests.people import staff_login

pytestmark = pytest.mark.django_db


@pytest.fixture
def _read(pending_person, reviewer):
    """The reviewer held the case and opened it twice: one reading."""
    case = pending_person.verification
    Claim.take(case, by=reviewer, at=timezone.now())
    desk = staff_login(Client(), reviewer)
    for _visit in range(2):
        assert "核对" in desk.get(f"/admin/accounts/verification/{case.pk}/decide/").content.decode()


@pytest.mark.usefixtures("_read")
def test_the_owner_sees_who_read_their_licence_number_when_and_why(pending_person, reviewer):
    client = Client()
    client.force_login(pending_person)

    words = client.get("/me/").content.decode()
    table = words[words.index('id="me-views"') :].split("</table>")[0]
    assert table.count("执业证书编码") == 1
    assert "审核员甲" in table
    assert "审核资质" in table
    ((_at, who, purpose),) = licence_readings(pending_person)
    assert (who, purpose) == (reviewer, "review")


@pytest.mark.usefixtures("_read")
def test_nobody_else_sees_it(doctor, rejected_person, reviewer):
    for other in (doctor, rejected_person, reviewer):
        assert licence_readings(other) == []
