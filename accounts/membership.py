"""Whose cases belong to a zone. A case is verified once for all zones; consent, above, knows who agreed in which.

It registers how to find them (consent/members.py); with nobody registered no case belongs to any zone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from accounts.models import User

People = Callable[[int], QuerySet[Any]]  # zone's primary key -> users' primary keys, as a query
_found: list[People] = []


def register(people: People) -> None:
    """Say who belongs to a zone; called from an app's ready()."""
    if people not in _found:
        _found.append(people)


def people_of(zone_id: int) -> QuerySet[Any]:
    """Return the primary keys of the people of a zone, as a query."""
    for people in _found:
        return people(zone_id)
    return User.objects.none().values("pk")
