"""What must hold of consents at every moment (portal/invariants.py)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_noop

from accounts.models import Submission
from consent.models import Agreement, ConsentRecord
from portal.invariants import register


def register_own() -> None:
    """Called once when the app is ready."""
    register("Q07", gettext_noop("提交时没有同意认证协议"), _sent_without_consent)


def _sent_without_consent(at: datetime) -> Iterable[Any]:
    given = ConsentRecord.objects.filter(
        person=OuterRef("owner"),
        kind=Agreement.Kind.AGREEMENT,
        answer=ConsentRecord.Answer.GIVEN,
        at__lte=OuterRef("sent_at"),
    )
    return Submission.objects.sent().exclude(Exists(given))
