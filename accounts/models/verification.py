"""One person's case: the statuses, the edges, and the only methods that move along them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import messages
from accounts.models.decision import Decision, Reason
from accounts.models.submission import Submission
from accounts.models.user import User
from portal.personal import Personal
from portal.workflow import Move, TransitionError, TransitionEvent, Workflow

VALID_FOR = timedelta(days=365)  # how long an approval holds


class NotAllowed(Exception):
    """The person may not do this to this case (their own, no right, no claim, the same reviewer again)."""


class VerificationQuerySet(models.QuerySet["Verification"]):
    def waiting(self) -> Self:
        """Cases to be decided, oldest submission first; who closed their account waits for nothing."""
        found = self.filter(status=Verification.Status.PENDING, owner__is_active=True)
        return found.order_by("submitted_at", "pk")

    def in_force(self, at: datetime) -> Self:
        """Approved and not past its date."""
        return self.filter(status=Verification.Status.APPROVED, approved_until__gt=at)

    def reviewable_by(self, user: User) -> Self:
        """Cases this person may open at the desk: never their own."""
        if not user.is_active or not user.has_perm("accounts.review_verification"):
            return self.none()
        return self.exclude(owner_id=user.pk)

    def decidable_by(self, user: User) -> Self:
        """Of these, what the person may also decide: an appeal goes to another reviewer than the one who refused."""
        own = Q(current__previous__decision__decided_by=user.pk) & ~Q(current__appeal="")
        return self.reviewable_by(user).exclude(own)

    def owned_by(self, user: User) -> Self:
        """The person's own case."""
        return self.filter(owner_id=user.pk)


class Verification(Workflow):
    """One person's case, verified once for all zones. `current` is the submission being, or last, decided."""

    class Status(models.TextChoices):
        PENDING = "PENDING", _("审核中")
        APPROVED = "APPROVED", _("已通过")
        REJECTED = "REJECTED", _("未通过")
        EXPIRED = "EXPIRED", _("已过期")
        REVOKED = "REVOKED", _("已撤销")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        Status.PENDING: frozenset({Status.APPROVED, Status.REJECTED}),
        Status.REJECTED: frozenset({Status.PENDING}),
        Status.APPROVED: frozenset({Status.EXPIRED, Status.REVOKED}),
        Status.EXPIRED: frozenset({Status.PENDING}),
        Status.REVOKED: frozenset({Status.PENDING}),
    }
    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "revoke_reason": Personal("向本人说明撤销原因", "法定保存期，默认 6 年"),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="verification", verbose_name=_("申请人")
    )
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.PENDING, editable=False)
    current = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+", editable=False)
    profession = models.CharField(_("职业"), max_length=40, blank=True, editable=False)
    submitted_at = models.DateTimeField(_("提交时间"), editable=False)
    decided_at = models.DateTimeField(_("决定时间"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    approved_until = models.DateTimeField(_("有效至"), null=True, editable=False)
    is_final = models.BooleanField(_("终局"), default=False, editable=False)
    passed_seen_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, editable=False)
    revoke_reason = models.CharField(_("撤销原因"), max_length=500, blank=True, editable=False)

    objects = VerificationQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("审核案件"), pgettext_lazy("plural", "审核案件")
        permissions = [("review_verification", _("可以审核资质")), ("revoke_verification", _("可以撤销认证"))]
        constraints = [
            models.CheckConstraint(condition=~Q(decided_by=F("owner")), name="verification_not_decided_by_owner"),
            models.CheckConstraint(
                condition=~Q(status__in=["APPROVED", "REJECTED"])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="verification_decided_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(status="APPROVED") | Q(approved_until__isnull=False), name="verification_approval_has_end"
            ),
            models.CheckConstraint(
                condition=~Q(status="REVOKED") | Q(revoked_at__isnull=False), name="verification_revoked_has_when"
            ),
        ]
        indexes = [
            models.Index(fields=["submitted_at", "id"], condition=Q(status="PENDING"), name="verification_queue"),
        ]

    def __str__(self) -> str:
        return self.case_number

    @property
    def case_number(self) -> str:
        """What people call the case: V- and six characters of its random id."""
        return f"V-{self.public_id.hex[:6].upper()}"

    # -- the applicant

    @classmethod
    def submit(cls, draft: Submission, *, at: datetime) -> Verification:
        """Send a complete draft: the case begins or comes back to PENDING. TransitionError if it cannot be sent now."""
        with transaction.atomic():
            case = cls.objects.filter(owner_id=draft.owner_id).first()
            if case is None:
                case = cls(owner_id=draft.owner_id, current=draft, submitted_at=at, profession=draft.profession)
                number = 1
            else:
                if (case.is_final or case.status == cls.Status.REVOKED) and not draft.appeal:
                    raise TransitionError(case, cls.Status.PENDING)
                number = case.submissions.count() + 1
            move = Move(
                actor=draft.owner,
                at=at,
                kind="verification.submitted",
                changes={
                    "current": draft,
                    "submitted_at": at,
                    "profession": draft.profession,
                    "decided_at": None,
                    "decided_by": None,
                    "approved_until": None,
                    "passed_seen_at": None,
                    "is_final": False,
                },
                payload={"submission": str(draft.public_id), "number": number, "appeal": bool(draft.appeal)},
                messages=messages.submitted(draft.owner, str(draft.public_id)),
            )
            try:
                case._begin(move) if case.pk is None else case._move(cls.Status.PENDING, move)
            except IntegrityError as error:  # two tabs sent the first submission at once
                raise TransitionError(cls.objects.get(owner_id=draft.owner_id), cls.Status.PENDING) from error
            sent = Submission.objects.drafts().filter(pk=draft.pk).update(verification=case, number=number, sent_at=at)
            if not sent:
                raise TransitionError(case, cls.Status.PENDING)
            return case

    def see_passed(self, *, at: datetime) -> bool:
        """Consume the passed page of this approval; True the first time. Not a change of state."""
        seen = type(self).objects.filter(
            pk=self.pk, version=self.version, status=self.Status.APPROVED, passed_seen_at=None
        )
        return bool(seen.update(passed_seen_at=at))

    # -- the reviewer: `submission` is what was on the screen

    def approve(self, *, by: User, submission: Submission, at: datetime, message: str = "") -> Decision:
        """Approve for a year."""
        return self._decide(Decision.Outcome.APPROVED, by=by, submission=submission, at=at, message=message)

    def reject(
        self, *, by: User, submission: Submission, reasons: Sequence[Reason], at: datetime, message: str = ""
    ) -> Decision:
        """Send back with reasons; the applicant may mend and resubmit."""
        return self._decide(
            Decision.Outcome.REJECTED, by=by, submission=submission, at=at, message=message, reasons=reasons
        )

    def refuse_final(
        self, *, by: User, submission: Submission, reasons: Sequence[Reason], at: datetime, message: str = ""
    ) -> Decision:
        """Refuse for good; only an appeal, decided by another reviewer, reopens the case."""
        return self._decide(
            Decision.Outcome.REFUSED, by=by, submission=submission, at=at, message=message, reasons=reasons
        )

    def revoke(self, *, by: User, reason: str, at: datetime) -> None:
        """Take an approval back; the very next request of the person is refused."""
        if not by.has_perm("accounts.revoke_verification") or by.pk == self.owner_id:
            raise NotAllowed(_("您不能撤销这项认证。"))
        self._move(
            self.Status.REVOKED,
            Move(
                actor=by,
                at=at,
                kind="verification.revoked",
                note=reason,
                changes={"revoked_at": at, "revoke_reason": reason},
                messages=messages.revoked(self.owner, f"{self.public_id}:{self.version}", reason),
            ),
        )

    def expire(self, *, at: datetime) -> None:
        """Store what every reader already judged: the approval is past its date."""
        self._move(
            self.Status.EXPIRED,
            Move(
                actor=None,
                at=at,
                kind="verification.expired",
                messages=messages.expired(self.owner, f"{self.public_id}:{self.version}"),
            ),
        )

    @transaction.atomic
    def _decide(
        self,
        outcome: str,
        *,
        by: User,
        submission: Submission,
        at: datetime,
        message: str,
        reasons: Sequence[Reason] = (),
    ) -> Decision:
        from accounts import answers, sweeping  # they stand on the models

        to = self.Status.APPROVED if outcome == Decision.Outcome.APPROVED else self.Status.REJECTED
        self._check_reviewer(by, submission)
        if self.current_id != submission.pk:  # the page showed another submission than the one in the case
            raise TransitionError(self._stored(), to)
        until = at + VALID_FOR if to == self.Status.APPROVED else None
        said = [reason.as_said() for reason in reasons]
        self._move(
            to,
            Move(
                actor=by,
                at=at,
                kind=f"verification.{outcome.lower()}",
                note=message,
                changes={
                    "decided_at": at,
                    "decided_by": by,
                    "approved_until": until,
                    "is_final": outcome == Decision.Outcome.REFUSED,
                },
                payload={"submission": str(submission.public_id), "reasons": [r["code"] for r in said]},
                messages=messages.decided(self.owner, outcome, str(submission.public_id), said, message),
            ),
        )
        self.claims.filter(released_at=None).update(released_at=at)
        decision = Decision.objects.create(
            submission=submission,
            owner_id=self.owner_id,
            outcome=outcome,
            decided_by=by,
            decided_at=at,
            message=message,
            reasons=said,
            approved_until=until,
        )
        if to == self.Status.APPROVED:
            answers.sign_by(submission)
        if sweeping.has_identity_card(decision):  # the applicant is told that the files are gone: they are
            sweeping.destroy_all_of(submission, at=at)
        return decision

    def _check_reviewer(self, by: User, submission: Submission) -> None:
        if not by.has_perm("accounts.review_verification"):
            raise NotAllowed(_("您没有审核资质的权限。"))
        if by.pk == self.owner_id:
            raise NotAllowed(_("不能审核自己的案件。"))
        previous = getattr(submission.previous, "decision", None) if submission.previous_id else None
        if submission.appeal and previous and previous.decided_by_id == by.pk:
            raise NotAllowed(_("申诉须由另一位审核员处理。"))


class VerificationEvent(TransitionEvent):
    """The case's history."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "note": Personal("审核的说明", "法定保存期，默认 6 年"),
    }

    subject = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="events")

    class Meta:
        verbose_name, verbose_name_plural = _("经过"), pgettext_lazy("plural", "经过")
        constraints = [models.UniqueConstraint(fields=["subject", "seq"], name="verificationevent_seq_once")]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
