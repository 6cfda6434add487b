"""Accounts attacked from outside: guessing, flooding, taking over, leading astray (T14, T19–T23)."""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.models import User
from consent.install import install_documents
from portal.models import Notice
from tests.people import make_person

pytestmark = pytest.mark.django_db
PASSWORD = "Kestrel-lantern-731"
PHONE = "13800138000"


@pytest.fixture
def victim(db):
    return make_person("victim@example.org", password=PASSWORD)


@pytest.fixture
def limits(settings):
    """The limits as they are shipped; tests run without."""
    settings.ACCOUNT_RATE_LIMITS = import_module("portal.settings.base").ACCOUNT_RATE_LIMITS


def sign_in(browser: Client, password: str = PASSWORD, **headers: str):
    return browser.post("/accounts/login/", {"login": "victim@example.org", "password": password}, headers=headers)


def code_for(address: str) -> str:
    text = Notice.objects.filter(address=address).latest("pk").text
    return re.search(r"\b[A-Z0-9]{3,4}-[A-Z0-9]{3,4}\b", text)[0]


def test_another_sender_named_in_a_header_is_no_new_sender(victim, limits):
    for n in range(12):
        headers = {"x-forwarded-for": f"10.0.0.{n}", "x-real-ip": f"10.0.1.{n}", "forwarded": f"for=10.0.2.{n}"}
        sign_in(Client(), f"guess-{n}", **headers)

    assert "/accounts/login/" in sign_in(Client()).content.decode()


def test_who_was_locked_out_by_guesses_still_gets_in_by_code(victim, limits):
    for n in range(6):
        sign_in(Client(), f"guess-{n}")
    browser = Client(REMOTE_ADDR="192.0.2.7")
    browser.post("/accounts/login/code/", {"email": "victim@example.org"})
    browser.post("/accounts/login/code/confirm/", {"code": code_for("victim@example.org")})

    assert browser.get("/me/").status_code == 200


def test_one_address_is_sent_five_codes_in_a_quarter_of_an_hour(victim, limits):
    for n in range(12):
        Client(REMOTE_ADDR=f"192.0.2.{n}").post("/accounts/login/code/", {"email": "victim@example.org"})

    assert Notice.objects.filter(address="victim@example.org").count() == 5


def test_a_session_planted_before_signing_in_is_not_the_one_after(victim):
    browser = Client()
    browser.get("/zones/alk/articles/anything/")
    browser.cookies["sessionid"] = "a" * 32
    sign_in(browser)

    assert browser.cookies["sessionid"].value != "a" * 32
    planted = Client()
    planted.cookies["sessionid"] = "a" * 32
    assert planted.get("/me/").status_code == 302


def test_signing_out_ends_the_session_itself(victim):
    browser, thief = Client(), Client()
    sign_in(browser)
    thief.cookies["sessionid"] = browser.cookies["sessionid"].value
    assert thief.get("/me/").status_code == 200
    browser.post("/accounts/logout/")

    assert thief.get("/me/").status_code == 302


def test_a_new_password_signs_every_other_device_out(victim):
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    here.post("/accounts/reauthenticate/", {"password": PASSWORD})
    here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "Plover-harbour-26", "password2": "Plover-harbour-26"},
    )

    assert User.objects.get(pk=victim.pk).check_password("Plover-harbour-26")
    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302


def test_whose_password_changed_is_told_so(victim):
    browser = Client()
    sign_in(browser)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    browser.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "Plover-harbour-26", "password2": "Plover-harbour-26"},
    )

    told = Notice.objects.get(address="victim@example.org")
    assert "您的密码已更改" in told.text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/accounts/email/", {"action_add": "", "email": "thief@example.org"}),
        ("/accounts/phone/change/", {"phone": PHONE}),
    ],
)
def test_an_open_session_alone_changes_no_address_and_no_number(victim, path, fields):
    browser = Client()
    sign_in(browser)

    answer = browser.post(path, fields)

    assert answer.url.startswith("/accounts/reauthenticate/")
    assert not Notice.objects.exclude(address="victim@example.org").exists()
    assert not EmailAddress.objects.filter(email="thief@example.org").exists()


def test_a_number_belongs_to_who_verified_it(victim):
    install_documents(at=timezone.now())
    browsers = {}
    for name in ("first", "second"):
        browsers[name] = Client()
        form = {"email": f"{name}@example.org", "phone": PHONE, "password1": PASSWORD, "terms": "on"}
        browsers[name].post("/accounts/signup/", form)
    second, first = (notice.text for notice in Notice.objects.filter(channel="sms").order_by("-pk")[:2])
    for name, text in (("first", first), ("second", second)):
        code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", text)[0]
        assert browsers[name].post("/accounts/phone/verify/", {"code": code}).status_code in {200, 302}

    owners = User.objects.filter(phone_verified=True).values_list("email", flat=True)
    assert list(owners) == ["first@example.org"]


def test_signing_up_with_a_taken_number_tells_only_its_owner(victim):
    install_documents(at=timezone.now())
    User.objects.filter(pk=victim.pk).update(phone=f"+86{PHONE}", phone_verified=True)
    answers = [
        Client().post(
            "/accounts/signup/", {"email": f"n{n}@example.org", "phone": phone, "password1": PASSWORD, "terms": "on"}
        )
        for n, phone in enumerate((PHONE, "13900139000"))
    ]

    assert {(answer.status_code, answer.url) for answer in answers} == {(302, "/accounts/phone/verify/")}
    assert not User.objects.filter(email="n0@example.org").exists()


@pytest.mark.parametrize("address", ["vıctim@example.org", "victím@example.org", "victim@exampłe.org"])
def test_an_address_that_looks_alike_is_another_person(victim, address):
    Client().post("/accounts/password/reset/", {"email": address})
    Client().post("/accounts/login/code/", {"email": address})

    assert not Notice.objects.filter(address="victim@example.org").exists()


@pytest.mark.parametrize("spelling", ["Victim@Example.ORG", " victim@example.org", "VICTIM@EXAMPLE.ORG"])
def test_an_address_in_another_spelling_makes_no_second_account(victim, spelling):
    install_documents(at=timezone.now())
    Client().post("/accounts/signup/", {"email": spelling, "password1": PASSWORD, "terms": "on"})

    assert User.objects.count() == 1


AWAY = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    r"/\evil.example",
    r"\\evil.example",
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "\x09//evil.example",
    " //evil.example",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "data:text/html,x",
]


@pytest.mark.parametrize("away", AWAY)
def test_nobody_is_led_to_another_host(victim, away):
    browser = Client()
    answers = [browser.post("/language/", {"language": "en", "next": away})]
    answers.append(browser.post("/accounts/login/", {"login": victim.email, "password": PASSWORD, "next": away}))
    answers.append(browser.get("/accounts/login/", {"next": away}))
    answers.append(browser.get("/admin/login/", {"next": away}))
    answers.append(browser.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": away}))
    answers.append(browser.post("/accounts/logout/", {"next": away}))

    for answer in answers:
        place = answer.headers.get("Location", "/")
        assert place.startswith("/"), place
        assert not place.startswith(("//", "/\\")), place


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/login/code/"]
)
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "testserver@evil.example"},
        {"host": "testserver:80.evil.example"},
        {"host": "testserver\\.evil.example"},
        {"x-forwarded-host": "evil.example"},
        {"x-forwarded-server": "evil.example"},
        {"x-host": "evil.example"},
        {"x-original-host": "evil.example"},
        {"x-http-host-override": "evil.example"},
        {"x-original-url": "//evil.example/"},
        {"x-rewrite-url": "//evil.example/"},
        {"x-forwarded-proto": "https", "x-forwarded-host": "evil.example:443"},
        {"forwarded": "host=evil.example"},
    ],
)
def test_no_mail_names_a_foreign_host(victim, path, headers):
    fields = {
        "login": "victim@example.org",
        "email": "victim@example.org",
        "password": "x",
        "password1": PASSWORD,
        "terms": "on",
    }
    answer = Client().post(path, fields, headers=headers)

    assert answer.status_code == (400 if "host" in headers else answer.status_code)
    assert answer.status_code < 500
    assert not any("evil" in notice.text + notice.subject for notice in Notice.objects.all())
