"""A fact: one claim of an article with its figures, the verdict on it, and what is known to support it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.personal import Personal


class Reference(models.Model):
    """A source that evidence points at. `basis`: whether the record was seen in a search or comes from knowledge."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    key = models.SlugField(_("代号"), unique=True, max_length=80)
    citation = models.TextField(_("文献"))
    confidence = models.CharField(_("可信度"), max_length=10, blank=True)
    basis = models.CharField(_("依据"), max_length=10, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("文献"), pgettext_lazy("plural", "文献")

    def __str__(self) -> str:
        return self.citation[:80]


class FactQuerySet(models.QuerySet["Fact"]):
    def known(self, keys: set[str]) -> Self:
        """The facts of these keys with their evidence and references."""
        return self.filter(key__in=keys).prefetch_related(
            models.Prefetch("evidence", FactEvidence.objects.select_related("reference").order_by("pk"))
        )


class Fact(models.Model):
    """One claim. Where the verdict is not OK, a reader always sees `note_zh` beside the place that states it."""

    class Verdict(models.TextChoices):
        OK = "OK", _("相符")
        IMPRECISE = "IMPRECISE", _("不精确")
        DISPUTED = "DISPUTED", _("存疑")
        OUTDATED = "OUTDATED", _("过时")

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    key = models.SlugField(_("编号"), unique=True, max_length=80)
    section = models.SlugField(_("章节"), max_length=40, blank=True)
    kind = models.SlugField(_("种类"), max_length=40, blank=True)
    claim_zh = models.TextField(_("论断"))
    claim_en = models.TextField(_("英文论断"), blank=True)
    figures = models.JSONField(_("数字"), default=list, blank=True)
    verdict = models.CharField(_("核对"), max_length=10, choices=Verdict, default=Verdict.OK)
    note_zh = models.TextField(_("编辑注"), blank=True)
    verified = models.CharField(_("核对方式"), max_length=12, blank=True)

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("事实"), pgettext_lazy("plural", "事实")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict="OK") | ~models.Q(note_zh=""), name="fact_doubt_has_note"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class FactEvidence(models.Model):
    """What one reference says about one fact."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="evidence", verbose_name=_("事实"))
    reference = models.ForeignKey(Reference, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("文献"))
    says = models.TextField(_("原文所述"), blank=True)
    says_zh = models.TextField(_("原文所述（中文）"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("出处"), pgettext_lazy("plural", "出处")
        constraints = [models.UniqueConstraint(fields=["fact", "reference"], name="factevidence_once")]

    def __str__(self) -> str:
        return str(self.reference)
