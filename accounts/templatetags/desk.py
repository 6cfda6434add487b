"""What the desk's templates need of accounts: the overview's numbers, a status in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import Verification

register = template.Library()


@register.simple_tag
def review_numbers(user: Any) -> dict[str, Any]:
    """Numbers of the review, for who may review."""
    from accounts.admin.overview import numbers  # the admin package registers itself, after the apps are ready

    return numbers(user, at=timezone.now())


NOTES = {
    "verification.proposed": gettext_lazy("提出一项决定，待第二人确认"),
    "verification.set_aside": gettext_lazy("不同意提出的决定，放回队列"),
    "verification.held": gettext_lazy("暂停审核"),
    "verification.resumed": gettext_lazy("继续审核"),
}


@register.filter
def event_words(event: Any) -> str:
    """What happened, in words: from which status to which, or what was noted without one changing."""
    if event.kind in NOTES:
        return str(NOTES[event.kind])
    new = status_words(event.new)
    return f"{status_words(event.old)} → {new}" if event.old and event.old != event.new else new


@register.filter
def status_words(status: str) -> str:
    """A case's status in words."""
    return str(dict(Verification.Status.choices).get(status, status))
