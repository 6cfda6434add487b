"""Closing an account: what the page says, and the mailed link that takes it back, safely and once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from accounts import erasing
from accounts.models import Erasure, User
from accounts.retention import ask_erasure, carry_out_erasures
from portal import seals
from portal.models import Notice, RecordEntry
from portal.verifying import examine
from tests.people import staff_login

pytestmark = pytest.mark.django_db


def link_of(person):
    """The link as the mail has it, without the host."""
    text = Notice.objects.get(person=person, event_key__startswith="erasure:").text
    return re.search(r"http://testserver(/me/erase/back/\S+)", text)[1]


def kinds(person):
    subject = f"accounts.user:{person.public_id}"
    return list(RecordEntry.objects.filter(subject=subject).order_by("seq").values_list("kind", flat=True))


@pytest.fixture
def closed(doctor):
    ask_erasure(doctor, at=timezone.now())
    return doctor


def test_the_page_says_what_goes_what_stays_and_why(doctor):
    words = staff_login(Client(), doctor).get("/me/erase/").content.decode()

    for part in ("现在", "天后删除什么", "保留什么，为什么", "6 年", "d***@example.org", "已注销用户", "/me/export/"):
        assert part in words, part


def test_closing_signs_out_everywhere_and_no_session_wakes_up_again(doctor):
    doctor.set_password("kestrel lantern orchard")
    doctor.save()
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.post("/accounts/login/", {"login": doctor.email, "password": "kestrel lantern orchard"})
        assert browser.get("/me/").status_code == 200

    ask_erasure(doctor, at=timezone.now())
    erasing.take_back(Erasure.objects.get(), at=timezone.now())

    assert [browser.get("/me/").status_code for browser in browsers] == [302, 302]
    assert User.objects.get(pk=doctor.pk).is_active


def test_the_mailed_link_opens_the_account_again_as_it_was(closed):
    visitor, link = Client(), link_of(closed)
    words = visitor.get(link).content.decode()
    assert "d***@example.org" in words
    assert closed.email not in words
    assert not User.objects.get(pk=closed.pk).is_active  # looking changes nothing: mail scanners look

    assert visitor.post(link).url == "/accounts/login/"

    closed.refresh_from_db()
    assert closed.is_active
    assert not Erasure.objects.exists()
    assert carry_out_erasures(timezone.now() + timedelta(days=40)) == 0
    assert kinds(closed)[-2:] == ["person.erasure_asked", "person.erasure_taken_back"]


def test_the_link_works_once_and_not_for_a_later_wish(closed):
    link = link_of(closed)
    Client().post(link)
    Notice.objects.all().delete()
    ask_erasure(closed, at=timezone.now() + timedelta(seconds=5))

    assert Client().get(link).status_code == 404
    assert Client().post(link).status_code == 404
    assert Erasure.objects.count() == 1


def test_after_the_hold_the_link_is_dead_and_the_proofs_stand(closed):
    link = link_of(closed)
    assert carry_out_erasures(timezone.now() + timedelta(days=31)) == 1
    seals.seal(timezone.now())

    assert Client().post(link).status_code == 404
    assert kinds(closed)[-1] == "person.erased"
    assert examine().bad is None


def test_a_link_whose_hold_ran_out_before_the_sweep_came_is_dead_too(closed):
    Erasure.objects.update(due_at=timezone.now() - timedelta(seconds=1))

    assert Client().post(link_of(closed)).status_code == 404
    assert not User.objects.get(pk=closed.pk).is_active


def test_taking_back_and_carrying_out_exclude_each_other(closed):
    """Whoever is second finds nothing to do."""
    erasure = Erasure.objects.get()
    assert erasing.take_back(erasure, at=timezone.now())
    assert not erasing.take_back(erasure, at=timezone.now())
    ask_erasure(closed, at=timezone.now())
    again = Erasure.objects.get()
    carry_out_erasures(timezone.now() + timedelta(days=31))

    assert not erasing.take_back(again, at=timezone.now())


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "a:b:c",
        "%00",
        signing.dumps([1, "2026-01-01"]),  # another salt
        signing.dumps({"a": 1}, salt=erasing.SALT),
        signing.dumps(["x", None], salt=erasing.SALT),
        signing.dumps([10**30, "2026"], salt=erasing.SALT),
        "é" * 300,
    ],
    # The signed ones differ from second to second: the workers must agree on what the tests are called.
    ids=["word", "parts", "escape", "other salt", "mapping", "no time", "nobody", "long"],
)
def test_a_forged_token_is_404_and_never_an_error(closed, token):
    assert Client().get(f"/me/erase/back/{token}/").status_code == 404
    assert Client().post(f"/me/erase/back/{token}/").status_code == 404


def test_the_mail_is_sent_once_in_the_persons_language_and_keeps_no_link(doctor):
    User.objects.filter(pk=doctor.pk).update(language="en")
    doctor.refresh_from_db()
    for _ in range(2):
        ask_erasure(doctor, at=timezone.now())

    notice = Notice.objects.get(person=doctor, event_key__startswith="erasure:")
    assert (notice.is_secret, notice.address) == (True, doctor.email)


def test_closing_takes_a_tick_and_a_fresh_proof_of_who_one_is(doctor):
    doctor.set_password("kestrel lantern orchard")
    doctor.save()
    browser = Client()
    browser.force_login(doctor)
    assert browser.post("/me/erase/", {"confirm": "erase"}).url.startswith("/accounts/reauthenticate/")
    assert not Erasure.objects.exists()

    browser.post("/accounts/reauthenticate/", {"password": "kestrel lantern orchard"})

    assert browser.post("/me/erase/").status_code == 422
    assert browser.post("/me/erase/", {"confirm": "erase"}).url == "/"
    assert Erasure.objects.get().person == doctor
