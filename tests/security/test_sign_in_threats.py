"""Signing in attacked, row by row (T13–T24). docs/threats.csv says where the other rows are tested."""

from __future__ import annotations

import re
import threading
import time
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import guesses
from accounts.models import User
from consent.install import install_documents
from portal.desk import LAST_SEEN
from portal.models import Notice, RecordEntry
from tests.people import make_person, make_staff, staff_login

pytestmark = pytest.mark.django_db
PASSWORD = "Kestrel-lantern-731"
VICTIM = "victim@example.org"
counted: list[str] = []


class CountingHasher(MD5PasswordHasher):
    """Notes each password that is hashed."""

    def encode(self, password, salt):
        counted.append(password)
        return super().encode(password, salt)


@pytest.fixture
def victim(db):
    return make_person(VICTIM, password=PASSWORD)


@pytest.fixture
def limits(settings):
    """The limits as they are shipped; tests run without."""
    settings.ACCOUNT_RATE_LIMITS = import_module("portal.settings.base").ACCOUNT_RATE_LIMITS


def sign_in(browser, password=PASSWORD, login=VICTIM):
    return browser.post("/accounts/login/", {"login": login, "password": password})


def is_in(browser):
    return browser.get("/me/").status_code == 200


def code_for(address):
    text = Notice.objects.filter(address=address).latest("pk").text
    return re.search(r"\b[A-Z0-9]{3,4}-[A-Z0-9]{3,4}\b", text)[0]


def words(response, address):
    """A page without what must differ: the address typed, tokens."""
    text = response.content.decode().replace(address, "")
    return re.sub(r'(csrfmiddlewaretoken" value|data-csrf)="[^"]+"', "", text)


# -- T13: enumeration


@pytest.mark.parametrize("login", [VICTIM, "nobody@example.org", "13800138000"])
def test_t13_a_wrong_password_costs_one_hash_whether_the_account_exists_or_not(victim, settings, login):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    counted.clear()
    sign_in(Client(), "wrong-password-1", login)

    assert counted == ["wrong-password-1"]


def signing_up(address):
    return {"email": address, "password1": PASSWORD, "terms": "on"}


@pytest.mark.parametrize("address", [VICTIM, "nobody@example.org"])
def test_t13_signing_up_costs_one_hash_whether_the_address_is_taken_or_not(victim, settings, address):
    install_documents(at=timezone.now())
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    counted.clear()
    response = Client().post("/accounts/signup/", signing_up(address))

    assert response.status_code == 302
    assert counted == [PASSWORD]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/accounts/login/", lambda address: {"login": address, "password": "wrong-password-1"}),
        ("/accounts/signup/", signing_up),
        ("/accounts/password/reset/", lambda address: {"email": address}),
        ("/accounts/login/code/", lambda address: {"email": address}),
    ],
)
def test_t13_every_form_answers_a_stranger_as_it_answers_a_member(victim, path, fields):
    install_documents(at=timezone.now())
    answers = []
    for address in (VICTIM, "nobody@example.org"):
        browser = Client()
        response = browser.post(path, fields(address))
        page = browser.get(response.url) if response.status_code == 302 else response
        answers.append((response.status_code, response.headers.get("Location"), page.status_code, words(page, address)))

    assert answers[0] == answers[1]


# -- T14: guessing


@pytest.mark.django_db(transaction=True)
def test_t14_of_twelve_guesses_at_once_in_one_session_three_are_compared(victim):
    """The first nine are wrong, the last three right: they come too late, whoever of the nine came first."""
    browser = Client()
    browser.post("/accounts/login/code/", {"email": VICTIM})
    code = code_for(VICTIM)
    start, compared = threading.Barrier(12), []

    def guess(place):
        start.wait(20)
        compared.append(guesses.take(code))
        connection.close()

    threads = [threading.Thread(target=guess, args=[place]) for place in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(compared) == [False] * 9 + [True] * 3
    browser.post("/accounts/login/code/confirm/", {"code": code})
    assert not is_in(browser)


def test_t14_copies_of_one_session_share_three_guesses(victim):
    """A counter in the session is set back by setting the session back; this one is not."""
    browser = Client()
    browser.post("/accounts/login/code/", {"email": VICTIM})
    code = code_for(VICTIM)
    kept = dict(browser.session.items())
    for wrong in ("AAA-AAA", "BBB-BBB", "CCC-CCC"):
        browser.post("/accounts/login/code/confirm/", {"code": wrong})
        session = browser.session
        session.update(kept)
        session.save()
    browser.post("/accounts/login/code/confirm/", {"code": code})

    assert not is_in(browser)


def test_t14_the_third_guess_may_be_right(victim):
    browser = Client()
    browser.post("/accounts/login/code/", {"email": VICTIM})
    for wrong in ("AAA-AAA", "BBB-BBB"):
        browser.post("/accounts/login/code/confirm/", {"code": wrong})
    browser.post("/accounts/login/code/confirm/", {"code": code_for(VICTIM)})

    assert is_in(browser)


def test_t14_codes_of_resets_addresses_and_numbers_count_too(settings):
    base = import_module("portal.settings.base").ACCOUNT_FORMS
    forms = {base[f"confirm_{name}"] for name in ("login_code", "email_verification_code", "password_reset_code")}
    for path in (*forms, base["verify_phone"]):
        module, _dot, name = path.rpartition(".")
        assert issubclass(getattr(import_module(module), name), guesses.Limited)


def test_t14_an_account_is_guessed_at_five_times_in_five_minutes_and_restarts_forget_nothing(victim, limits):
    for number in range(6):
        sign_in(Client(), f"wrong-{number}")

    assert not is_in_after(Client(), PASSWORD)
    assert cache.__class__.__name__ != "LocMemCache"


def is_in_after(browser, password):
    sign_in(browser, password)
    return is_in(browser)


# -- T15: locking a victim out


def test_t15_who_is_guessed_at_signs_in_at_once_from_another_address(victim, limits):
    attacker = {"REMOTE_ADDR": "198.51.100.9"}
    for number in range(8):
        sign_in(Client(**attacker), f"wrong-{number}")

    assert not is_in_after(Client(**attacker), PASSWORD)
    assert is_in_after(Client(REMOTE_ADDR="192.0.2.7"), PASSWORD)


def test_t15_guessing_at_one_number_locks_no_other_number_out(victim, limits):
    person = make_person("phone@example.org", password=PASSWORD, phone="+8613800138000", phone_verified=True)
    for number in range(6):
        sign_in(Client(), f"wrong-{number}", "13900139000")
    browser = Client()
    sign_in(browser, PASSWORD, "138 0013 8000")

    assert browser.session["_auth_user_id"] == str(person.pk)


def test_t15_a_reset_stays_open_to_who_is_guessed_at(victim, limits):
    for number in range(8):
        sign_in(Client(), f"wrong-{number}")
    Client(REMOTE_ADDR="192.0.2.7").post("/accounts/password/reset/", {"email": VICTIM})

    assert Notice.objects.filter(address=VICTIM).exists()


# -- T17: a stolen session of staff


def old_factor(browser):
    """An hour later, still active."""
    session = browser.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session[LAST_SEEN] = time.time()
    session.save()
    return browser


@pytest.fixture
def chief(db):
    return make_person("chief@example.org", is_staff=True, is_superuser=True)


@pytest.mark.parametrize("path", ["/me/export/", "/me/erase/"])
def test_t17_ones_own_data_are_given_and_erased_only_to_who_proves_it_is_them(victim, path):
    browser = Client()
    sign_in(browser)
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password", "at": 0, "email": VICTIM}]
    session.save()

    response = browser.post(path)
    assert (response.status_code, response.url.partition("?")[0]) == (302, reverse("account_reauthenticate"))


def test_t17_roles_are_given_only_after_the_factor(chief, victim):
    browser = old_factor(staff_login(Client(), chief))
    for method in (browser.get, browser.post):
        response = method(f"/admin/accounts/user/{victim.pk}/change/")
        assert response.url.startswith(reverse("mfa_reauthenticate"))


# -- T18: rights that give rights


def test_t18_no_page_makes_a_superuser(chief, victim):
    """Stricter than two persons: it happens on the server alone, and the record keeps it."""
    browser = staff_login(Client(), chief)
    fields = {"email": VICTIM, "display_name": "", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    fields |= {"user_permissions": "1"}
    assert browser.post(f"/admin/accounts/user/{victim.pk}/change/", fields).status_code == 302
    victim.refresh_from_db()

    assert (victim.is_staff, victim.is_superuser, victim.user_permissions.count()) == (True, False, 0)
    User.objects.create_superuser("root@example.org", PASSWORD)
    assert RecordEntry.objects.filter(kind="person.superuser_made").count() == 1


@pytest.mark.parametrize("group", ["reviewers", "review_leads", "editors", "operators"])
@pytest.mark.parametrize("fields", [{"is_superuser": "on"}, {"is_staff": "on", "groups": "1"}])
def test_t18_no_role_gives_roles(victim, group, fields):
    staff = make_staff(group, f"{group}@example.org")
    browser = staff_login(Client(), staff)
    for person in (victim, staff):
        assert browser.post(f"/admin/accounts/user/{person.pk}/change/", fields).status_code == 403
    victim.refresh_from_db()

    assert not victim.is_staff
    assert not User.objects.filter(is_superuser=True).exists()


# -- T19, T20: sessions


def with_totp(person):
    secret = generate_totp_secret()
    Authenticator.objects.create(user=person, type="totp", data={"secret": get_adapter().encrypt(secret)})
    return lambda: format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_t19_the_session_changes_its_id_with_the_password_and_with_the_factor(victim):
    code = with_totp(victim)
    browser = Client()
    browser.get("/accounts/login/")
    seen = [browser.cookies["sessionid"].value if "sessionid" in browser.cookies else ""]
    sign_in(browser)
    seen.append(browser.cookies["sessionid"].value)
    browser.post("/accounts/2fa/authenticate/", {"code": code()})
    seen.append(browser.cookies["sessionid"].value)

    assert is_in(browser)
    assert len(set(seen)) == 3
    thief = Client()
    thief.cookies["sessionid"] = seen[1]
    assert not is_in(thief)


def test_t20_who_adds_a_factor_is_alone_afterwards(victim, django_capture_on_commit_callbacks):
    devices = [Client() for _number in range(3)]
    for device in devices:
        assert is_in_after(device, PASSWORD)
    here = devices[0]
    here.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = here.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r"secret=([A-Z2-7]+)", page) or re.search(r">\s*([A-Z2-7]{32})\s*<", page)
    secret = secret[1] if secret else here.session["mfa.totp.secret"]
    counter = next(iter(yield_hotp_counters_from_time()))
    with django_capture_on_commit_callbacks(execute=True):
        here.post("/accounts/2fa/totp/activate/", {"code": format_hotp_value(hotp_value(secret, counter))})

    assert Authenticator.objects.filter(user=victim, type="totp").exists()
    assert [is_in(device) for device in devices] == [True, False, False]
    assert UserSession.objects.filter(user=victim).count() == 1


# -- T23: one address, one account


@pytest.mark.django_db(transaction=True)
def test_t23_twenty_sign_ups_at_once_in_many_spellings_make_one_account():
    install_documents(at=timezone.now())
    spellings = ["mike@example.org", "MIKE@example.org", "ｍike@example.org", "Mike@EXAMPLE.org"]
    start, codes = threading.Barrier(20), []

    def sign_up(number):
        start.wait(30)
        codes.append(Client().post("/accounts/signup/", signing_up(spellings[number % 4])).status_code)
        connection.close()

    threads = [threading.Thread(target=sign_up, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert User.objects.filter(email="mike@example.org").count() == User.objects.count() == 1
    assert EmailAddress.objects.count() <= 1
    assert all(code < 500 for code in codes)


# -- T24: what is not here cannot be attacked


def test_t24_nobody_signs_in_elsewhere_through_us():
    names = [config.name for config in apps.get_app_configs()]

    assert not [name for name in names if "idp" in name or "socialaccount" in name]
