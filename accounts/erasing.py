"""Closing an account and taking it back: signed out everywhere at once; a signed link by mail opens it again.

The link works while the hold runs and the erasure is open, once. It is mailed to the address the account had when it
was closed, never shown on a page: who holds the browser alone cannot use it, who reads the mail may sign in anyway.
A wish taken back leaves no row, only its two entries in the record.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import Erasure, User
from portal import outbox, record

SALT = "accounts.erasing.take_back"
_forgetting: list[Callable[[User], None]] = []


def register(forget: Callable[[User], None]) -> None:
    """Add what an app above deletes of a person who is erased; called from its ready(), run in one transaction."""
    if forget not in _forgetting:
        _forgetting.append(forget)


def forget(person: User) -> None:
    """Let every app delete what it holds of this person."""
    for job in _forgetting:
        job(person)


def end_sessions(person: User) -> None:
    """Sign the person out of every browser, so that none wakes up when the account is opened again."""
    for session in UserSession.objects.filter(user=person):
        session.end()


def tell(erasure: Erasure, *, at: datetime) -> None:
    """Mail what was asked, and the link that takes it back; the notice loses its text once sent."""
    person = erasure.person
    english = person.language == "en"
    context = {
        "site_name": settings.SITE_NAME_EN if english else settings.SITE_NAME_ZH,
        "link": f"{settings.SITE_URL}{reverse('erasure-back', kwargs={'token': token_of(erasure)})}",
        "due_at": erasure.due_at,
        "contact": settings.CONTACT_EMAIL,
    }
    with translation.override(person.language or settings.LANGUAGE_CODE):
        subject = render_to_string("accounts/emails/erasure_asked_subject.txt", context).strip()
        text = render_to_string("accounts/emails/erasure_asked_body.txt", context).strip() + "\n"
    message = outbox.Message(
        key=f"erasure:{erasure.pk}",
        channel=outbox.EMAIL,
        address=person.email,
        subject=subject,
        text=text,
        person=person,
        is_secret=True,
    )
    outbox.enqueue([message], at=at)


def token_of(erasure: Erasure) -> str:
    """Return what the link carries."""
    return signing.dumps([erasure.pk, erasure.asked_at.isoformat()], salt=SALT)


def open_erasure(token: str, *, at: datetime) -> Erasure | None:
    """Return the erasure that the link may still take back; None for whatever else the token is."""
    try:
        pk, asked_at = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if not isinstance(pk, int):
        return None
    found = Erasure.objects.filter(pk=pk, done_at=None, due_at__gt=at).select_related("person").first()
    return found if found and found.asked_at.isoformat() == asked_at else None


@transaction.atomic
def take_back(erasure: Erasure, *, at: datetime) -> bool:
    """Open the account again as it was. False if it was taken back, or carried out, meanwhile."""
    count, _by_model = Erasure.objects.filter(pk=erasure.pk, done_at=None, due_at__gt=at).delete()
    if not count:
        return False
    person = erasure.person
    User.objects.filter(pk=person.pk).update(is_active=True)
    subject = f"accounts.user:{person.public_id}"
    record.append("person.erasure_taken_back", actor=person, subject=subject, payload={}, at=at)
    return True
