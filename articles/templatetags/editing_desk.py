"""{% editing_numbers user as n %}: what an editor's first page at the desk says."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

register = template.Library()


@register.simple_tag
def editing_numbers(user: Any) -> dict[str, Any]:
    """Numbers of editing and moderation, for who may do either."""
    from articles.admin.overview import numbers  # the admin package registers itself, after the apps are ready

    return numbers(user, at=timezone.now())
