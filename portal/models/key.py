"""A person's data key, wrapped by the master key."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.personal import Personal


class PersonKey(models.Model):
    """One data key of one person for one purpose; after destruction the row stays as proof, the key is gone."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="data_keys")
    purpose = models.CharField(max_length=20)
    master_id = models.CharField(max_length=20)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    destroyed_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)  # when the database file let go of the old bytes; see portal/purging.py

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"], condition=Q(destroyed_at=None), name="personkey_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(purged_at=None) | Q(destroyed_at__isnull=False), name="personkey_purged_was_destroyed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.public_id}"
