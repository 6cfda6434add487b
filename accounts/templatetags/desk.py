"""What the desk's templates need of accounts: the overview's numbers, a status in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from accounts.models import Verification
from portal.models import Notice

register = template.Library()


@register.simple_tag
def review_numbers(user: Any) -> dict[str, Any]:
    """Numbers of the review, for who may review."""
    from accounts.admin.overview import numbers  # the admin package registers itself, after the apps are ready

    return numbers(user, at=timezone.now())


@register.simple_tag
def dead_notices() -> int:
    """How many notices were given up."""
    return Notice.objects.filter(state=Notice.State.DEAD).count()


@register.filter
def status_words(status: str) -> str:
    """A case's status in words."""
    return str(dict(Verification.Status.choices).get(status, status))
