"""Who may open what at the desk: every page of it for every kind of person."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Claim, Decision, Verification
from tests import factories
from tests.people import make_staff, staff_login

QUEUE = "/admin/accounts/verification/"
ACTS = ["claim", "release", "renew", "decide", "revoke"]
PAGES = ["decide", "history", "revoke"]


@pytest.fixture
def case(pending_person):
    return pending_person.verification


@pytest.fixture
def operator(db):
    return make_staff("operators", "operator@example.org", display_name="运维")


def test_a_visitor_and_a_member_see_no_desk(case, member):
    visitor, reader = Client(), Client()
    reader.force_login(member)
    for name in PAGES:
        address = f"{QUEUE}{case.pk}/{name}/"
        assert visitor.get(address).headers["Location"].startswith("/accounts/login/")
        assert reader.get(address, follow=True).status_code == 403


@pytest.mark.parametrize("act", [*ACTS, "history"])
def test_a_reviewer_without_the_second_factor_sees_nothing(case, reviewer, act):
    client = Client()
    client.force_login(reviewer)

    response = client.post(f"{QUEUE}{case.pk}/{act}/", {"version": case.version, "decision": "approve"})

    assert response.headers["Location"].startswith("/admin/login/")
    assert not Claim.objects.exists()
    assert not Decision.objects.exists()


@pytest.mark.parametrize("person", ["editor", "operator"])
@pytest.mark.parametrize("act", ACTS)
def test_staff_without_the_right_change_nothing(case, request, person, act):
    client = staff_login(Client(), request.getfixturevalue(person))

    response = client.post(f"{QUEUE}{case.pk}/{act}/", {"version": case.version, "decision": "approve", "reason": "x"})

    assert response.status_code == 403
    assert not Claim.objects.exists()
    assert not Decision.objects.exists()


@pytest.mark.parametrize("person", ["editor", "operator"])
def test_staff_without_the_right_see_no_case(case, request, person):
    client = staff_login(Client(), request.getfixturevalue(person))

    assert [client.get(f"{QUEUE}{case.pk}/{name}/").status_code for name in PAGES] == [403, 403, 403]
    assert client.get(QUEUE).status_code == 403
    assert client.post(f"{QUEUE}next/").status_code == 403
    assert case.case_number not in client.get("/admin/").content.decode()


def test_nobody_decides_their_own(zone, reviewer):
    own = factories.make_case(reviewer)
    client = staff_login(Client(), reviewer)

    assert own.case_number not in client.get(QUEUE).content.decode()
    for name in ["decide", "history"]:
        assert client.get(f"{QUEUE}{own.pk}/{name}/").status_code == 403
    for act in ACTS:
        fields = {"version": own.version, "decision": "approve", "reason": "x"}
        assert client.post(f"{QUEUE}{own.pk}/{act}/", fields).status_code == 403
    assert client.post(f"{QUEUE}next/").headers["Location"] == QUEUE
    assert Verification.objects.get(pk=own.pk).status == "PENDING"


def test_revoking_is_a_right_of_its_own(doctor, reviewer):
    client = staff_login(Client(), reviewer)

    assert client.post(f"{QUEUE}{doctor.verification.pk}/revoke/", {"reason": "x"}).status_code == 403
    assert "撤销认证" not in client.get(f"{QUEUE}{doctor.verification.pk}/decide/").content.decode()


def test_a_case_that_does_not_exist_is_404(zone, reviewer):
    client = staff_login(Client(), reviewer)

    assert client.get(f"{QUEUE}987654/decide/").status_code == 404
    assert client.post(f"{QUEUE}987654/claim/").status_code == 404


@pytest.mark.parametrize("act", [*ACTS, "next"])
def test_without_its_token_a_post_does_nothing(case, reviewer, act):
    client = staff_login(Client(enforce_csrf_checks=True), reviewer)
    address = f"{QUEUE}next/" if act == "next" else f"{QUEUE}{case.pk}/{act}/"

    assert client.post(address, {"version": case.version, "decision": "approve"}).status_code == 403
    assert not Claim.objects.exists()


@pytest.mark.parametrize("act", ["claim", "release", "renew"])
def test_acts_are_posts(case, reviewer, act):
    assert staff_login(Client(), reviewer).get(f"{QUEUE}{case.pk}/{act}/").status_code == 405


def test_a_reviewer_who_lost_the_right_is_out_with_the_case_in_hand(case, reviewer):
    client = staff_login(Client(), reviewer)
    Claim.take(case, by=reviewer, at=timezone.now())
    reviewer.groups.clear()

    response = client.post(f"{QUEUE}{case.pk}/decide/", {"decision": "approve", "version": case.version})

    assert response.status_code == 403
    file = case.current.evidence.get()
    assert client.get(reverse("evidence-file", args=[file.public_id])).status_code == 404


def test_evidence_is_only_for_who_holds_the_case(case, reviewer, reviewer2, lead):
    Claim.take(case, by=reviewer, at=timezone.now())
    address = reverse("evidence-file", args=[case.current.evidence.get().public_id])

    assert staff_login(Client(), reviewer).get(address).status_code == 200
    assert staff_login(Client(), reviewer2).get(address).status_code == 404
    assert staff_login(Client(), lead).get(address).status_code == 404


def test_staff_who_have_a_factor_are_asked_for_it_first(case, reviewer):
    Authenticator.objects.create(user=reviewer, type="totp", data={"secret": "x"})
    client = Client()
    client.force_login(reviewer)

    response = client.get(client.get(QUEUE).headers["Location"])

    assert response.headers["Location"].startswith("/accounts/2fa/reauthenticate/")
