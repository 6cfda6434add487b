"""Hears allauth: who signs up accepts the user agreement and the privacy policy in force."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_signed_up
from django.http import HttpRequest
from django.utils import timezone

from consent.actions import Answer, answer
from consent.models import Agreement, AgreementVersion
from consent.sender import sender_hashes
from consent.texts import shown_text


def connect() -> None:
    """Called once when the app is ready."""
    user_signed_up.connect(record_terms, dispatch_uid="consent.record_terms")


def record_terms(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Record the acceptance that the sign-up form demanded."""
    for kind in (Agreement.Kind.TERMS, Agreement.Kind.PRIVACY):
        version = AgreementVersion.objects.current(kind, None)
        if version is not None:
            answer(
                person=user,
                version=version,
                answer=Answer.GIVEN,
                text=shown_text(version),
                form="account_signup",
                at=timezone.now(),
                **sender_hashes(request),
            )
