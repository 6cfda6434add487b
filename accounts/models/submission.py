"""One attempt within a case: a draft until sent, then frozen."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.digests import content_digest
from accounts.models.question import QuestionSet
from portal.append_only import Columns
from portal.personal import Personal


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def drafts(self) -> Self:
        """Not sent yet: the owner may change them."""
        return self.filter(sent_at=None)

    def sent(self) -> Self:
        """Frozen: what a reviewer decides."""
        return self.exclude(sent_at=None)


class Submission(models.Model):
    """Answers and evidence of one attempt. `verification` and `number` are given when it is sent."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "profession": Personal("判断专区是否接纳该职业", "法定保存期，默认 6 年"),
        "licence_index": Personal("发现同一执业证书被多人使用，仅为带密钥的散列", "注销 30 天后清空", sealed=True),
        "appeal": Personal("申诉", "注销 30 天后清空"),
    }
    # What was sent stays as sent; the appeal's words and the blind index go with an erasure.
    FROZEN = Columns(
        (
            "public_id",
            "owner",
            "verification",
            "number",
            "question_set",
            "previous",
            "is_profile_complete",
            "profession",
            "content_sha256",
            "sent_at",
        ),
        once="OLD.sent_at IS NOT NULL",
    )

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="submissions")
    verification = models.ForeignKey(
        "accounts.Verification", on_delete=models.PROTECT, null=True, related_name="submissions"
    )
    number = models.PositiveIntegerField(_("第几次提交"), null=True)
    question_set = models.ForeignKey(QuestionSet, on_delete=models.PROTECT, null=True, related_name="+")
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    evidence = models.ManyToManyField("accounts.Evidence", related_name="submissions", verbose_name=_("资质文件"))
    is_profile_complete = models.BooleanField(default=False)
    profession = models.CharField(_("职业"), max_length=40, blank=True)
    licence_index = models.CharField(max_length=64, blank=True, db_index=True)  # blind index; finds duplicates
    appeal = models.TextField(_("申诉理由"), blank=True)
    content_sha256 = models.CharField(max_length=64, blank=True, editable=False)  # of what was sent; see digests
    started_at = models.DateTimeField(_("开始时间"), auto_now_add=True)
    sent_at = models.DateTimeField(_("提交时间"), null=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("提交"), pgettext_lazy("plural", "提交")
        constraints = [
            models.UniqueConstraint(fields=["owner"], condition=Q(sent_at=None), name="submission_one_draft"),
            models.UniqueConstraint(fields=["verification", "number"], name="submission_number_once"),
            models.CheckConstraint(
                condition=Q(sent_at=None, verification=None, number=None)
                | Q(sent_at__isnull=False, verification__isnull=False, number__isnull=False),
                name="submission_sent_has_case",
            ),
            models.CheckConstraint(
                condition=Q(number=None) | Q(number=1, previous=None) | Q(number__gt=1, previous__isnull=False),
                name="submission_follows_the_last",
            ),
            models.CheckConstraint(
                condition=Q(appeal="") | Q(previous__isnull=False), name="submission_appeal_follows"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | ~Q(content_sha256=""), name="submission_sent_has_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id}"

    def content_digest(self) -> str:
        """Return the digest of what the submission holds now."""
        answers = self.answers.values_list("question__key", "wording_sha256", "value", "sealed")
        files = self.evidence.filter(discarded_at=None).values_list("public_id", "sha256", "pages")
        return content_digest(answers, files, profession=self.profession, appeal=self.appeal)

    def is_as_sent(self) -> bool:
        """Whether the submission still holds what its owner sent: the same answers, the same files."""
        return self.content_sha256 == self.content_digest()
