"""The people of the tests, as fixtures. Each stands where the product's own actions put them, in the zone `alk`."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from accounts.models import User
from portal.models import Zone
from tests import factories

make_person = factories.make_user


def staff_login(client: Client, user: User) -> Client:
    """Sign in as allauth does after a second factor: the desk is open in this session."""
    client.force_login(user)
    session = client.session
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(user.pk)  # whose methods they are
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time(), "email": user.email},
        {"method": "mfa", "type": "totp", "at": time.time()},
    ]
    session.save()
    return client


def make_staff(group: str, email: str, **fields: Any) -> User:
    """Return somebody of the group, with the rights its migrations give."""
    user = factories.make_user(email, is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=group))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def zone(db: None) -> Zone:
    """The zone `alk` as it is shipped."""
    return factories.install_zone()


@pytest.fixture
def visitor(client: Client) -> Client:
    """A browser nobody signed in with."""
    return client


@pytest.fixture
def member(db: None) -> User:
    """Somebody with an account who has not begun any zone's steps."""
    return make_person("member@example.org")


@pytest.fixture
def reviewer(db: None) -> User:
    return make_staff("reviewers", "reviewer@example.org", display_name="审核员甲")


@pytest.fixture
def reviewer2(db: None) -> User:
    return make_staff("reviewers", "reviewer2@example.org", display_name="审核员乙")


@pytest.fixture
def lead(db: None) -> User:
    """A reviewer who may also revoke and edit the questions."""
    return make_staff("review_leads", "lead@example.org", display_name="审核组长")


@pytest.fixture
def editor(db: None) -> User:
    return make_staff("editors", "editor@example.org", display_name="编辑甲")


@pytest.fixture
def editor2(db: None) -> User:
    return make_staff("editors", "editor2@example.org", display_name="编辑乙")


@pytest.fixture
def pending_person(zone: Zone) -> User:
    """Everything sent, waiting for a reviewer."""
    return _sent("pending@example.org", zone)


@pytest.fixture
def rejected_person(zone: Zone, reviewer: User) -> User:
    """Sent back: the picture cannot be read, the hospital does not match."""
    person = _sent("rejected@example.org", zone)
    factories.reject(
        person.verification,
        by=reviewer,
        codes=("LICENCE_UNREADABLE", "HOSPITAL_MISMATCH"),
        message="编码末四位被反光挡住了。",
    )
    return _again(person)


@pytest.fixture
def refused_person(zone: Zone, reviewer: User) -> User:
    """Refused for good."""
    person = _sent("refused@example.org", zone)
    case = person.verification
    reasons = list(factories.Reason.objects.filter(code="FORGED"))
    case.refuse_final(by=reviewer, submission=case.current, reasons=reasons, at=timezone.now())
    return _again(person)


@pytest.fixture
def doctor(zone: Zone, reviewer: User) -> User:
    """Approved; the passed page is behind them."""
    person = _sent("doctor@example.org", zone)
    factories.approve(person.verification, by=reviewer)
    person.verification.see_passed(at=timezone.now())
    return _again(person)


@pytest.fixture
def expired_person(zone: Zone, reviewer: User) -> User:
    """Approved 400 days ago; no sweep has stored the expiry yet."""
    person = _sent("expired@example.org", zone)
    factories.approve(person.verification, by=reviewer, ago=timedelta(days=400))
    return _again(person)


@pytest.fixture
def revoked_person(zone: Zone, reviewer: User, lead: User) -> User:
    """Approved, then revoked."""
    person = _sent("revoked@example.org", zone)
    factories.approve(person.verification, by=reviewer)
    person.verification.revoke(by=lead, reason="注册已被注销。", at=timezone.now())
    return _again(person)


def _sent(email: str, zone: Zone) -> User:
    person = make_person(email)
    factories.consent_to(person, zone)
    factories.make_case(person)
    return _again(person)


def _again(person: User) -> User:
    """Read anew: no cached relation or permission of the making is left."""
    return User.objects.get(pk=person.pk)
