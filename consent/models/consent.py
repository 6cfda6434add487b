"""What a person answered to a version: append-only."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consent.models.agreement import AgreementVersion
from portal import append_only
from portal.models import RecordEntry, Zone
from portal.personal import Personal

APPEND_ONLY = "Consent records are append-only."


class ConsentRecordQuerySet(models.QuerySet["ConsentRecord"]):
    def owned_by(self, user: Any) -> Self:
        """The person's own records, newest first."""
        return self.filter(person_id=user.pk).order_by("-pk")

    def update(self, **kwargs: Any) -> int:
        raise TypeError(APPEND_ONLY)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError(APPEND_ONLY)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[ConsentRecord]:  # type: ignore[override]
        raise TypeError("Consents are given one at a time: each has its record entry.")


class ConsentRecord(models.Model):
    """One answer. A withdrawal or a change of mind is a new row; the exact text shown is stored with its SHA-256."""

    class Answer(models.TextChoices):
        GIVEN = "GIVEN", _("同意")
        REFUSED = "REFUSED", _("拒绝")
        SKIPPED = "SKIPPED", _("不同意并跳过")
        WITHDRAWN = "WITHDRAWN", _("撤回")

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "ip_hash": Personal("证明同意由本人作出，仅为带密钥的散列", "法定保存期，默认 6 年", sealed=True),
        "agent_hash": Personal("证明同意由本人作出，仅为带密钥的散列", "法定保存期，默认 6 年", sealed=True),
        "content": Personal("证明同意由本人作出，仅为带密钥的散列", "法定保存期，默认 6 年", sealed=True),
    }
    FROZEN = append_only.Whole()

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="consents")
    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="records")
    kind = models.CharField(max_length=20)  # of the agreement, repeated here so that the gate needs no join
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(_("回答"), max_length=10, choices=Answer)
    language = models.CharField(max_length=8)
    shown_text = models.TextField(_("当时显示的全文"))
    shown_sha256 = models.CharField(max_length=64)
    form = models.CharField(max_length=80)  # the page it was answered on
    # Keyed hashes: a claimed address or browser can be checked against them, none can be read from them.
    ip_hash = models.CharField(max_length=64, blank=True)
    agent_hash = models.CharField(max_length=64, blank=True)
    # What the receipt says beside the text, as it stood; null in rows older than this column.
    content = models.JSONField(null=True, editable=False)
    # What makes it provable; null only where a row older than this column found none.
    entry = models.OneToOneField(RecordEntry, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    at = models.DateTimeField(_("时间"))

    objects = ConsentRecordQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("同意记录"), pgettext_lazy("plural", "同意记录")
        indexes = [models.Index(fields=["person", "kind", "zone", "-id"], name="consentrecord_latest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.answer}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and not kwargs.get("force_insert"):
            raise TypeError(APPEND_ONLY)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError(APPEND_ONLY)
