"""The tree over the record's entries: leaves in their order, and the signed heads. Append-only."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import append_only
from portal.personal import Personal

HASH = 32  # bytes of SHA-256


class Leaf(models.Model):
    """The place of one entry in the tree. The sealer gives it, so that the order has no gaps and never changes.

    `entry_seq` is a number, not a foreign key: the tree must be able to say that its entry is gone.
    `hashes`: the leaf hash, then those of the complete subtrees this leaf ends, lowest first (portal/merkle.py).
    `mac`: HMAC over position, number and leaf hash; a leaf that was exchanged with its entry is named by it.
    """

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}
    FROZEN = append_only.Whole()

    position = models.PositiveBigIntegerField(primary_key=True)
    entry_seq = models.BigIntegerField(unique=True)
    hashes = models.BinaryField()
    mac = models.CharField(max_length=64)

    class Meta:
        verbose_name, verbose_name_plural = _("叶"), pgettext_lazy("plural", "叶")

    def __str__(self) -> str:
        return f"{self.position}"

    @property
    def leaf_hash(self) -> bytes:
        return bytes(self.hashes)[:HASH]


class Seal(models.Model):
    """A signed tree head: everything up to tree_size stands as it stood then. `previous` is the root before it."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}
    FROZEN = append_only.Whole()

    tree_size = models.PositiveBigIntegerField(_("条数"), unique=True)
    root_hash = models.CharField(_("根散列"), max_length=64)
    previous = models.CharField(_("上一根散列"), max_length=64, blank=True)
    at = models.DateTimeField(_("封存时间"))
    key_id = models.CharField(_("密钥编号"), max_length=16)
    signature = models.CharField(_("签名"), max_length=128)

    class Meta:
        verbose_name, verbose_name_plural = _("封存"), pgettext_lazy("plural", "封存")

    def __str__(self) -> str:
        return f"{self.tree_size}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and not kwargs.get("force_insert"):
            raise TypeError("Seals are append-only.")
        super().save(*args, **kwargs)
