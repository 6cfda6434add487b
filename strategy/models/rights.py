"""Who may do what with a version, and the hash by which its text is known."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext as _

WRITE, PUBLISH, SIGN = "strategy.write_ruleset", "strategy.publish_ruleset", "strategy.sign_ruleset"


class NotProven(Exception):
    """The exact text has no certificate, or findings are neither solved nor signed: it may not be published."""


def check_right(by: Any, right: str) -> None:
    """PermissionDenied without the right; the installer (None) needs none."""
    if by is not None and not by.has_perm(right):
        raise PermissionDenied(_("您没有这项规则集权限。"))


def sha256_of(source: str) -> str:
    """The hash by which a text is published, proven and signed (hex)."""
    return hashlib.sha256(source.encode()).hexdigest()


def person_field() -> models.ForeignKey[Any, Any]:
    """Somebody who did something to a version; the installer is nobody."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
