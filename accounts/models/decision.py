"""Reasons, and the decision on one submission."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.submission import Submission
from portal.personal import Personal


class Reason(models.Model):
    """Why a submission is sent back: the applicant's words, the staff's note, retry or final, what it concerns."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    code = models.CharField(_("代号"), max_length=40, unique=True)
    text_zh = models.CharField(_("给申请人的话"), max_length=300)
    text_en = models.CharField(_("给申请人的话（英文）"), max_length=400)
    staff_note_zh = models.CharField(_("给审核员的说明"), max_length=300, blank=True)
    is_final = models.BooleanField(_("终局"), default=False)
    concerns = models.CharField(_("涉及"), max_length=40, blank=True)  # a profile question's key, "evidence", or ""
    is_active = models.BooleanField(_("可用"), default=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("退回理由"), pgettext_lazy("plural", "退回理由")

    def __str__(self) -> str:
        return self.text_zh

    def as_said(self) -> dict[str, Any]:
        """Return what a decision stores of it: the wording of that day, in both languages."""
        names = ("code", "text_zh", "text_en", "is_final", "concerns")
        return {name: getattr(self, name) for name in names}


class Decision(models.Model):
    """What was decided of one submission, by whom; the reasons' wording is stored as it was said."""

    class Outcome(models.TextChoices):
        APPROVED = "APPROVED", pgettext_lazy("outcome", "通过")
        REJECTED = "REJECTED", pgettext_lazy("outcome", "退回")
        REFUSED = "REFUSED", pgettext_lazy("outcome", "终局拒绝")

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "message": Personal("向申请人说明决定", "法定保存期，默认 6 年"),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    decided_at = models.DateTimeField(_("决定时间"))
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    message = models.TextField(_("给申请人的话"), blank=True)
    reasons = models.JSONField(_("理由"), default=list)  # [{code, text_zh, text_en, is_final, concerns}]
    approved_until = models.DateTimeField(_("有效至"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("决定"), pgettext_lazy("plural", "决定")
        constraints = [
            models.CheckConstraint(condition=~Q(decided_by=models.F("owner")), name="decision_not_own"),
            models.CheckConstraint(
                condition=Q(outcome="APPROVED", approved_until__isnull=False)
                | (~Q(outcome="APPROVED") & Q(approved_until=None)),
                name="decision_approval_has_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome}"
