"""The decision on one submission."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.reason import ReasonVersion
from accounts.models.submission import Submission
from portal import append_only
from portal.personal import Personal


class Outcome(models.TextChoices):
    """What can be decided of a submission."""

    APPROVED = "APPROVED", pgettext_lazy("outcome", "通过")
    REJECTED = "REJECTED", pgettext_lazy("outcome", "退回")
    REFUSED = "REFUSED", pgettext_lazy("outcome", "终局拒绝")


# A refusal names at least one reason, an approval none. `reasons` is a list of what was said.
REASONS_FIT = Q(outcome="APPROVED", reasons__0__isnull=True) | (~Q(outcome="APPROVED") & Q(reasons__0__isnull=False))


class Decision(models.Model):
    """What was decided of one submission, by whom; the reasons' wording is stored as it was said.

    Where a second person had to confirm, `proposed_by` is the first and `decided_by` the one who made it hold.
    """

    Outcome = Outcome
    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "message": Personal("向申请人说明决定", "法定保存期，默认 6 年"),
    }
    FROZEN = append_only.Whole()

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    decided_at = models.DateTimeField(_("决定时间"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("提出人")
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    message = models.TextField(_("给申请人的话"), blank=True)
    reasons = models.JSONField(_("理由"), default=list)  # [{code, version, text_zh, text_en, is_final, concerns}]
    said = models.ManyToManyField(ReasonVersion, related_name="decisions")
    approved_until = models.DateTimeField(_("有效至"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("决定"), pgettext_lazy("plural", "决定")
        constraints = [
            models.CheckConstraint(condition=~Q(decided_by=F("owner")), name="decision_not_own"),
            models.CheckConstraint(condition=~Q(proposed_by=F("owner")), name="decision_not_proposed_by_owner"),
            models.CheckConstraint(condition=~Q(proposed_by=F("decided_by")), name="decision_confirmed_by_another"),
            models.CheckConstraint(
                condition=Q(outcome="APPROVED", approved_until__isnull=False)
                | (~Q(outcome="APPROVED") & Q(approved_until=None)),
                name="decision_approval_has_end",
            ),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="decision_outcome_known"),
            models.CheckConstraint(condition=REASONS_FIT, name="decision_refusal_has_reasons"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome}"
