"""Which language somebody is shown and written to in."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from portal.models import Notice
from portal.templatetags.portal import day, moment, month
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "Kestrel-lantern-731"
AT = datetime(2024, 11, 24, 17, 5, tzinfo=UTC)  # the next day in Shanghai


def shown_to(client: Client) -> str:
    return "en" if '<html lang="en">' in client.get("/").content.decode() else "zh"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_interface_starts_in_chinese_whatever_the_browser_says():
    assert '<html lang="zh-Hans">' in Client(headers={"Accept-Language": "en-GB,en"}).get("/").content.decode()


def test_a_visitors_choice_stays_in_their_browser():
    here, elsewhere = Client(), Client()
    here.post("/language/", {"language": "en", "next": "/"})

    assert (shown_to(here), shown_to(elsewhere)) == ("en", "zh")
    assert here.cookies["language"].value == "en"


def test_a_persons_choice_follows_them_to_devices_that_are_signed_in_already():
    person = factories.make_user()
    phone, desk = signed_in(person), signed_in(person)
    desk.post("/language/", {"language": "zh-hans", "next": "/"})
    phone.post("/language/", {"language": "en", "next": "/"})

    assert (shown_to(phone), shown_to(desk)) == ("en", "en")


def test_who_signs_in_and_never_chose_takes_along_the_visitors_choice():
    person, browser = factories.make_user(password=PASSWORD), Client()
    browser.post("/language/", {"language": "en", "next": "/"})
    browser.post("/accounts/login/", {"login": person.email, "password": PASSWORD})

    assert User.objects.get(pk=person.pk).language == "en"
    assert shown_to(signed_in(person)) == "en"


def test_who_chose_before_keeps_it_in_a_browser_of_another_language():
    person, browser = factories.make_user(language="zh-hans"), Client()
    browser.post("/language/", {"language": "en", "next": "/"})
    browser.force_login(person)

    assert User.objects.get(pk=person.pk).language == "zh-hans"
    assert shown_to(browser) == "zh"


def test_a_public_page_has_an_address_in_each_language_that_keeps_nothing(settings):
    browser = Client()
    page = browser.get("/?language=en")
    links = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page.content.decode())

    assert page.headers["Content-Language"] == "en"
    assert shown_to(browser) == "zh"
    assert [name for name, _address in links] == ["x-default", "zh-Hans", "en"]
    assert [browser.get(address.removeprefix(settings.SITE_URL)).status_code for _name, address in links] == [200] * 3
    assert "hreflang" not in browser.get("/accounts/login/").content.decode()


def test_the_switch_leaves_the_language_out_of_the_address():
    answer = Client().post("/language/", {"language": "zh-hans", "next": "/terms/?language=en&a=1"})

    assert answer.headers["Location"] == "/terms/?a=1"


def test_a_language_that_is_not_offered_changes_nothing():
    person = factories.make_user()
    browser = signed_in(person)
    browser.post("/language/", {"language": "de", "next": "/"})

    assert User.objects.get(pk=person.pk).language == ""
    assert "language" not in browser.cookies


@pytest.mark.parametrize(("language", "words"), [("en", "Enter this"), ("zh-hans", "请在刚才的页面输入")])
def test_a_mail_is_in_the_persons_language_wherever_it_was_asked_for(language, words):
    person = factories.make_user(language=language)
    browser = Client()
    browser.post("/language/", {"language": "zh-hans" if language == "en" else "en", "next": "/"})
    browser.post("/accounts/login/code/", {"email": person.email})
    mail = Notice.objects.latest("pk")

    assert words in mail.text
    assert ("医学专区" in mail.subject) == (language != "en")


@pytest.mark.parametrize(
    ("language", "a_day", "a_moment", "a_month"),
    [
        ("zh-hans", "2024年11月25日", "2024年11月25日 01:05", "2026年6月"),
        ("en", "25 November 2024", "25 November 2024, 01:05", "June 2026"),
    ],
)
def test_days_and_times_are_written_as_the_language_writes_them_in_shanghai(language, a_day, a_moment, a_month):
    now = timezone.localtime()
    with translation.override(language):
        assert (day(AT), moment(AT), month("2026 年 6 月")) == (a_day, a_moment, a_month)
        assert str(now.year) not in moment(now)
        assert day(None) == moment(None) == ""
