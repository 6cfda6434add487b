"""Who belongs to a zone: those whose last answer to its agreement is 同意. The review desk filters by it."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from consent.models import Agreement, ConsentRecord


def agreed_in(zone_id: int) -> QuerySet[Any]:
    """Return the primary keys of the people who stand by the zone's agreement, as a query."""
    answers = ConsentRecord.objects.filter(kind=Agreement.Kind.AGREEMENT, zone_id=zone_id)
    last = answers.filter(person=OuterRef("person")).order_by("-pk").values("pk")[:1]
    return answers.filter(pk=Subquery(last), answer=ConsentRecord.Answer.GIVEN).values("person_id")
