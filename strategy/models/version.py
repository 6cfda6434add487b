"""Versions of a rule set, as YAML text. A published version is frozen; a change is a new version."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.personal import Personal
from portal.workflow import Move, TransitionEvent, Workflow
from strategy.models.rule_set import RuleSet
from strategy.reading import read_ruleset


class RuleSetVersionQuerySet(models.QuerySet["RuleSetVersion"]):
    def published(self) -> Self:
        """Published versions, newest first."""
        return self.filter(status=RuleSetVersion.Status.PUBLISHED).order_by("-number")


class RuleSetVersion(Workflow):
    """One version of a rule set, as YAML text. Published and clinically signed are two things."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("草稿")
        PUBLISHED = "PUBLISHED", _("已发布")
        WITHDRAWN = "WITHDRAWN", _("已撤回")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        Status.DRAFT: frozenset({Status.PUBLISHED}),
        Status.PUBLISHED: frozenset({Status.WITHDRAWN}),
    }
    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    rule_set = models.ForeignKey(
        RuleSet, on_delete=models.PROTECT, related_name="versions", verbose_name=_("规则集"), editable=False
    )
    number = models.PositiveIntegerField(_("版次"), editable=False)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    source = models.TextField(_("规则（YAML）"))
    sha256 = models.CharField(_("内容摘要"), max_length=64, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("起草时间"), editable=False)
    published_at = models.DateTimeField(_("发布时间"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    clinically_signed_at = models.DateTimeField(_("临床审核时间"), null=True, editable=False)
    clinically_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )

    objects = RuleSetVersionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("规则集版本"), pgettext_lazy("plural", "规则集版本")
        permissions = [("write_ruleset", _("可以起草规则集")), ("publish_ruleset", _("可以发布规则集"))]
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "number"], name="rulesetversion_number_once"),
            models.CheckConstraint(
                condition=Q(status="DRAFT", published_at=None)
                | (~Q(status="DRAFT") & Q(published_at__isnull=False) & ~Q(sha256="")),
                name="rulesetversion_published_has_hash_and_date",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | Q(created_by=None) | ~Q(published_by=F("created_by")),
                name="rulesetversion_two_people",
            ),
            models.CheckConstraint(
                condition=Q(clinically_signed_at=None, clinically_signed_by=None)
                | Q(clinically_signed_at__isnull=False, clinically_signed_by__isnull=False),
                name="rulesetversion_signed_has_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_set} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and type(self).objects.filter(pk=self.pk).exclude(status=self.Status.DRAFT).exists():
            raise TypeError("A published rule set is frozen; a change is a new version.")
        self.sha256 = hashlib.sha256(self.source.encode()).hexdigest()
        super().save(*args, **kwargs)

    @classmethod
    @transaction.atomic
    def draft(cls, rule_set: RuleSet, source: str, *, by: Any, at: datetime) -> RuleSetVersion:
        """Keep a new draft. RuleSetError when the source is malformed; by=None: the installer."""
        read_ruleset(source)
        last = cls.objects.filter(rule_set=rule_set).aggregate(models.Max("number"))["number__max"] or 0
        version = cls(rule_set=rule_set, number=last + 1, source=source, created_by=by, created_at=at)
        version._begin(Move(actor=by, at=at, kind="ruleset.drafted", payload={"number": version.number}))
        return version

    def publish(self, *, by: Any, at: datetime) -> None:
        """Give readers this version; never by its author. TransitionError if it no longer is a draft."""
        if by is not None and by.pk == self.created_by_id:
            raise PermissionError(_t("不能发布自己起草的版本。"))
        read_ruleset(self.source)
        changes = {"published_at": at, "published_by": by}
        payload = {"number": self.number, "sha256": self.sha256}
        self._move(
            self.Status.PUBLISHED, Move(actor=by, at=at, kind="ruleset.published", changes=changes, payload=payload)
        )

    def withdraw(self, *, by: Any, at: datetime, note: str = "") -> None:
        """Take a published version from readers; the one before it, if still published, serves again."""
        self._move(
            self.Status.WITHDRAWN,
            Move(actor=by, at=at, kind="ruleset.withdrawn", note=note, payload={"number": self.number}),
        )


class RuleSetVersionEvent(TransitionEvent):
    """What happened to a version, in order."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    subject = models.ForeignKey(RuleSetVersion, on_delete=models.PROTECT, related_name="events")

    class Meta:
        verbose_name, verbose_name_plural = _("规则集事件"), pgettext_lazy("plural", "规则集事件")
        constraints = [models.UniqueConstraint(fields=["subject", "seq"], name="rulesetversionevent_seq_once")]
