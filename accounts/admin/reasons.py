"""Reasons: the words in which a submission is sent back, and every wording they ever had."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Question, QuestionSet, Reason, ReasonChanged
from accounts.models.reason import PLACE, WORDING
from portal.catalogue import CatalogueAdmin
from portal.templatetags.portal import moment

EVIDENCE = "evidence"  # what a reason concerns when it is not a question


class ReasonForm(forms.ModelForm):
    """A reason as it was on the screen: `seen` is the version that was shown."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Reason
        fields = ["code", *WORDING, *PLACE]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.instance.number

    def clean_concerns(self) -> str:
        concerns = str(self.cleaned_data["concerns"])
        known = Question.objects.filter(question_set__scope=QuestionSet.Scope.PROFILE, key=concerns)
        if concerns in {"", EVIDENCE} or known.exists():
            return concerns
        raise ValidationError(_("填「完善信息」里一道题的代号，或 evidence（资质文件），或留空（整份资料）。"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        stored = Reason.objects.filter(pk=self.instance.pk).values_list("number", flat=True).first()
        if stored is not None and data.get("seen") not in {None, stored}:
            raise ValidationError(_("这条理由刚被同事改过，请重新打开，看过新的写法再改。"))
        return data


@admin.register(Reason)
class ReasonAdmin(CatalogueAdmin):
    """Saving new words makes a new version; a decision keeps the one it said. The code and the finality stay."""

    form = ReasonForm
    intro = gettext_lazy("申请人看到的退回理由；改写另存一版，已作的决定保留当时的写法")
    search_help_text = gettext_lazy("代号或写法的一部分")
    list_display = ["position", "code", "number", "words", "is_final", "concerns", "is_active"]
    list_display_links = ["code"]
    list_filter = ["is_active", "is_final"]
    search_fields = ["code", "text_zh"]
    ordering = ["position", "pk"]
    fields = ("code", "text_zh", "text_en", "staff_note_zh", "is_final", "concerns", "position", "is_active", "seen")

    def get_readonly_fields(self, request: HttpRequest, obj: Reason | None = None) -> list[str]:
        return ["code", "is_final", "wordings"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Reason | None = None) -> Any:
        if obj is None:
            return list(self.fields)
        may = self.has_change_permission(request, obj)
        return [*(name for name in self.fields if may or name != "seen"), "wordings"]

    @admin.display(description=gettext_lazy("给申请人的话"), ordering="text_zh")
    def words(self, reason: Reason) -> str:
        return str(reason)

    @admin.display(description=gettext_lazy("用过的写法"))
    def wordings(self, reason: Reason) -> str:
        """Every wording there was, newest first; decisions point at the one they said."""
        rows = reason.versions.select_related("created_by").order_by("-number")
        said = ((r.number, moment(r.created_at), r.created_by or _("系统"), r.text_zh, r.text_en) for r in rows)
        return format_html_join(
            "", "<p>v{} · {} · <bdi>{}</bdi><br><span lang='zh-Hans'>{}</span><br><span lang='en'>{}</span></p>", said
        )

    def save_model(self, request: HttpRequest, obj: Reason, form: Any, change: bool) -> None:
        data, now = form.cleaned_data, timezone.now()
        if not change:
            fields = {name: data[name] for name in ("code", *WORDING, *PLACE)}
            obj.pk = Reason.begin(by=request.user, at=now, **fields).pk
            return
        seen = Reason.objects.get(pk=obj.pk)
        seen.number = data["seen"] or seen.number
        news = {name: data[name] for name in (*WORDING, *PLACE) if name in form.changed_data}
        obj.number = seen.reword(by=request.user, at=now, **news).number

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ReasonChanged:
            messages.error(request, _("这条理由刚被同事改过，请重新打开，看过新的写法再改。"))
            return redirect(request.path)
