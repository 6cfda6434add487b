"""The hash of the sender's address that a consent record keeps."""

from __future__ import annotations

import hashlib
import hmac

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def request_hash(request: HttpRequest) -> str:
    """Return a keyed hash of the sender's address, "" when it cannot be told."""
    try:
        address = get_adapter(request).get_client_ip(request)
    except PermissionDenied:
        return ""
    return hmac.new(settings.RECORD_KEY.encode(), f"ip\x00{address}".encode(), hashlib.sha256).hexdigest()
