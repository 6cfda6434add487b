"""Signing up and in: e-mail and password, e-mail code, SMS code, second factor, limits, no enumeration."""

from __future__ import annotations

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from consent.install import install_documents
from consent.models import ConsentRecord
from portal.models import Notice
from tests.people import make_person

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
SIGN_UP = {"email": "Lin@Example.org", "password1": PASSWORD, "terms": "on"}


@pytest.fixture(autouse=True)
def documents(db):
    install_documents(at=timezone.now())


def code_sent(channel: str = "email") -> str:
    text = Notice.objects.filter(channel=channel).latest("pk").text
    return re.search(r"\b([A-Z0-9]{4}-?[A-Z0-9]{2,4}|\d{6})\b", text)[1]


def sign_up(client: Client, **changes):
    return client.post("/accounts/signup/", {**SIGN_UP, **changes})


def test_a_newcomer_signs_up_confirms_by_code_and_reaches_the_page_wanted(client):
    answer = client.post("/accounts/signup/?next=/me/", SIGN_UP)
    assert answer.url == "/accounts/confirm-email/"

    answer = client.post("/accounts/confirm-email/", {"code": code_sent()})

    assert answer.url == "/me/"
    assert client.get("/me/").status_code == 200
    user = User.objects.get()
    assert user.email == "lin@example.org"
    assert EmailAddress.objects.get(user=user).verified


def test_signing_up_records_the_acceptance_of_both_documents(client):
    sign_up(client)

    assert set(ConsentRecord.objects.values_list("kind", "answer")) == {("TERMS", "GIVEN"), ("PRIVACY", "GIVEN")}


def test_without_accepting_the_documents_there_is_no_account(client):
    answer = client.post("/accounts/signup/", {"email": "lin@example.org", "password1": PASSWORD})

    assert answer.status_code == 200
    assert "须先阅读并接受这两份文件" in answer.content.decode()
    assert not User.objects.exists()


def test_signing_up_with_a_known_address_answers_the_same_and_tells_its_owner(client):
    unknown = sign_up(client)
    make_person("known@example.org")
    known = sign_up(Client(), email="known@example.org")

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert User.objects.filter(email="known@example.org").count() == 1


@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_an_unknown_address_is_answered_like_a_known_one(path):
    make_person("known@example.org")

    answers = [Client().post(path, {"email": email}) for email in ("known@example.org", "unknown@example.org")]

    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0].url == answers[1].url


def test_a_wrong_password_says_the_same_for_everybody(client):
    make_person("known@example.org", password=PASSWORD)

    pages = [
        client.post("/accounts/login/", {"login": email, "password": "wrong"}).content.decode()
        for email in ("known@example.org", "unknown@example.org")
    ]

    errors = [re.findall(r'class="error"[^>]*>(.*?)</', page, re.DOTALL) for page in pages]
    assert errors[0] == errors[1]


def test_signing_in_by_e_mail_code(client):
    make_person("lin@example.org")
    client.post("/accounts/login/code/", {"email": "lin@example.org"})

    assert client.post("/accounts/login/code/confirm/", {"code": code_sent()}).status_code == 302
    assert client.get("/me/").status_code == 200


def test_three_wrong_codes_end_the_attempt(client):
    make_person("lin@example.org")
    client.post("/accounts/login/code/", {"email": "lin@example.org"})
    right = code_sent()

    for _ in range(3):
        client.post("/accounts/login/code/confirm/", {"code": "000000"})
    client.post("/accounts/login/code/confirm/", {"code": right})

    assert client.get("/me/").status_code == 302


def test_a_mobile_number_is_verified_by_sms_and_then_signs_in_by_code(client):
    person = make_person("lin@example.org", password=PASSWORD)
    client.post("/accounts/login/", {"login": "lin@example.org", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/phone/change/", {"phone": "138 0013 8000"})
    client.post("/accounts/phone/verify/", {"code": code_sent("sms")})

    person.refresh_from_db()
    assert (person.phone, person.phone_verified) == ("+8613800138000", True)

    other = Client()
    other.post("/accounts/login/code/", {"phone": "13800138000"})
    other.post("/accounts/login/code/confirm/", {"code": code_sent("sms")})
    assert other.get("/me/").status_code == 200


def test_a_bad_number_is_told_at_the_field(client):
    answer = sign_up(client, phone="12")

    assert "请填写有效的手机号" in answer.content.decode()
    assert not User.objects.exists()


def test_the_sign_up_limit_answers_429(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "2/m/ip"}
    cache.clear()

    codes = [sign_up(Client(), email=f"p{number}@example.org").status_code for number in range(3)]

    assert codes == [302, 302, 429]


def test_guessing_is_limited_and_the_limit_is_shared(settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/5m/key"}
    cache.clear()
    make_person("lin@example.org", password=PASSWORD)

    for _ in range(3):
        Client().post("/accounts/login/", {"login": "lin@example.org", "password": "wrong"})
    answer = Client().post("/accounts/login/", {"login": "lin@example.org", "password": PASSWORD})

    assert answer.status_code == 200
    assert Client().post("/accounts/password/reset/", {"email": "lin@example.org"}).status_code == 302


def _totp(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def admin(db):
    person = make_person("admin@example.org", password=PASSWORD, is_staff=True, is_superuser=True)
    person.totp_secret = generate_totp_secret()
    TOTP.activate(person, person.totp_secret)
    return person


def test_staff_enter_the_admin_with_the_second_factor(client, admin):
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")

    client.post("/accounts/login/?next=/admin/", {"login": admin.email, "password": PASSWORD})
    answer = client.post("/accounts/2fa/authenticate/", {"code": _totp(admin.totp_secret)})

    assert answer.url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_staff_without_a_factor_are_led_to_add_one(client):
    person = make_person("staff@example.org", is_staff=True, is_superuser=True)
    client.force_login(person)

    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/2fa/")


def test_a_session_that_did_not_use_the_factor_is_asked_for_it(client, admin):
    client.force_login(admin)

    answer = client.get("/admin/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/accounts/2fa/reauthenticate/")


def test_an_idle_session_is_asked_again(client, admin, settings):
    client.post("/accounts/login/", {"login": admin.email, "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": _totp(admin.totp_secret)})
    assert client.get("/admin/").status_code == 200

    settings.STAFF_IDLE_MINUTES = -1

    assert client.get("/admin/").status_code == 302


def test_signed_in_people_without_rights_are_told_so(client):
    client.force_login(make_person())

    assert client.get("/admin/", follow=True).status_code == 403


def test_the_secret_of_a_factor_is_not_readable_in_the_database(admin):
    stored = Authenticator.objects.get(user=admin).data["secret"]

    assert admin.totp_secret not in stored


def test_the_interface_is_chinese_whatever_the_browser_says(client):
    page = client.get("/accounts/login/", headers={"accept-language": "en-US"}).content.decode()

    assert '<html lang="zh-Hans">' in page
    assert "登录" in page


def test_a_foreign_next_is_ignored(client):
    make_person("lin@example.org", password=PASSWORD)

    answer = client.post(
        "/accounts/login/?next=https://evil.example/", {"login": "lin@example.org", "password": PASSWORD}
    )

    assert answer.url == "/"


def test_mails_name_the_site_of_the_settings_not_of_the_request(settings):
    settings.ALLOWED_HOSTS = ["*"]
    make_person("lin@example.org")
    Client().post("/accounts/password/reset/", {"email": "lin@example.org"}, headers={"host": "evil.example"})

    assert "evil.example" not in Notice.objects.latest("pk").text
