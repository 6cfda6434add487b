"""What is said to a person when their case moves, one function an event, in the person's language.

Each returns outbox messages by the channel the person chose: e-mail, or SMS while their number is verified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from portal import outbox

if TYPE_CHECKING:
    from accounts.models import User


def submitted(person: User, key: str) -> list[outbox.Message]:
    """The case is in the queue."""
    return _told(person, f"submitted:{key}", "submitted", {})


def decided(
    person: User, outcome: str, key: str, reasons: Sequence[Mapping[str, Any]], message: str
) -> list[outbox.Message]:
    """Approved, sent back or refused, with the reasons in plain words."""
    context = {"reasons": list(reasons), "message": message}
    return _told(person, f"decided:{key}", outcome.lower(), context)


def revoked(person: User, key: str, reason: str) -> list[outbox.Message]:
    """The approval was taken back."""
    return _told(person, f"revoked:{key}", "revoked", {"reason": reason})


def ends_soon(person: User, key: str, days: int, until: datetime) -> list[outbox.Message]:
    """The approval ends in so many days."""
    context = {"until": timezone.localtime(until)}
    return _told(person, f"reminder:{key}:{days}", "reminder", context)


def expired(person: User, key: str) -> list[outbox.Message]:
    """The approval ran out."""
    return _told(person, f"expired:{key}", "expired", {})


def _told(person: User, key: str, event: str, context: dict[str, Any]) -> list[outbox.Message]:
    with translation.override(person.language or settings.LANGUAGE_CODE):
        english = translation.get_language() == "en"
        context |= {
            "site_name": settings.SITE_NAME_EN if english else settings.SITE_NAME_ZH,
            "site_url": settings.SITE_URL,
        }
        subject = render_to_string(f"accounts/emails/{event}_subject.txt", context).strip()
        text = render_to_string(f"accounts/emails/{event}_body.txt", context).strip() + "\n"
        short = render_to_string(f"accounts/emails/{event}_sms.txt", context).strip()
    if goes_by_sms(person):
        return [outbox.Message(key=key, channel=outbox.SMS, address=person.phone, text=short, person=person)]
    return [
        outbox.Message(key=key, channel=outbox.EMAIL, address=person.email, subject=subject, text=text, person=person)
    ]


def goes_by_sms(person: User) -> bool:
    """Whether the person chose SMS and it can reach them; a number lost or unverified falls back to e-mail."""
    return bool(person.notice_channel == "SMS" and person.phone and person.phone_verified)
