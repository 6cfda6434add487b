"""What the database itself refuses of a case, whatever the code does: who, when and why fit the status."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

REMIND_DAYS = (30, 7)  # before the end, each once an approval

CONSTRAINTS: list[models.BaseConstraint] = [
    models.CheckConstraint(condition=~Q(decided_by=F("owner")), name="verification_not_decided_by_owner"),
    models.CheckConstraint(condition=~Q(revoked_by=F("owner")), name="verification_not_revoked_by_owner"),
    models.CheckConstraint(
        condition=Q(status__in=["PENDING", "APPROVED", "REJECTED", "EXPIRED", "REVOKED"]),
        name="verification_status_known",
    ),
    models.CheckConstraint(
        condition=Q(status="PENDING", decided_at=None, decided_by=None)
        | (~Q(status="PENDING") & Q(decided_at__isnull=False, decided_by__isnull=False)),
        name="verification_decided_has_who_and_when",
    ),
    models.CheckConstraint(
        condition=Q(status__in=["PENDING", "REJECTED"], approved_until=None, passed_seen_at=None, reminded=None)
        | Q(
            status__in=["APPROVED", "EXPIRED", "REVOKED"],
            approved_until__isnull=False,
            approved_until__gt=F("decided_at"),
        ),
        name="verification_approval_has_end",
    ),
    models.CheckConstraint(
        condition=~Q(status="REVOKED") | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoke_reason="")),
        name="verification_revoked_has_when",
    ),
    models.CheckConstraint(condition=Q(is_final=False) | Q(status="REJECTED"), name="verification_final_is_rejected"),
    models.CheckConstraint(
        condition=Q(held_since=None, held_because="")
        | (Q(status="PENDING", held_since__isnull=False) & ~Q(held_because="")),
        name="verification_held_is_pending",
    ),
    models.CheckConstraint(
        condition=Q(reminded=None) | Q(reminded__in=REMIND_DAYS), name="verification_reminded_in_time"
    ),
]
