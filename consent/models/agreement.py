"""A document people are asked to accept, and its versions."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import append_only, record
from portal.localise import localised
from portal.models import Zone
from portal.personal import Personal


class Agreement(models.Model):
    """壹生身份认证协议书 and 知情同意书 of a zone; the user agreement and the privacy policy of the platform."""

    class Kind(models.TextChoices):
        AGREEMENT = "AGREEMENT", _("身份认证协议书")
        INFORMED_CONSENT = "INFORMED_CONSENT", _("知情同意书")
        TERMS = "TERMS", _("用户服务协议")
        PRIVACY = "PRIVACY", _("隐私政策")

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    kind = models.CharField(_("种类"), max_length=20, choices=Kind)
    zone = models.ForeignKey(
        Zone, on_delete=models.PROTECT, null=True, blank=True, related_name="agreements", verbose_name=_("专区")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("协议"), pgettext_lazy("plural", "协议")
        constraints = [
            models.UniqueConstraint(fields=["kind", "zone"], name="agreement_kind_once_per_zone"),
            models.UniqueConstraint(fields=["kind"], condition=Q(zone=None), name="agreement_kind_once_for_platform"),
            models.CheckConstraint(
                condition=Q(kind__in=["AGREEMENT", "INFORMED_CONSENT"], zone__isnull=False)
                | Q(kind__in=["TERMS", "PRIVACY"], zone=None),
                name="agreement_zone_fits_kind",
            ),
        ]

    def __str__(self) -> str:
        return " · ".join(str(part) for part in (self.get_kind_display(), self.zone) if part)


class Frozen(TypeError):
    """A published version is never written again; a change is a new version."""


FROZEN = "A published version is frozen; a change is a new version."


class AgreementVersionQuerySet(models.QuerySet["AgreementVersion"]):
    def published(self) -> Self:
        """Published versions, newest first."""
        return self.exclude(published_at=None).order_by("-number")

    def current(self, kind: str, zone: Zone | None) -> AgreementVersion | None:
        """The version shown now, or None when the zone has no such document."""
        return self.published().filter(agreement__kind=kind, agreement__zone=zone).first()

    def required(self, kind: str, zone: Zone | None) -> Self:
        """What a person must have accepted, the decisive version first: an older acceptance does not hold any more.

        The newest version that asks anew; the very first one asks whatever its flag says.
        """
        found = self.published().filter(agreement__kind=kind, agreement__zone=zone)
        earlier = AgreementVersion.objects.exclude(published_at=None).filter(
            agreement=OuterRef("agreement"), number__lt=OuterRef("number")
        )
        return found.filter(Q(asks_again=True) | ~Exists(earlier))

    def update(self, **kwargs: Any) -> int:
        if self.exclude(published_at=None).exists():
            raise Frozen(FROZEN)
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        if self.exclude(published_at=None).exists():
            raise Frozen(FROZEN)
        return super().delete()


class AgreementVersion(models.Model):
    """One version, Chinese and English of the same content: one acceptance holds for both. Frozen once published.

    `asks_again`: people who accepted an earlier version are asked anew; a corrected typo does not ask.
    """

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}
    TEXTS = ("title_zh", "title_en", "summary_zh", "summary_en", "body_zh", "body_en")
    FROZEN = append_only.Columns(
        (*TEXTS, "agreement", "number", "asks_again", "created_by", "published_by", "published_at", "sha256"),
        once="OLD.published_at IS NOT NULL",
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="versions", verbose_name=_("协议"))
    number = models.PositiveIntegerField(_("版次"))
    title_zh = models.CharField(_("标题"), max_length=80)
    title_en = models.CharField(_("英文标题"), max_length=160)
    summary_zh = models.CharField(_("一句话说明"), max_length=300)
    summary_en = models.CharField(_("英文一句话说明"), max_length=500)
    body_zh = models.TextField(_("正文"))
    body_en = models.TextField(_("英文正文"))
    asks_again = models.BooleanField(_("须重新同意"), default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("起草时间"), auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)

    objects = AgreementVersionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("协议版本"), pgettext_lazy("plural", "协议版本")
        permissions = [("publish_agreement", _("可以发布协议")), ("write_agreement", _("可以起草协议"))]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="agreementversion_number_once"),
            models.CheckConstraint(
                condition=Q(published_at=None, sha256="") | (Q(published_at__isnull=False) & ~Q(sha256="")),
                name="agreementversion_published_has_hash",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | Q(created_by=None) | ~Q(published_by=models.F("created_by")),
                name="agreementversion_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{localised(self, 'title')} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and type(self).objects.published().filter(pk=self.pk).exists():
            raise Frozen(FROZEN)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.pk and type(self).objects.published().filter(pk=self.pk).exists():
            raise Frozen(FROZEN)
        return super().delete(*args, **kwargs)

    def text_hash(self) -> str:
        """SHA-256 (hex) of the whole text in both languages."""
        parts = [getattr(self, name) for name in self.TEXTS]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()

    @transaction.atomic
    def publish(self, *, by: Any, at: datetime) -> bool:
        """Put this draft in force; never by its author. False if it was published or reworded meanwhile, or passed by.

        A draft older than the version in force is passed by: it knows nothing of what was agreed to since.
        by=None: the installer.
        """
        if by is not None and by.pk == self.created_by_id:
            raise PermissionError(_("不能发布自己起草的版本。"))
        newer = type(self).objects.published().filter(agreement=self.agreement_id, number__gt=self.number)
        if newer.exists():
            return False
        done = (
            type(self)
            .objects.filter(pk=self.pk, published_at=None, asks_again=self.asks_again)
            .filter(**{name: getattr(self, name) for name in self.TEXTS})
            .update(published_at=at, published_by=by, sha256=self.text_hash())
        )
        if done:
            subject = f"consent.agreement:{self.agreement.kind}:{self.agreement.zone_id or 0}:{self.number}"
            record.append(
                "agreement.published",
                actor=by,
                subject=subject,
                payload={"sha256": self.text_hash(), "asks_again": self.asks_again},
                at=at,
            )
            self.refresh_from_db()
        return bool(done)
