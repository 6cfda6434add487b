"""A person's wish to be erased: the account closes at once, the data after a hold."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.personal import Personal


class Erasure(models.Model):
    """Asked, held for 30 days, done. The row itself holds no personal data and is replayed after a restore."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="erasures")
    asked_at = models.DateTimeField(_("申请时间"))
    due_at = models.DateTimeField(_("执行时间"))
    done_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("注销"), pgettext_lazy("plural", "注销")
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(done_at=None), name="erasure_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}"
