"""The stored answer of a post that must not happen twice."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from portal.personal import Personal


class StoredAnswer(models.Model):
    """What a post with an idempotency key was answered; kept 7 days. See portal/idempotency.py."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    body_hash = models.CharField(max_length=64)
    code = models.PositiveSmallIntegerField(default=0)
    location = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="storedanswer_once")]

    def __str__(self) -> str:
        return self.key
