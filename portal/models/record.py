"""A record entry: append-only."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import append_only
from portal.personal import Personal


class RecordEntry(models.Model):
    """One entry {seq, at, kind, actor, subject, payload}; see portal/record.py for its canonical form."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "actor": Personal("可证明性：谁做的，仅为带密钥的散列", "法定保存期，默认 6 年", sealed=True),
    }
    FROZEN = append_only.Whole()

    seq = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("时间"))
    kind = models.CharField(_("种类"), max_length=60, db_index=True)
    actor = models.CharField(_("行为人"), max_length=64)
    subject = models.CharField(_("对象"), max_length=120, db_index=True)
    payload = models.JSONField(_("内容"), default=dict)
    mac = models.CharField(max_length=96, db_default="", editable=False)  # not part of the entry; see portal/record.py

    class Meta:
        verbose_name, verbose_name_plural = _("记录"), pgettext_lazy("plural", "记录")
        constraints = [
            models.UniqueConstraint(fields=["mac"], condition=~Q(mac=""), name="recordentry_written_once"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and not kwargs.get("force_insert"):
            raise TypeError("Record entries are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Record entries are append-only.")
