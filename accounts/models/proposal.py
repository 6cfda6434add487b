"""A proposed decision that waits for a second person (SECOND_PAIR_OF_EYES)."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.decision import REASONS_FIT, Outcome
from accounts.models.submission import Submission
from accounts.models.user import User
from portal.append_only import Whole
from portal.personal import Personal

EYES: dict[str, frozenset[str]] = {
    "off": frozenset(),
    "final": frozenset({Outcome.REFUSED}),
    "refusals": frozenset({Outcome.REJECTED, Outcome.REFUSED}),
    "approvals": frozenset({Outcome.APPROVED}),
    "all": frozenset(Outcome),
}


def needs_second(outcome: str) -> bool:
    """Whether the setting asks a second person to confirm this outcome."""
    return outcome in EYES[settings.SECOND_PAIR_OF_EYES]


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def open(self) -> Self:
        """Waiting for a second person, and still about the case as it is."""
        return self.filter(state=Proposal.State.OPEN, version=F("verification__version"))

    def barring(self, user: User) -> Self:
        """Open ones of this person's own that somebody else has to judge."""
        return self.open().filter(proposed_by_id=user.pk, outcome__in=EYES[settings.SECOND_PAIR_OF_EYES])


class Proposal(models.Model):
    """What one reviewer would decide of a submission, until another confirms it or sets it aside.

    `version` is the case's from the proposal on: any later move of the case makes the proposal void.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", pgettext_lazy("proposal", "待第二人确认")
        CONFIRMED = "CONFIRMED", pgettext_lazy("proposal", "已确认")
        SET_ASIDE = "SET_ASIDE", pgettext_lazy("proposal", "未获同意")
        VOID = "VOID", pgettext_lazy("proposal", "已失效")

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "message": Personal("向申请人说明决定", "法定保存期，默认 6 年"),
        "why": Personal("审核的说明", "法定保存期，默认 6 年"),
    }

    FROZEN = Whole(except_for=("state", "closed_by", "closed_at", "why"))

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    verification = models.ForeignKey("accounts.Verification", on_delete=models.PROTECT, related_name="proposals")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="proposals")
    version = models.PositiveIntegerField()
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("提出人")
    )
    proposed_at = models.DateTimeField(_("提出时间"))
    message = models.TextField(_("给申请人的话"), blank=True)
    reasons = models.JSONField(_("理由"), default=list)  # as Decision.reasons
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("第二人")
    )
    closed_at = models.DateTimeField(_("了结时间"), null=True)
    why = models.TextField(_("不同意的理由"), blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("待确认的决定"), pgettext_lazy("plural", "待确认的决定")
        constraints = [
            models.UniqueConstraint(fields=["verification"], condition=Q(state="OPEN"), name="proposal_one_open"),
            models.CheckConstraint(condition=~Q(proposed_by=F("owner")), name="proposal_not_own"),
            models.CheckConstraint(
                condition=~Q(closed_by=F("proposed_by")) & ~Q(closed_by=F("owner")), name="proposal_closed_by_another"
            ),
            models.CheckConstraint(
                condition=Q(state="OPEN", closed_by=None, closed_at=None)
                | Q(state__in=["CONFIRMED", "SET_ASIDE"], closed_by__isnull=False, closed_at__isnull=False)
                | Q(state="VOID", closed_at__isnull=False),
                name="proposal_closed_has_who_and_when",
            ),
            models.CheckConstraint(condition=~Q(state="SET_ASIDE", why=""), name="proposal_set_aside_has_why"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="proposal_outcome_known"),
            models.CheckConstraint(condition=REASONS_FIT, name="proposal_refusal_has_reasons"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.state}"
