"""What every template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import SimpleLazyObject


def site(request: HttpRequest) -> dict[str, Any]:
    """Names of the site and operator in the language shown, the zone of this request, the CSP nonce (admin only)."""
    chinese = translation.get_language() != "en"
    user = getattr(request, "user", None)
    return {
        "site_name": settings.SITE_NAME_ZH if chinese else settings.SITE_NAME_EN,
        "operator": settings.OPERATOR_ZH if chinese else settings.OPERATOR_EN,
        "contact": settings.CONTACT_EMAIL,
        "site_url": settings.SITE_URL,
        "zone": getattr(request, "zone", None),
        "step": getattr(request, "step", ""),
        "has_staff_desk": SimpleLazyObject(lambda: bool(user and user.is_authenticated and user.is_staff)),
        "csp_nonce": SimpleLazyObject(lambda: str(getattr(request, "csp_nonce", ""))),
    }
