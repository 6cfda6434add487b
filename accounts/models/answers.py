"""An answer, with the wording that was asked."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.question import Question
from accounts.models.submission import Submission
from portal.models import Zone
from portal.personal import Personal
from portal.purposes import OWNER, REVIEW


class Answer(models.Model):
    """One answer of one person: to a profile question within a submission, or to a zone's survey question.

    `value` is text, a number, an ISO date or a list of choice values; a sealed answer leaves it null and keeps
    ciphertext in `sealed` (AES-256-GCM under the person's key).
    """

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "value": Personal("资格认证（完善信息）或专区调研（收集问题）", "账号存续期间；注销 30 天后删除"),
        "sealed": Personal("核对执业证书编码", "结案 30 天后销毁密钥", sealed=True, opens_for=(REVIEW, OWNER)),
    }

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, null=True, related_name="answers")
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, null=True, related_name="+")
    value = models.JSONField(_("回答"), null=True)
    sealed = models.BinaryField(null=True)
    wording = models.JSONField(_("当时的问法"))
    wording_sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    answered_at = models.DateTimeField(_("作答时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("回答"), pgettext_lazy("plural", "回答")
        constraints = [
            models.UniqueConstraint(fields=["submission", "question"], name="answer_once_per_submission"),
            models.UniqueConstraint(
                fields=["owner", "question"], condition=Q(submission=None), name="answer_once_per_survey"
            ),
            models.CheckConstraint(
                condition=Q(submission__isnull=False, zone=None) | Q(submission=None, zone__isnull=False),
                name="answer_profile_or_survey",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}"
