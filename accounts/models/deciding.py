"""What reviewers do to a case: decide it, or, where a second person must confirm, propose, confirm, set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import messages
from accounts.models.cases import ContentChanged, NotAllowed
from accounts.models.decision import Decision, Outcome
from accounts.models.proposal import Proposal, needs_second
from accounts.models.reason import Reason, versions_said
from accounts.models.submission import Submission
from accounts.models.user import User
from portal.workflow import Move, TransitionError, Workflow

VALID_FOR = timedelta(days=365)  # how long an approval holds
CONTENT_CHANGED = "CONTENT_CHANGED"  # the reason by which a case goes back whose content is not what was sent
TO = {Outcome.APPROVED: "APPROVED", Outcome.REJECTED: "REJECTED", Outcome.REFUSED: "REJECTED"}


class Decidable(Workflow):
    """The reviewer's side of a verification case. `submission` is always what was on the screen."""

    public_id: Any
    owner: Any
    owner_id: Any
    current: Any
    current_id: Any
    claims: Any
    proposals: Any
    revoked_by_id: Any
    held_since: datetime | None

    class Meta:
        abstract = True

    def approve(self, *, by: User, submission: Submission, at: datetime, message: str = "") -> Decision:
        """Approve for a year. NotAllowed where a second person must confirm: then it is proposed."""
        return self._decide(Outcome.APPROVED, by=by, submission=submission, at=at, message=message, said=[])

    def reject(
        self, *, by: User, submission: Submission, reasons: Sequence[Reason], at: datetime, message: str = ""
    ) -> Decision:
        """Send back with reasons; the applicant may mend and resubmit."""
        said = [reason.as_said() for reason in reasons]
        return self._decide(Outcome.REJECTED, by=by, submission=submission, at=at, message=message, said=said)

    def refuse_final(
        self, *, by: User, submission: Submission, reasons: Sequence[Reason], at: datetime, message: str = ""
    ) -> Decision:
        """Refuse for good; only an appeal, decided by another reviewer, reopens the case."""
        said = [reason.as_said() for reason in reasons]
        return self._decide(Outcome.REFUSED, by=by, submission=submission, at=at, message=message, said=said)

    @property
    def proposal(self) -> Proposal | None:
        """What waits for a second person, if anything does."""
        found: Proposal | None = self.proposals.open().select_related("proposed_by").first()
        return found

    @transaction.atomic
    def propose(
        self,
        outcome: str,
        *,
        by: User,
        submission: Submission,
        at: datetime,
        reasons: Sequence[Reason] = (),
        message: str = "",
    ) -> Proposal:
        """Say what one would decide. The case stays PENDING, the applicant hears nothing, the claim is put back."""
        said = [reason.as_said() for reason in reasons]
        self._check(outcome, by, submission, said)
        self._check_none_waits()
        payload = {"submission": str(submission.public_id), "outcome": outcome, "reasons": _codes(said)}
        kind = "verification.proposed"
        self._note(Move(actor=by, at=at, kind=kind, note=message, payload=payload, only=self._decidable(submission)))
        self._check_content(outcome, submission, said)
        made: Proposal = self.proposals.create(
            submission=submission,
            version=self.version,
            outcome=outcome,
            owner_id=self.owner_id,
            proposed_by=by,
            proposed_at=at,
            message=message,
            reasons=said,
        )
        self.claims.filter(released_at=None).update(released_at=at)
        return made

    @transaction.atomic
    def confirm(self, proposal: Proposal, *, by: User, at: datetime) -> Decision:
        """Make another reviewer's proposal hold, to the letter. TransitionError when it is no longer about the case."""
        self._close(proposal, Proposal.State.CONFIRMED, by=by, at=at)
        return self._decide(
            proposal.outcome,
            by=by,
            submission=proposal.submission,
            at=at,
            message=proposal.message,
            said=proposal.reasons,
            first=proposal,
        )

    @transaction.atomic
    def set_aside(self, proposal: Proposal, *, by: User, why: str, at: datetime) -> Proposal:
        """Disagree with another reviewer's proposal, with a reason; the case goes back to the queue undecided."""
        if not why.strip():
            raise ValueError("disagreeing needs a reason")
        self._close(proposal, Proposal.State.SET_ASIDE, by=by, at=at, why=why)
        payload = {"proposal": str(proposal.public_id), "outcome": proposal.outcome}
        only = self._decidable(proposal.submission)
        self._note(Move(actor=by, at=at, kind="verification.set_aside", note=why, payload=payload, only=only))
        self.claims.filter(released_at=None).update(released_at=at)
        proposal.refresh_from_db()
        return proposal

    def why_not(self, by: User) -> str:
        """Return why this person may not decide the case, in words; "" if they may."""
        if not by.has_perm("accounts.review_verification"):
            return _("您没有审核资质的权限。")
        if by.pk == self.owner_id:
            return _("不能审核自己的案件。")
        if self.current.appeal and by.pk in self._earlier_judges():
            return _("申诉须由另一位审核员处理。")
        if Proposal.objects.barring(by).filter(verification_id=self.pk).exists():
            return _("这项决定由您提出，须由另一位审核员确认。")
        return ""

    def _earlier_judges(self) -> set[int]:
        """Return who decided, confirmed, proposed or revoked what is appealed against."""
        previous = getattr(self.current.previous, "decision", None) if self.current.previous_id else None
        judges = {previous.decided_by_id, previous.proposed_by_id} if previous else set()
        return {pk for pk in {*judges, self.revoked_by_id} if pk is not None}

    def _close(self, proposal: Proposal, state: str, *, by: User, at: datetime, why: str = "") -> None:
        """Take the open proposal out of the way, once. NotAllowed for the one who made it."""
        if proposal.verification_id != self.pk:
            raise ValueError("a proposal of another case")
        if by.pk == proposal.proposed_by_id:
            raise NotAllowed(_("这项决定由您提出，须由另一位审核员确认。"))
        self._check_person(by)
        still = self.proposals.open().filter(pk=proposal.pk, version=self.version, submission_id=self.current_id)
        open_pk = still.values_list("pk", flat=True).first()
        closed = self.proposals.filter(pk=open_pk, state=Proposal.State.OPEN).update(
            state=state, closed_by=by, closed_at=at, why=why
        )
        if not closed:
            raise TransitionError(self._stored(), TO[Outcome(proposal.outcome)])

    @transaction.atomic
    def _decide(
        self,
        outcome: str,
        *,
        by: User,
        submission: Submission,
        at: datetime,
        message: str,
        said: Sequence[Mapping[str, Any]],
        first: Proposal | None = None,
    ) -> Decision:
        self._check(outcome, by, submission, said)
        if first is None:
            self._check_alone(outcome)
        is_approval = outcome == Outcome.APPROVED
        changes = {
            "decided_at": at,
            "decided_by": by,
            "approved_until": at + VALID_FOR if is_approval else None,
            "is_final": outcome == Outcome.REFUSED,
            "revoked_at": None,
            "revoked_by": None,
            "revoke_reason": "",
        }
        payload = {
            "submission": str(submission.public_id),
            "content": submission.content_sha256,
            "reasons": _codes(said),
            "versions": [row.get("version") for row in said],
            "proposal": str(first.public_id) if first else None,
        }
        self._move(
            TO[Outcome(outcome)],
            Move(
                actor=by,
                at=at,
                kind=f"verification.{outcome.lower()}",
                note=message,
                changes=changes,
                payload=payload,
                messages=messages.decided(self.owner, outcome, str(submission.public_id), said, message),
                only=self._decidable(submission),
            ),
        )
        self._check_content(outcome, submission, said)
        self.claims.filter(released_at=None).update(released_at=at)
        return self._write_decision(outcome, by, submission, at, message, said, first)

    def _write_decision(
        self,
        outcome: str,
        by: User,
        submission: Submission,
        at: datetime,
        message: str,
        said: Sequence[Mapping[str, Any]],
        first: Proposal | None,
    ) -> Decision:
        from accounts import answers, sweeping  # they stand on the models

        decision = Decision.objects.create(
            submission=submission,
            owner_id=self.owner_id,
            outcome=outcome,
            decided_by=by,
            decided_at=at,
            proposed_by_id=first.proposed_by_id if first else None,
            message=message,
            reasons=list(said),
            approved_until=at + VALID_FOR if outcome == Outcome.APPROVED else None,
        )
        decision.said.set(versions_said(said))
        if outcome == Outcome.APPROVED:
            answers.sign_by(submission)
        if sweeping.has_identity_card(decision):  # the applicant is told that the files are gone: they are
            sweeping.destroy_all_of(submission, at=at)
        return decision

    def _check(self, outcome: str, by: User, submission: Submission, said: Sequence[Mapping[str, Any]]) -> None:
        """Raise unless this person may say this of what is in the case."""
        if (outcome == Outcome.APPROVED) is bool(said):
            raise ValueError("a refusal names reasons, an approval none")
        self._check_person(by)
        if self.current_id != submission.pk:  # the page showed another submission than the one in the case
            raise TransitionError(self._stored(), TO[Outcome(outcome)])
        if self.held_since is not None:
            raise NotAllowed(_("申请人撤回了同意，这件案件暂停审核。"))

    def _check_alone(self, outcome: str) -> None:
        """Raise where one person's word is not enough."""
        if needs_second(outcome):
            raise NotAllowed(_("这项决定须由第二位审核员确认后才生效。"))
        self._check_none_waits()

    def _check_none_waits(self) -> None:
        waiting = self.proposal
        if waiting is not None and needs_second(waiting.outcome):
            raise NotAllowed(_("%(name)s 已提出一项决定，请先确认或不同意。") % {"name": waiting.proposed_by})

    def _check_person(self, by: User) -> None:
        words = self.why_not(by)
        if words:
            raise NotAllowed(words)

    @staticmethod
    def _decidable(submission: Submission) -> Q:
        """What must be true of the stored row beside status and version: nobody decides on who left or withdrew."""
        # No join: a joined filter would move the version into a subquery, which PostgreSQL does not look at again
        # after waiting for the row.
        active = User.objects.active().values("pk")
        return Q(current_id=submission.pk, held_since=None, owner_id__in=active, status="PENDING")

    @staticmethod
    def _check_content(outcome: str, submission: Submission, said: Sequence[Mapping[str, Any]]) -> None:
        """Raise, and so undo the move, if the content is not what was sent; it can only be sent back for that."""
        may_be_other = outcome == Outcome.REJECTED and CONTENT_CHANGED in _codes(said)
        if not may_be_other and not Submission.objects.get(pk=submission.pk).is_as_sent():
            raise ContentChanged


def _codes(said: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(row["code"]) for row in said]
