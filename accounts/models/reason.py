"""Why a submission is sent back: the catalogue in use, and every wording it ever had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import append_only, record
from portal.localise import localised
from portal.personal import Personal

WORDING = ("text_zh", "text_en", "staff_note_zh", "is_final", "concerns")  # what a version freezes
PLACE = ("position", "is_active")  # what may change without a new version


class ReasonChanged(Exception):
    """A colleague reworded the reason meanwhile: what was on the screen is not what would be replaced."""


class Reason(models.Model):
    """Why a submission is sent back: the applicant's words, the staff's note, retry or final, what it concerns.

    The row shows the wording in force; each wording is also a frozen ReasonVersion of the same number.
    """

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    code = models.CharField(_("代号"), max_length=40, unique=True)
    number = models.PositiveIntegerField(_("版次"), default=1, editable=False)
    text_zh = models.CharField(_("给申请人的话"), max_length=300)
    text_en = models.CharField(_("给申请人的话（英文）"), max_length=400)
    staff_note_zh = models.CharField(_("给审核员的说明"), max_length=300, blank=True)
    is_final = models.BooleanField(_("终局"), default=False)
    concerns = models.CharField(_("涉及"), max_length=40, blank=True)  # a profile question's key, "evidence", or ""
    is_active = models.BooleanField(_("可用"), default=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("退回理由"), pgettext_lazy("plural", "退回理由")
        constraints = [
            models.CheckConstraint(condition=~Q(text_zh="") & ~Q(text_en=""), name="reason_has_words"),
        ]

    def __str__(self) -> str:
        return str(localised(self, "text"))

    def as_said(self) -> dict[str, Any]:
        """Return what a decision stores of it: the wording of that day, in both languages, and its number."""
        names = ("code", "text_zh", "text_en", "is_final", "concerns")
        return {name: getattr(self, name) for name in names} | {"version": self.number}

    @classmethod
    @transaction.atomic
    def begin(cls, *, by: Any, at: datetime, **fields: Any) -> Reason:
        """Add a reason with its first version; `by` is None for what is shipped. IntegrityError if the code exists."""
        reason = cls.objects.create(**fields)
        reason._freeze(by, at)
        reason._record("reason.added", by, at, sorted(fields))
        return reason

    @transaction.atomic
    def reword(self, *, by: Any, at: datetime, **changes: Any) -> Reason:
        """Change the reason: new words are a new frozen version, a new place is only recorded.

        Nothing new, nothing done. ReasonChanged if it was reworded since this row was read.
        """
        stored = type(self).objects.get(pk=self.pk)
        news = {name: value for name, value in changes.items() if getattr(stored, name) != value}
        unknown = set(changes) - {*WORDING, *PLACE}
        if unknown:
            raise ValueError(f"not for rewording: {sorted(unknown)}")
        if not news:
            return stored
        is_new_wording = bool(set(news) & set(WORDING))
        step: Any = F("number") + 1 if is_new_wording else F("number")
        if not type(self).objects.filter(pk=self.pk, number=self.number).update(number=step, **news):
            raise ReasonChanged
        self.refresh_from_db()
        if is_new_wording:
            self._freeze(by, at)
        self._record("reason.reworded" if is_new_wording else "reason.moved", by, at, sorted(news))
        return self

    def _freeze(self, by: Any, at: datetime) -> None:
        fields = {name: getattr(self, name) for name in WORDING}
        ReasonVersion.objects.create(reason=self, number=self.number, created_by=by, created_at=at, **fields)

    def _record(self, kind: str, by: Any, at: datetime, changed: list[str]) -> None:
        payload = {"number": self.number, "changed": changed, "active": self.is_active}
        record.append(kind, actor=by, subject=f"accounts.reason:{self.code}", payload=payload, at=at)


class ReasonVersion(models.Model):
    """One wording of a reason: frozen. Decisions and proposals point at the one that was said."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}
    FROZEN = append_only.Whole()

    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, related_name="versions", verbose_name=_("退回理由"))
    number = models.PositiveIntegerField(_("版次"))
    text_zh = models.CharField(_("给申请人的话"), max_length=300)
    text_en = models.CharField(_("给申请人的话（英文）"), max_length=400)
    staff_note_zh = models.CharField(_("给审核员的说明"), max_length=300, blank=True)
    is_final = models.BooleanField(_("终局"), default=False)
    concerns = models.CharField(_("涉及"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("创建时间"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("修改人")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("理由的版本"), pgettext_lazy("plural", "理由的版本")
        constraints = [models.UniqueConstraint(fields=["reason", "number"], name="reasonversion_once")]

    def __str__(self) -> str:
        return f"{self.reason_id} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and not kwargs.get("force_insert"):
            raise TypeError("Versions of a reason are append-only.")
        super().save(*args, **kwargs)


def versions_said(said: Iterable[Mapping[str, Any]]) -> list[ReasonVersion]:
    """Return the versions that were said, of reasons as as_said() stores them."""
    wanted = [Q(reason__code=row["code"], number=row["version"]) for row in said if "version" in row]
    if not wanted:
        return []
    either = wanted[0]
    for one in wanted[1:]:
        either |= one
    return list(ReasonVersion.objects.filter(either))
