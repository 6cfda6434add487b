"""One person's case: the statuses, the edges, and the only methods that move along them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import messages
from accounts.models.cases import NotAllowed, VerificationQuerySet
from accounts.models.coherence import CONSTRAINTS, REMIND_DAYS
from accounts.models.deciding import Decidable
from accounts.models.proposal import Proposal
from accounts.models.submission import Submission
from accounts.models.user import User
from portal import outbox, record
from portal.personal import Personal
from portal.workflow import Move, TransitionError, TransitionEvent


class Verification(Decidable):
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
        "profession": Personal("判断专区是否接纳该职业", "法定保存期，默认 6 年"),
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
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    revoke_reason = models.CharField(_("撤销原因"), max_length=500, blank=True, editable=False)
    held_since = models.DateTimeField(_("暂停审核自"), null=True, editable=False)
    held_because = models.CharField(max_length=60, blank=True, editable=False)  # an opaque word of who asked for it
    reminded = models.PositiveSmallIntegerField(_("已提醒（到期前天数）"), null=True, editable=False)

    objects = VerificationQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("审核案件"), pgettext_lazy("plural", "审核案件")
        permissions = [("review_verification", _("可以审核资质")), ("revoke_verification", _("可以撤销认证"))]
        constraints = CONSTRAINTS
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
            # The lock: nothing is added to the draft or taken out while its digest is made.
            held = Submission.objects.drafts().select_for_update().filter(pk=draft.pk).first()
            case: Verification | None = cls.objects.filter(owner_id=draft.owner_id).first()
            if held is None:
                raise TransitionError(cls.objects.get(owner_id=draft.owner_id), cls.Status.PENDING)
            if case is None:
                case = cls(owner_id=held.owner_id, current=held, submitted_at=at, profession=held.profession)
                last = None
            elif (case.is_final or case.status == cls.Status.REVOKED) and not held.appeal:
                raise TransitionError(case, cls.Status.PENDING)
            else:
                last = case.current_id
            digest = held.content_digest()
            try:
                case._come_back(held, digest, at)
            except IntegrityError as error:  # two tabs sent the first submission at once
                raise TransitionError(cls.objects.get(owner_id=draft.owner_id), cls.Status.PENDING) from error
            Submission.objects.drafts().filter(pk=held.pk).update(
                verification=case, number=case._next_number(), previous=last, sent_at=at, content_sha256=digest
            )
            held.refresh_from_db()
            return case

    def _come_back(self, draft: Submission, digest: str, at: datetime) -> None:
        """Begin the case, or move it to PENDING with this draft as what is to be decided."""
        changes: dict[str, Any] = {
            "current": draft,
            "submitted_at": at,
            "profession": draft.profession,
            "is_final": False,
            **dict.fromkeys(("decided_at", "decided_by", "approved_until", "passed_seen_at", "reminded")),
        }
        payload = {
            "submission": str(draft.public_id),
            "content": digest,
            "number": self._next_number(),
            "appeal": bool(draft.appeal),
        }
        move = Move(
            actor=draft.owner,
            at=at,
            kind="verification.submitted",
            changes=changes,
            payload=payload,
            messages=messages.submitted(draft.owner, str(draft.public_id)),
        )
        if self._state.adding:
            self._begin(move)
        else:
            self._move(self.Status.PENDING, move)

    def _next_number(self) -> int:
        return self.submissions.count() + 1 if self.pk else 1

    def see_passed(self, *, at: datetime) -> bool:
        """Consume the passed page of this approval; True the first time. Not a change of state."""
        seen = type(self).objects.filter(
            pk=self.pk, version=self.version, status=self.Status.APPROVED, passed_seen_at=None
        )
        return bool(seen.update(passed_seen_at=at))

    # -- the lead and the clock

    def revoke(self, *, by: User, reason: str, at: datetime) -> None:
        """Take an approval back; the very next request of the person is refused."""
        if not reason.strip():
            raise ValueError("revoking needs a reason")
        if not by.has_perm("accounts.revoke_verification") or by.pk == self.owner_id:
            raise NotAllowed(_("您不能撤销这项认证。"))
        self._move(
            self.Status.REVOKED,
            Move(
                actor=by,
                at=at,
                kind="verification.revoked",
                note=reason,
                changes={"revoked_at": at, "revoked_by": by, "revoke_reason": reason},
                only=~Q(owner_id=by.pk),
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
                only=Q(approved_until__lte=at),  # a clock that jumped ahead and back expires nobody
            ),
        )

    @transaction.atomic
    def remind(self, *, at: datetime) -> bool:
        """Remind of the coming end, 30 and 7 days ahead, each once an approval; never the longer after the shorter.

        Not a change of state. True if this call said it.
        """
        if self.approved_until is None or not self.owner.is_active:
            return False
        left = self.approved_until - at
        due = [days for days in REMIND_DAYS if timedelta(0) < left <= timedelta(days=days)]
        if not due:
            return False
        days = min(due)
        fresh = type(self).objects.in_force(at).filter(pk=self.pk, version=self.version)
        if not fresh.filter(Q(reminded=None) | Q(reminded__gt=days)).update(reminded=days):
            return False
        key = f"{self.public_id}:{self.version}"
        outbox.enqueue(messages.ends_soon(self.owner, key, days, self.approved_until), at=at)
        record.append(
            "verification.reminded",
            actor=None,
            subject=f"{self._meta.label_lower}:{self.public_id}",
            payload={"days": days, "version": self.version},
            at=at,
        )
        return True

    # -- what others know: an opaque word says why nobody may look at a waiting case for now

    def hold(self, *, because: str, by: User, at: datetime) -> None:
        """Stop the review of a waiting case: it leaves the queue, claims and proposals on it end."""
        changes = {"held_since": at, "held_because": because}
        self._note(Move(actor=by, at=at, kind="verification.held", changes=changes, only=self._is_waiting()))
        self.claims.filter(released_at=None).update(released_at=at)

    def resume(self, *, by: User, at: datetime) -> None:
        """Go on with a held case, at its old place in the queue."""
        changes = {"held_since": None, "held_because": ""}
        only = Q(status=self.Status.PENDING, held_since__isnull=False)
        self._note(Move(actor=by, at=at, kind="verification.resumed", changes=changes, only=only))

    def _is_waiting(self) -> Q:
        return Q(status=self.Status.PENDING, held_since=None)

    def _event(self, move: Move) -> dict[str, Any]:
        return {"kind": move.kind}

    def _tell(self, old: str, move: Move) -> Any:
        """Whatever happens to the case voids what was proposed of it before."""
        stale = self.proposals.filter(state=Proposal.State.OPEN, version__lt=self.version)
        stale.update(state=Proposal.State.VOID, closed_at=move.at)
        return super()._tell(old, move)


class VerificationEvent(TransitionEvent):
    """The case's history."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "note": Personal("审核的说明", "法定保存期，默认 6 年"),
    }

    subject = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("种类"), max_length=60, blank=True)  # as in the record, e.g. "verification.proposed"

    class Meta:
        verbose_name, verbose_name_plural = _("经过"), pgettext_lazy("plural", "经过")
        constraints = [models.UniqueConstraint(fields=["subject", "seq"], name="verificationevent_seq_once")]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
