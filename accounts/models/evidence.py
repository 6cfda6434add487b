"""Evidence: a file that proves something, and who looked at it."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import append_only
from portal.personal import Personal


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def owned_by(self, user: Any) -> Self:
        """The person's own files."""
        return self.filter(owner_id=user.pk) if getattr(user, "pk", None) else self.none()

    def held_by(self, reviewer: Any) -> Self:
        """Files of cases this reviewer holds a running claim on."""
        from accounts.models.claim import Claim

        if not getattr(reviewer, "pk", None) or not reviewer.has_perm("accounts.review_verification"):
            return self.none()
        claims = Claim.objects.running(timezone.now()).filter(
            reviewer_id=reviewer.pk, verification__submissions__evidence=OuterRef("pk")
        )
        return self.filter(Exists(claims)).exclude(owner_id=reviewer.pk)


class Evidence(models.Model):
    """One accepted file: only its re-encoded pages are kept, encrypted, never the original."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "name": Personal("让本人和审核员认出文件", "结案 30 天后随密钥销毁"),
        "sha256": Personal("核对文件完整", "法定保存期，默认 6 年"),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="evidence")
    name = models.CharField(_("文件名"), max_length=160)
    kind = models.CharField(_("种类"), max_length=8)  # image | pdf, as sent
    pages = models.PositiveSmallIntegerField(_("页数"))
    size = models.PositiveIntegerField(_("字节"))
    sha256 = models.CharField(max_length=64)  # of the re-encoded bytes, never compared across people
    stored_at = models.DateTimeField(_("保存时间"))
    discarded_at = models.DateTimeField(_("移除时间"), null=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("资质文件"), pgettext_lazy("plural", "资质文件")
        constraints = [models.CheckConstraint(condition=Q(pages__gte=1, size__gte=1), name="evidence_not_empty")]

    def __str__(self) -> str:
        return f"{self.public_id}"


class EvidenceView(models.Model):
    """One reading of a file by somebody else than its owner: written before the bytes go out."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}
    FROZEN = append_only.Whole()

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="views")
    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    page = models.PositiveSmallIntegerField(_("页"))
    purpose = models.CharField(_("目的"), max_length=40)
    viewed_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("查看记录"), pgettext_lazy("plural", "查看记录")
        indexes = [models.Index(fields=["evidence", "viewed_at"], name="evidenceview_when")]

    def __str__(self) -> str:
        return f"{self.evidence_id} {self.viewed_at:%Y-%m-%d}"
