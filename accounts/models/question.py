"""Question sets: 完善信息 (the platform's, about the person) and 收集问题 (a zone's survey)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import record
from portal.localise import localised
from portal.models import Zone
from portal.personal import Personal

# Questions of the profile that the product itself reads: who it is, whom a zone admits, what the licence is.
PROFILE_KEYS = ("name", "profession", "licence_number")
SEALED_KEY = "licence_number"  # never stored in the clear, whoever edits the questions


class QuestionSetQuerySet(models.QuerySet["QuestionSet"]):
    def current_profile(self) -> QuestionSet | None:
        """The platform's question set in force."""
        return self.filter(scope=QuestionSet.Scope.PROFILE, is_current=True).first()

    def current_survey(self, zone: Zone) -> QuestionSet | None:
        """The zone's survey in force, or None when the zone asks nothing."""
        return self.filter(scope=QuestionSet.Scope.SURVEY, zone=zone, is_current=True).first()

    def answered(self) -> Self:
        """Sets that somebody answered: frozen."""
        return self.filter(questions__answers__isnull=False).distinct()


class QuestionSet(models.Model):
    """One version of a set of questions. Once answered it is frozen; a change is a new version."""

    class Scope(models.TextChoices):
        PROFILE = "PROFILE", _("完善信息（平台）")
        SURVEY = "SURVEY", _("收集问题（专区）")

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    key = models.SlugField(_("代号"))
    scope = models.CharField(_("用途"), max_length=8, choices=Scope)
    zone = models.ForeignKey(
        Zone, on_delete=models.PROTECT, null=True, blank=True, related_name="question_sets", verbose_name=_("专区")
    )
    number = models.PositiveIntegerField(_("版次"), default=1)
    title_zh = models.CharField(_("标题"), max_length=80)
    title_en = models.CharField(_("英文标题"), max_length=120)
    is_current = models.BooleanField(_("现行"), default=False)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    objects = QuestionSetQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("问题集"), pgettext_lazy("plural", "问题集")
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="questionset_version_once"),
            models.UniqueConstraint(
                fields=["scope"], condition=Q(scope="PROFILE", is_current=True), name="questionset_one_profile"
            ),
            models.UniqueConstraint(
                fields=["zone"], condition=Q(scope="SURVEY", is_current=True), name="questionset_one_survey"
            ),
            models.CheckConstraint(
                condition=Q(scope="PROFILE", zone=None) | Q(scope="SURVEY", zone__isnull=False),
                name="questionset_survey_has_zone",
            ),
        ]

    def __str__(self) -> str:
        return f"{localised(self, 'title')} v{self.number}"

    def is_answered(self) -> bool:
        """Whether anybody answered it: then it is frozen."""
        return type(self).objects.answered().filter(pk=self.pk).exists()

    @transaction.atomic
    def new_version(self) -> QuestionSet:
        """Return a copy of this set under the next number, not in force, its questions free to change."""
        last = type(self).objects.filter(key=self.key).aggregate(last=Max("number"))["last"] or 0
        copy = type(self).objects.create(
            key=self.key,
            scope=self.scope,
            zone=self.zone,
            number=last + 1,
            title_zh=self.title_zh,
            title_en=self.title_en,
        )
        questions = list(self.questions.order_by("position", "pk"))
        for question in questions:
            question.pk, question.question_set, question._state.adding = None, copy, True
        Question.objects.bulk_create(questions)
        return copy

    @transaction.atomic
    def put_in_force(self, *, by: Any, at: datetime) -> None:
        """Ask this version from now on, in place of the one in force. ValidationError says what it lacks.

        IntegrityError if another version was put in force at the same moment.
        """
        keys = set(self.questions.values_list("key", flat=True))
        lacking = [key for key in PROFILE_KEYS if key not in keys] if self.scope == self.Scope.PROFILE else []
        if not keys or lacking:
            raise ValidationError(_("这一版还缺少问题，不能启用：%(keys)s") % {"keys": "、".join(lacking) or "—"})
        if self.scope == self.Scope.PROFILE and self.questions.filter(key=SEALED_KEY, is_sealed=False).exists():
            raise ValidationError(_("执业证书编码须勾选「加密保存」，才能启用。"))
        others = type(self).objects.filter(scope=self.scope, zone=self.zone, is_current=True).exclude(pk=self.pk)
        others.update(is_current=False)
        type(self).objects.filter(pk=self.pk).update(is_current=True)
        self.is_current = True
        record.append(
            "questions.in_force",
            actor=by,
            subject=f"accounts.questionset:{self.key}",
            payload={"number": self.number, "questions": sorted(keys)},
            at=at,
        )


class Question(models.Model):
    """One question: its wording, its kind, its limits. `is_sealed` answers are encrypted under the person's key."""

    class Kind(models.TextChoices):
        SHORT_TEXT = "SHORT_TEXT", _("单行文字")
        LONG_TEXT = "LONG_TEXT", _("多行文字")
        SINGLE_CHOICE = "SINGLE_CHOICE", _("单选")
        MULTIPLE_CHOICE = "MULTIPLE_CHOICE", _("多选")
        NUMBER = "NUMBER", _("数字")
        DATE = "DATE", _("日期")
        SUGGESTED = "SUGGESTED", _("带提示的文字")

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    question_set = models.ForeignKey(
        QuestionSet, on_delete=models.CASCADE, related_name="questions", verbose_name=_("问题集")
    )
    key = models.SlugField(_("代号"))
    position = models.PositiveSmallIntegerField(_("次序"), default=0)
    kind = models.CharField(_("题型"), max_length=16, choices=Kind)
    label_zh = models.CharField(_("问题"), max_length=200)
    label_en = models.CharField(_("英文问题"), max_length=300)
    help_zh = models.CharField(_("说明"), max_length=300, blank=True)
    help_en = models.CharField(_("英文说明"), max_length=400, blank=True)
    is_required = models.BooleanField(_("必填"), default=True)
    min_length = models.PositiveIntegerField(_("最短"), null=True, blank=True)
    max_length = models.PositiveIntegerField(_("最长"), null=True, blank=True)
    min_value = models.CharField(_("最小值"), max_length=20, blank=True)
    max_value = models.CharField(_("最大值"), max_length=20, blank=True)
    pattern = models.CharField(_("格式"), max_length=200, blank=True)
    pattern_message_zh = models.CharField(_("格式不符时的提示"), max_length=200, blank=True)
    pattern_message_en = models.CharField(_("格式不符时的英文提示"), max_length=300, blank=True)
    choices = models.JSONField(_("选项"), default=list, blank=True)  # [{value, zh, en}]
    suggestions = models.JSONField(_("提示词"), default=list, blank=True)  # [text]
    is_sealed = models.BooleanField(_("加密保存"), default=False)
    purpose_zh = models.CharField(_("收集目的"), max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("问题"), pgettext_lazy("plural", "问题")
        constraints = [
            models.UniqueConstraint(fields=["question_set", "key"], name="question_key_once"),
        ]

    def __str__(self) -> str:
        return str(localised(self, "label"))

    def clean(self) -> None:
        if self.kind in {self.Kind.SINGLE_CHOICE, self.Kind.MULTIPLE_CHOICE} and not self.choices:
            raise ValidationError({"choices": _("选择题须列出选项。")})
        if self.question_set_id and self.question_set.is_answered():
            raise ValidationError(_("已有人作答的问题集不能修改，请新建一版。"))

    def wording(self) -> dict[str, Any]:
        """What was asked, in both languages: stored with the answer, with its SHA-256."""
        return {
            "key": self.key,
            "kind": self.kind,
            "label_zh": self.label_zh,
            "label_en": self.label_en,
            "help_zh": self.help_zh,
            "help_en": self.help_en,
            "choices": self.choices,
            "set": f"{self.question_set.key}/{self.question_set.number}",
        }
