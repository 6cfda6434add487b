"""By which channel a person hears of their case; what they can read and do while they wait."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Claim, User, Verification
from portal.models import Notice
from tests.factories import make_case, make_user, reject

pytestmark = pytest.mark.django_db
PENDING, CHOICE = "/zones/alk/gate/pending/", "/me/notices/"


@pytest.fixture
def browser(pending_person):
    client = Client()
    client.force_login(pending_person)
    return client


def with_phone(person, *, is_verified=True):
    User.objects.filter(pk=person.pk).update(phone="+8613800138000", phone_verified=is_verified)


def test_the_choice_is_kept_and_the_person_comes_back_to_where_they_were(browser, pending_person, reviewer):
    with_phone(pending_person)

    response = browser.post(CHOICE, {"channel": "SMS", "next": PENDING})

    assert (response.status_code, response.headers["Location"]) == (302, PENDING)
    assert "会发短信到您验证过的手机" in browser.get(PENDING).content.decode()
    reject(Verification.objects.get(owner=pending_person), by=reviewer)
    assert Notice.objects.get(event_key__startswith="decided:").channel == "sms"


@pytest.mark.parametrize("channel", ["SMS", "", "PIGEON", "SMS\x00"])
def test_a_channel_that_cannot_reach_them_is_refused_with_words(browser, pending_person, channel):
    with_phone(pending_person, is_verified=False)

    response = browser.post(CHOICE, {"channel": channel, "next": PENDING})

    assert response.status_code == 422
    assert "通知方式" in response.content.decode()
    assert User.objects.get(pk=pending_person.pk).notice_channel == "EMAIL"


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_one_never_comes_back_to_somewhere_else(browser, place):
    assert browser.post(CHOICE, {"channel": "EMAIL", "next": place}).headers["Location"] == "/me/"


def test_who_has_no_number_is_told_how_to_get_one(browser):
    shown = browser.get(CHOICE).content.decode()

    assert 'value="SMS"' not in shown
    assert "/accounts/phone/change/" in shown


def test_waiting_says_whether_anybody_looks_but_not_who(browser, pending_person, reviewer):
    assert "在队列里等" in browser.get(PENDING).content.decode()

    Claim.take(Verification.objects.get(owner=pending_person), by=reviewer, at=timezone.now())

    shown = browser.get(PENDING).content.decode()
    assert "审核员正在看" in shown
    assert "审核员甲" not in shown


def test_waiting_shows_the_range_and_how_often_it_holds(browser, pending_person, reviewer):
    now = timezone.now()
    for number in range(30):
        sent = now - timedelta(hours=2 * (30 - number))
        case = make_case(make_user(), at=sent)
        case.approve(by=reviewer, submission=case.current, at=sent + timedelta(hours=1))

    shown = browser.get(PENDING).content.decode()

    assert "10 件里约有 9 件落在这段时间" in shown
    assert "还说不准" not in shown


def test_a_rejection_shows_what_was_given_beside_why_but_no_sealed_number(pending_person, reviewer):
    reject(Verification.objects.get(owner=pending_person), by=reviewer, codes=("HOSPITAL_MISMATCH", "LICENCE_MISMATCH"))
    client = Client()
    client.force_login(pending_person)

    shown = client.get("/zones/alk/gate/rejected/").content.decode()

    assert "您给的：" in shown
    assert "示例市第一人民医院" in shown
    assert "141100000012345" not in shown
    assert "没有次数限制" in shown
