"""What readers send: a comment, a report of one."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Report
from portal.text import CleanCharField

MAX_LENGTH = 2000
ANCHOR = re.compile(r"\A(?:block:b-[a-z2-7]{8}|(?:rule|option):[A-Za-z0-9._-]{1,80})?\Z")


class CommentForm(forms.Form):
    """Plain text, the comment it answers, the place it is about. The last two are judged by the view."""

    body = CleanCharField(
        label=_("写评论"),
        paragraphs=True,
        max_length=MAX_LENGTH,
        error_messages={
            "required": _("请先写下评论内容。"),
            "max_length": _("评论最多 %(limit_value)d 字，现在有 %(show_value)d 字，请删减后再发表。"),
        },
    )
    parent = forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages={"invalid": _("没有这条评论。")})
    anchor = forms.RegexField(
        ANCHOR, label=_("针对"), required=False, max_length=100, error_messages={"invalid": _("没有这一段。")}
    )

    def __init__(self, *args: Any, places: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].widget.attrs |= {"class": "input", "rows": 4, "maxlength": None}
        self.fields["body"].widget.attrs.pop("maxlength")  # a browser would cut what was pasted without a word
        choices: list[tuple[str, Any]] = list(places or [("", gettext("全文"))])
        chosen = self.data.get("anchor", "") if self.is_bound else ""
        if ANCHOR.fullmatch(chosen) and chosen not in dict(choices):
            choices.append((chosen, _("所选的一段")))  # a paragraph, chosen in the text
        self.fields["anchor"].widget = forms.Select(attrs={"class": "input"}, choices=choices)


class ReportForm(forms.Form):
    """Why a comment should be looked at."""

    reason = forms.ChoiceField(
        label=_("为什么举报"),
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择一个理由。"), "invalid_choice": _("没有这个理由。")},
    )
