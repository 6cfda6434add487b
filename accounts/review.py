"""What a reviewer does with a case: take the next one, decide what was on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Claim, Decision, NotAllowed, Reason, User, Verification
from portal.workflow import TransitionError

APPROVE, REJECT, REFUSE_FINAL = "approve", "reject", "refuse_final"


def free_cases(user: User, *, at: datetime) -> QuerySet[Verification]:
    """Return what this reviewer could take now: waiting, theirs to decide, held by nobody; oldest first."""
    held = Claim.objects.running(at).filter(verification=OuterRef("pk"))
    return Verification.objects.decidable_by(user).waiting().exclude(Exists(held))


def held_cases(user: User, *, at: datetime) -> QuerySet[Verification]:
    """Return the waiting cases this reviewer holds, oldest first."""
    mine = Claim.objects.running(at).filter(verification=OuterRef("pk"), reviewer_id=user.pk)
    return Verification.objects.decidable_by(user).waiting().filter(Exists(mine))


def take_next(user: User, *, at: datetime) -> Verification | None:
    """Claim the oldest free case; with none free, return to what one holds. None when there is nothing to do."""
    for case in free_cases(user, at=at)[:10]:
        try:
            Claim.take(case, by=user, at=at)
        except NotAllowed:
            continue  # a colleague was faster; the next one then
        return case
    return held_cases(user, at=at).first()


@transaction.atomic
def decide(
    case: Verification, *, by: User, decision: str, version: int, reasons: Sequence[Reason], message: str, at: datetime
) -> Decision:
    """Decide the submission that was on the screen at this version of the case, claiming a free case in the same act.

    TransitionError if the case has moved since, Held if somebody else works on it, NotAllowed if it is not theirs.
    """
    stored = Verification.objects.select_related("current__previous__decision", "owner").get(pk=case.pk)
    if stored.version != version or stored.status != Verification.Status.PENDING:
        raise TransitionError(stored, decision)
    Claim.take(stored, by=by, at=at)
    shown = stored.current
    if decision == APPROVE:
        return stored.approve(by=by, submission=shown, at=at, message=message)
    if decision == REJECT:
        return stored.reject(by=by, submission=shown, reasons=reasons, at=at, message=message)
    return stored.refuse_final(by=by, submission=shown, reasons=reasons, at=at, message=message)
