"""{% rules_waiting user as sets %}: what the desk's first page says of the rule sets."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.simple_tag
def rules_waiting(user: Any) -> list[Any]:
    """What waits of the rule sets, for who may write, publish or sign them."""
    from strategy.admin.overview import waiting_for  # the admin package registers itself, after the apps are ready

    return waiting_for(user)
