"""A block of a published revision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import append_only
from portal.personal import Personal

if TYPE_CHECKING:
    from articles.body import BlockText
    from articles.models.revision import Revision


class Block(models.Model):
    """One block of a published revision: what comments, the tool's sources and corrections point at."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}
    FROZEN = append_only.Whole()

    revision = models.ForeignKey("articles.Revision", on_delete=models.PROTECT, related_name="blocks")
    block_id = models.CharField(max_length=12)
    tag = models.CharField(max_length=12)
    section = models.CharField(max_length=80, blank=True)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    position = models.PositiveIntegerField()

    class Meta:
        verbose_name, verbose_name_plural = _("段落"), pgettext_lazy("plural", "段落")
        constraints = [models.UniqueConstraint(fields=["revision", "block_id"], name="block_once_per_revision")]

    def __str__(self) -> str:
        return self.block_id

    @staticmethod
    def store(revision: Revision, found: Iterable[BlockText]) -> None:
        """Write the blocks of a revision that is being published, in reading order."""
        Block.objects.bulk_create(
            Block(
                revision=revision,
                position=position,
                block_id=b.block_id,
                tag=b.tag,
                section=b.section,
                text=b.text,
                sha256=b.sha256,
            )
            for position, b in enumerate(found)
        )
