"""What a reviewer checks of a submission, item by item; and the messages the staff keep ready."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.claim import Claim
from accounts.models.submission import Submission
from accounts.models.user import User
from accounts.models.verification import Verification
from portal import append_only, record
from portal.personal import Personal


class CheckQuerySet(models.QuerySet["Check"]):
    def latest_of(self, submission: Submission) -> dict[str, Check]:
        """Return what counts of a submission's checks: the last answer to each, by kind."""
        rows = self.filter(submission=submission).select_related("checked_by").order_by("pk")
        return {row.kind: row for row in rows}

    def for_submission(self, submission: Submission) -> Self:
        """Every answer ever recorded for the submission, oldest first."""
        return self.filter(submission=submission).select_related("checked_by").order_by("pk")


class Check(models.Model):
    """One answer to one item of the list, with who and when. Append-only: a second look is a second row."""

    class Kind(models.TextChoices):
        NAME = "NAME", _("姓名与证书一致")
        REGISTER = "REGISTER", _("官方登记查询")
        INSTITUTION = "INSTITUTION", _("机构与在职证明一致")
        VALIDITY = "VALIDITY", _("证书在有效期内")

    class Result(models.TextChoices):
        MATCHES = "MATCHES", pgettext_lazy("check", "相符")
        DIFFERS = "DIFFERS", pgettext_lazy("check", "不符")
        UNCLEAR = "UNCLEAR", pgettext_lazy("check", "看不清")
        FOUND = "FOUND", pgettext_lazy("check", "查到")
        NOT_FOUND = "NOT_FOUND", pgettext_lazy("check", "查无")

    OFFERED: ClassVar[dict[str, tuple[str, ...]]] = {
        kind: ("FOUND", "NOT_FOUND", "DIFFERS") if kind == "REGISTER" else ("MATCHES", "DIFFERS", "UNCLEAR")
        for kind in Kind.values
    }
    GOOD: ClassVar[frozenset[str]] = frozenset({"MATCHES", "FOUND"})
    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "result": Personal("核对资质的过程", "法定保存期，默认 6 年"),
    }
    FROZEN = append_only.Whole()

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="checks")
    kind = models.CharField(_("项目"), max_length=12, choices=Kind)
    result = models.CharField(_("结果"), max_length=10, choices=Result)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(_("核对时间"))

    objects = CheckQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("核对"), pgettext_lazy("plural", "核对")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="REGISTER", result__in=["FOUND", "NOT_FOUND", "DIFFERS"])
                | (~Q(kind="REGISTER") & Q(result__in=["MATCHES", "DIFFERS", "UNCLEAR"])),
                name="check_result_fits_kind",
            ),
        ]
        indexes = [models.Index(fields=["submission", "kind"], name="check_of_submission")]

    def __str__(self) -> str:
        return f"{self.kind} {self.result}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and not kwargs.get("force_insert"):
            raise TypeError("Checks are append-only.")
        super().save(*args, **kwargs)

    @classmethod
    @transaction.atomic
    def note(cls, case: Verification, answers: Mapping[str, str], *, by: User, at: datetime) -> None:
        """Record the answers that are new ({kind: result}); only by who holds the waiting case.

        NotAllowed or Held otherwise. The hold is renewed first: that row is locked against a decision meanwhile.
        """
        Claim.take(case, by=by, at=at)
        known = cls.objects.latest_of(case.current)
        news = {kind: result for kind, result in answers.items() if kind not in known or known[kind].result != result}
        for kind, result in news.items():
            if result not in cls.OFFERED[kind]:
                raise ValueError(f"{kind} cannot be {result}")
            cls.objects.create(submission=case.current, kind=kind, result=result, checked_by=by, checked_at=at)
        if news:
            record.append(
                "verification.checked",
                actor=by,
                subject=f"accounts.verification:{case.public_id}",
                payload={"submission": str(case.current.public_id), "results": news},
                at=at,
            )


class CannedMessage(models.Model):
    """Words the staff keep ready for applicants; inserted into the message, where they may be changed."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    title_zh = models.CharField(_("名称（只给审核员看）"), max_length=60, unique=True)
    text_zh = models.CharField(_("给申请人的话"), max_length=500)
    text_en = models.CharField(_("给申请人的话（英文）"), max_length=700)
    is_active = models.BooleanField(_("可用"), default=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("常用留言"), pgettext_lazy("plural", "常用留言")

    def __str__(self) -> str:
        return self.title_zh
