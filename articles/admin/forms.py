"""What editors send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from articles import body as bodies
from articles.models.revision import check_facts
from portal.text import CleanCharField


class RevisionForm(forms.Form):
    """One wording. The body is cleaned to the subset, so that what is shown again is what would be stored."""

    title_zh = CleanCharField(label=_("标题"), max_length=200)
    title_en = CleanCharField(label=_("英文标题"), max_length=300, required=False)
    abstract_zh = CleanCharField(
        label=_("公开摘要"),
        max_length=600,
        paragraphs=True,
        required=False,
        help_text=_("所有人都看得到，不含须认证才能读的内容。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    abstract_en = CleanCharField(
        label=_("英文公开摘要"),
        max_length=1200,
        paragraphs=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    body = forms.CharField(label=_("正文"), strip=True, widget=forms.Textarea(attrs={"rows": 28}))
    note = CleanCharField(
        label=_("改动说明"),
        max_length=300,
        required=False,
        help_text=_("读者在修订历史中看到；提交审阅前须填写。"),
    )

    correction_zh = CleanCharField(
        label=_("更正说明"),
        max_length=300,
        required=False,
        help_text=_("只在这一版更正先前的错误时填写：会公开显示，并通知读过旧版的人。不含须认证才能读的内容。"),
    )
    correction_en = CleanCharField(label=_("英文更正说明"), max_length=600, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("correction_en") and not data.get("correction_zh"):
            self.add_error("correction_zh", _("有英文更正说明时，请也填写中文的。"))
        return data

    def clean_body(self) -> str:
        clean = bodies.clean_body(self.cleaned_data["body"])
        if not clean:
            raise forms.ValidationError(_("正文不能为空。"))
        check_facts(clean)
        return clean


class ReviewForm(forms.Form):
    """A word to the author; needed when the draft goes back."""

    note = CleanCharField(
        label=_("给起草人的话"),
        max_length=1000,
        paragraphs=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
    )
