"""What a reviewer does with a case: take the next one, decide what was on the screen, judge a proposal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Claim, Decision, NotAllowed, Proposal, Reason, User, Verification, needs_second
from portal.workflow import TransitionError

APPROVE, REJECT, REFUSE_FINAL = "approve", "reject", "refuse_final"
OUTCOMES = {APPROVE: "APPROVED", REJECT: "REJECTED", REFUSE_FINAL: "REFUSED"}


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


def is_proposed(decision: str) -> bool:
    """Whether this decision is only proposed, and holds once a second reviewer confirmed it."""
    return needs_second(OUTCOMES[decision])


@transaction.atomic
def decide(
    case: Verification, *, by: User, decision: str, version: int, reasons: Sequence[Reason], message: str, at: datetime
) -> Decision | Proposal:
    """Decide the submission that was on the screen at this version of the case, claiming a free case in the same act.

    A Proposal comes back where a second reviewer must confirm (SECOND_PAIR_OF_EYES). TransitionError if the case has
    moved since, Held if somebody else works on it, ContentChanged if it is not what was sent, NotAllowed if it is not
    theirs or another's proposal waits.
    """
    stored = _as_seen(case, version, decision)
    Claim.take(stored, by=by, at=at)
    shown = stored.current
    if is_proposed(decision):
        outcome = OUTCOMES[decision]
        return stored.propose(outcome, by=by, submission=shown, reasons=reasons, at=at, message=message)
    if decision == APPROVE:
        return stored.approve(by=by, submission=shown, at=at, message=message)
    if decision == REJECT:
        return stored.reject(by=by, submission=shown, reasons=reasons, at=at, message=message)
    return stored.refuse_final(by=by, submission=shown, reasons=reasons, at=at, message=message)


@transaction.atomic
def confirm(case: Verification, *, by: User, version: int, at: datetime) -> Decision:
    """Confirm what a colleague proposed, as it was on the screen at this version. Errors as of decide."""
    stored, proposal = _with_proposal(case, version, by=by, at=at)
    return stored.confirm(proposal, by=by, at=at)


@transaction.atomic
def set_aside(case: Verification, *, by: User, version: int, why: str, at: datetime) -> Proposal:
    """Disagree with what a colleague proposed; the case goes back to the queue. Errors as of decide."""
    stored, proposal = _with_proposal(case, version, by=by, at=at)
    return stored.set_aside(proposal, by=by, why=why, at=at)


def settle(
    case: Verification,
    *,
    by: User,
    second: User,
    decision: str,
    at: datetime,
    reasons: Sequence[Reason] = (),
    message: str = "",
) -> Decision:
    """Decide with as many people as SECOND_PAIR_OF_EYES asks: `second` confirms where it must be two."""
    made = decide(case, by=by, decision=decision, version=case.version, reasons=reasons, message=message, at=at)
    return confirm(case, by=second, version=made.version, at=at) if isinstance(made, Proposal) else made


def _with_proposal(case: Verification, version: int, *, by: User, at: datetime) -> tuple[Verification, Proposal]:
    stored = _as_seen(case, version, "confirm")
    proposal = stored.proposal
    if proposal is None:
        raise TransitionError(stored, "confirm")
    Claim.take(stored, by=by, at=at)
    return stored, proposal


def _as_seen(case: Verification, version: int, wanted: str) -> Verification:
    """Return the stored case if it still waits at the version that was on the screen."""
    stored = Verification.objects.select_related("current__previous__decision", "owner").get(pk=case.pk)
    if stored.version != version or stored.status != Verification.Status.PENDING:
        raise TransitionError(stored, wanted)
    return stored
