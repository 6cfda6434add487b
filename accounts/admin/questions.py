"""Question sets: edited while nobody has answered them; afterwards a change is a new version, put in force by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import Answer, Question, QuestionSet
from accounts.patterns import runs_away
from portal.catalogue import CLEAN_FIELDS, CatalogueAdmin, LinesField, PlainFields
from portal.localise import localised

CHOICE = re.compile(r"^(?P<value>[\w-]{1,40})\s*\|\s*(?P<zh>[^|]+?)\s*\|\s*(?P<en>[^|]+?)$")


class ChoicesField(LinesField):
    """Choices, one a line: value | 中文 | English."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(f"{row.get('value')} | {row.get('zh')} | {row.get('en')}" for row in value)
        return value

    def clean(self, value: Any) -> Any:
        found = []
        for line in super().clean(value):
            match = CHOICE.match(line)
            if match is None:
                raise ValidationError(_("这一行不是「代号 | 中文 | English」：%(line)s") % {"line": line[:60]})
            found.append(match.groupdict())
        if len({row["value"] for row in found}) != len(found):
            raise ValidationError(_("有两个选项用了同一个代号。"))
        return found


class QuestionForm(forms.ModelForm):
    choices = ChoicesField(
        label=gettext_lazy("选项"), help_text=gettext_lazy("每行一个：代号 | 中文 | English。只用于单选、多选。")
    )
    suggestions = LinesField(label=gettext_lazy("提示词"), help_text=gettext_lazy("每行一个。只用于带提示的文字。"))

    class Meta:
        model = Question
        fields = "__all__"  # noqa: DJ007  # the whole question is what is edited here

    def clean_pattern(self) -> str:
        pattern = str(self.cleaned_data["pattern"])
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValidationError(_("这不是有效的正则表达式。")) from error
        if pattern and runs_away(pattern):
            raise ValidationError(_("这个正则表达式遇到某些文字会算得太久，请写得简单些，不要在重复里再套重复。"))
        return pattern


class QuestionInline(PlainFields, admin.StackedInline):
    model = Question
    form = QuestionForm
    formfield_overrides = CLEAN_FIELDS
    extra = 2  # ready to be filled in; what stays empty is not saved
    ordering = ["position", "pk"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("position", "key", "kind"),
                    "label_zh",
                    "label_en",
                    "help_zh",
                    "help_en",
                    ("is_required", "is_sealed"),
                    "choices",
                    "suggestions",
                    "purpose_zh",
                ]
            },
        ),
        (
            gettext_lazy("限制"),
            {
                "classes": ["collapse"],
                "fields": [
                    ("min_length", "max_length"),
                    ("min_value", "max_value"),
                    "pattern",
                    "pattern_message_zh",
                    "pattern_message_en",
                ],
            },
        ),
    ]


@admin.register(QuestionSet)
class QuestionSetAdmin(CatalogueAdmin):
    """Sets of questions with their versions."""

    change_form_template = "admin/accounts/questionset/change_form.html"
    inlines = [QuestionInline]
    intro = gettext_lazy("完善信息与收集问题；有人作答之后，改动另起一版")
    list_display = ["title", "key", "number", "scope", "zone", "is_current", "question_count", "has_answers"]
    list_filter = ["scope", "is_current"]
    list_select_related = ["zone"]
    ordering = ["scope", "key", "-number"]
    fields = ["key", "scope", "zone", "number", "title_zh", "title_en", "is_current"]
    readonly_fields = ["number", "is_current"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuestionSet]:
        answers = Answer.objects.filter(question__question_set=OuterRef("pk"))
        rows = super().get_queryset(request).annotate(is_frozen=Exists(answers))
        return rows.annotate(n_questions=Count("questions", distinct=True))

    @admin.display(description=gettext_lazy("标题"), ordering="title_zh")
    def title(self, row: QuestionSet) -> str:
        return str(localised(row, "title"))

    @admin.display(description=gettext_lazy("题数"))
    def question_count(self, row: Any) -> int:
        return int(row.n_questions)

    @admin.display(description=gettext_lazy("已有人作答"), boolean=True)
    def has_answers(self, row: Any) -> bool:
        return bool(row.is_frozen)

    def get_readonly_fields(self, request: HttpRequest, obj: QuestionSet | None = None) -> list[str]:
        return [*self.readonly_fields, *(["key", "scope", "zone"] if obj else [])]

    def has_change_permission(self, request: HttpRequest, obj: QuestionSet | None = None) -> bool:
        """An answered set is only looked at."""
        return super().has_change_permission(request, obj) and (obj is None or not obj.is_answered())

    def save_model(self, request: HttpRequest, obj: QuestionSet, form: Any, change: bool) -> None:
        if not change:
            last = QuestionSet.objects.filter(key=obj.key).aggregate(last=Max("number"))["last"]
            obj.number = (last or 0) + 1
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/copy/", wrap(require_POST(self.copy_view)), name="accounts_questionset_copy"),
            path("<int:pk>/use/", wrap(require_POST(self.use_view)), name="accounts_questionset_use"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        context["may_edit_sets"] = request.user.has_perm("accounts.change_questionset")
        return super().render_change_form(request, context, *args, **kwargs)

    def copy_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """新建一版: a copy under the next number, free to change."""
        row = self._editable(request, pk)
        copy = self._once(request, row.new_version)
        if copy is not None:
            messages.success(request, _("已新建第 %(number)d 版，改好后再启用。") % {"number": copy.number})
        return redirect("admin:accounts_questionset_change", (copy or row).pk)

    def use_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """启用这一版: in force at once, in place of the one before."""
        row = self._editable(request, pk)

        def put_in_force() -> QuestionSet:
            row.put_in_force(by=request.user, at=timezone.now())
            return row

        if self._once(request, put_in_force) is not None:
            messages.success(request, _("第 %(number)d 版已启用。") % {"number": row.number})
        return redirect("admin:accounts_questionset_change", row.pk)

    def _editable(self, request: HttpRequest, pk: int) -> QuestionSet:
        if not request.user.has_perm("accounts.change_questionset"):
            raise PermissionDenied
        return get_object_or_404(QuestionSet, pk=pk)

    def _once(self, request: HttpRequest, act: Callable[[], QuestionSet]) -> QuestionSet | None:
        """Do it, or say why it could not be done."""
        try:
            with transaction.atomic():
                return act()
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        except IntegrityError:
            messages.error(request, _("另一位同事刚刚改动了这组问题，请重新打开后再试。"))
        return None
