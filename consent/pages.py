"""What agreements share when they are shown: the tokens of the texts, the hash of the sender."""

from __future__ import annotations

import hashlib
import hmac

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import translation


def tokens() -> dict[str, str]:
    """Values of {{operator}} and {{contact}} in the active language."""
    english = translation.get_language() == "en"
    return {
        "operator": settings.OPERATOR_EN if english else settings.OPERATOR_ZH,
        "contact": settings.CONTACT_EMAIL,
    }


def request_hash(request: HttpRequest) -> str:
    """Return a keyed hash of the sender's address, "" when it cannot be told."""
    try:
        address = get_adapter().get_client_ip(request)
    except PermissionDenied:
        return ""
    key = settings.RECORD_KEY.encode()
    return hmac.new(key, f"ip\x00{address}".encode(), hashlib.sha256).hexdigest()
