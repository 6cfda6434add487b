"""What a consent record keeps of its sender: keyed hashes of address and browser.

A claimed address or browser can be checked against them by whoever holds the record key; neither can be read from
them. The browser's name is not kept as a class (phone, Chrome): a class proves little and tells more than is needed.
"""

from __future__ import annotations

import hashlib
import hmac

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def sender_hashes(request: HttpRequest) -> dict[str, str]:
    """Return ip_hash and agent_hash of a request; "" for what cannot be told."""
    try:
        address = get_adapter(request).get_client_ip(request)
    except PermissionDenied:
        address = ""
    return {"ip_hash": keyed("ip", address), "agent_hash": keyed("agent", request.headers.get("User-Agent", ""))}


def keyed(kind: str, text: str) -> str:
    """Return HMAC-SHA-256 (hex) of a text under the record key, "" of nothing."""
    if not text:
        return ""
    message = f"{kind}\x00{text}".encode("utf-8", "replace")
    return hmac.new(settings.RECORD_KEY.encode(), message, hashlib.sha256).hexdigest()
