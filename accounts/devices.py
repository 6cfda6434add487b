"""Who changes a factor is alone afterwards: every other session of theirs ends, as with a new password."""

from __future__ import annotations

from typing import Any

from allauth.mfa import signals
from allauth.usersessions.models import UserSession
from django.http import HttpRequest


def connect() -> None:
    """Called once when the app is ready."""
    for signal in (signals.authenticator_added, signals.authenticator_removed, signals.authenticator_reset):
        signal.connect(stay_alone, dispatch_uid="accounts.stay_alone")


def stay_alone(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """End the person's sessions on other devices."""
    for other in UserSession.objects.filter(user_id=user.pk).exclude(session_key=request.session.session_key):
        other.end()
