"""What a reviewer sends from the decide page: the checks, the decision, its reasons, the message."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import review
from accounts.admin.access import DECISIONS
from accounts.models import CannedMessage, Check, Reason, Submission
from portal.text import CleanCharField

MESSAGE_LIMIT = 1000
INCOMPLETE = gettext_lazy("不完整，请重新打开这件案件。")


class ChecksForm(forms.Form):
    """One answer for each item of the list; what is left out was not checked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = dict(Check.Result.choices)
        for kind, label in Check.Kind.choices:
            self.fields[field_of(kind)] = forms.ChoiceField(
                label=label,
                required=False,
                choices=[(result, words[result]) for result in Check.OFFERED[kind]],
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": _("没有这种结果。")},
            )

    def answers(self) -> dict[str, str]:
        """Return what was answered, {kind: result}."""
        found = {kind: self.cleaned_data.get(field_of(kind)) for kind in Check.Kind.values}
        return {kind: result for kind, result in found.items() if result}


class DecisionForm(ChecksForm):
    """What was decided of what was on the screen."""

    decision = forms.ChoiceField(
        label=gettext_lazy("决定"),
        choices=DECISIONS,
        error_messages={
            "required": gettext_lazy("请按「通过」「退回」或「终局拒绝」。"),
            "invalid_choice": gettext_lazy("没有这种决定。"),
        },
    )
    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("退回理由"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("没有这条理由，或它已停用。")},
    )
    message = CleanCharField(
        label=gettext_lazy("给申请人的话"), paragraphs=True, required=False, max_length=MESSAGE_LIMIT
    )
    version = forms.IntegerField(
        label=gettext_lazy("页面"),
        min_value=1,
        max_value=2**31 - 1,
        error_messages={name: INCOMPLETE for name in ("required", "invalid", "min_value", "max_value")},
    )
    go_on = forms.BooleanField(required=False)

    def __init__(self, *args: Any, submission: Submission, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submission = submission
        self.known = {reason.code: reason for reason in Reason.objects.filter(is_active=True)}
        field: Any = self.fields["reasons"]
        field.choices = [(code, code) for code in self.known]

    def clean_reasons(self) -> list[Reason]:
        return [self.known[code] for code in dict.fromkeys(self.cleaned_data["reasons"])]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        decision, reasons = data.get("decision"), data.get("reasons")
        if decision is None or reasons is None:
            return data
        retry, final = ([r for r in reasons if r.is_final is kind] for kind in (False, True))
        if decision == review.REJECT and final:
            raise _wrong(_("终局理由只用于终局拒绝；退回请选可重交的理由。"))
        if decision == review.REJECT and not retry:
            raise _wrong(_("退回时至少选一条理由，申请人才知道要改什么。"))
        if decision == review.REFUSE_FINAL and not final:
            raise _wrong(_("终局拒绝须选至少一条终局理由。"))
        if decision == review.APPROVE and reasons:
            raise _wrong(_("通过时不带退回理由。请取消勾选，或改按「退回」。"))
        if decision == review.APPROVE:
            self._check_approval()
        return data

    def _check_approval(self) -> None:
        """Approving says that every required item was looked at, and that none speaks against it."""
        results = {kind: row.result for kind, row in Check.objects.latest_of(self.submission).items()} | self.answers()
        for kind in Check.Kind:
            result = results.get(kind)
            if result is None and kind in settings.REQUIRED_CHECKS:
                self.add_error(field_of(kind), _("通过之前须先核对这一项。"))
            elif result is not None and result not in Check.GOOD:
                words = Check.Result(result).label
                self.add_error(field_of(kind), _("这一项记为「%(result)s」，不能通过。") % {"result": words})


class SetAsideForm(forms.Form):
    """Why a colleague's proposal is not agreed to; staff read it, the applicant does not."""

    why = CleanCharField(
        label=gettext_lazy("不同意的理由"),
        max_length=500,
        paragraphs=True,
        widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
        error_messages={"required": gettext_lazy("请写明理由，同事才知道要再看什么。")},
    )


def field_of(kind: str) -> str:
    """Return the field's name of a kind of check."""
    return f"check_{kind.lower()}"


def with_canned(message: str, chosen: str, language: str) -> str:
    """Return the message with a kept one added, in the applicant's language; unchanged where there is no such one."""
    if not chosen.isdecimal() or len(chosen) > 9:
        return message
    kept = CannedMessage.objects.filter(is_active=True, pk=chosen).first()
    if kept is None:
        return message
    words = kept.text_en if language == "en" else kept.text_zh
    return f"{message.rstrip()}\n{words}" if message.strip() else words


def _wrong(words: str) -> ValidationError:
    return ValidationError({"reasons": words})
