"""A zone: a door with content behind it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.localise import localised
from portal.personal import Personal


class ZoneQuerySet(models.QuerySet["Zone"]):
    def listed(self) -> Self:
        """Zones that exist for readers, in their order."""
        return self.filter(is_open=True).order_by("position", "pk")


class Zone(models.Model):
    """One zone (专区). `professions` are the admitted profession codes; an empty list admits every profession."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    slug = models.SlugField(_("地址"), unique=True)
    name_zh = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=120)
    summary_zh = models.TextField(_("简介"), blank=True)
    summary_en = models.TextField(_("英文简介"), blank=True)
    professions = models.JSONField(_("接纳的职业"), default=list, blank=True)
    is_open = models.BooleanField(_("开放"), default=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)

    objects = ZoneQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("专区"), pgettext_lazy("plural", "专区")

    def __str__(self) -> str:
        return str(localised(self, "name"))

    def admits(self, profession: str) -> bool:
        """Whether people of this profession may enter."""
        return not self.professions or profession in self.professions
