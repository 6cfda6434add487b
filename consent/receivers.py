"""What consent hears: who signs up accepts the agreement and policy in force; who withdraws is not decided on."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_signed_up
from django.db.models.signals import post_save
from django.http import HttpRequest
from django.utils import timezone

from consent.actions import Answer, answer
from consent.holding import follow_answer
from consent.models import Agreement, AgreementVersion, ConsentRecord
from consent.sender import sender_hashes
from consent.texts import shown_text


def connect() -> None:
    """Called once when the app is ready."""
    user_signed_up.connect(record_terms, dispatch_uid="consent.record_terms")
    post_save.connect(follow_answer, sender=ConsentRecord, dispatch_uid="consent.follow_answer")


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
