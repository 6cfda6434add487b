"""Forms made of questions: one small builder a kind. Forms clean; accounts/answers.py stores."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Question, QuestionSet
from portal.localise import localised
from portal.text import CleanCharField

Kind = Question.Kind
LINE_LIMIT, TEXT_LIMIT = 500, 5000  # where a question says nothing
SELECT_ABOVE = 8  # choices; more are a list to open
TODAY = "today"  # a date question's limit that moves with the day
PICTURE_JOINERS = {"\ufe0f", "\u20e3"}

REQUIRED = gettext_lazy("请填写这一项。")
CHOOSE = gettext_lazy("请选择一项。")
UNKNOWN_CHOICE = gettext_lazy("请在所列的选项中选择。")
NOT_A_NUMBER = gettext_lazy("请填写数字，例如 12。")
NOT_WHOLE = gettext_lazy("请填写整数，例如 12。")
NOT_A_DATE = gettext_lazy("请填写日期，写成 2026-06-09 这样。")

AUTOCOMPLETE = {"name": "name", "hospital": "organization", "title": "organization-title", "licence_number": "off"}


class DateInput(forms.DateInput):
    """A date picker; what is no date is shown again as text, since a picker would show nothing."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        if shown and not _is_date(str(shown)):
            context["widget"]["type"] = "text"
        return context


def _is_date(text: str) -> bool:
    try:
        return parse_date(text) is not None
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class TextRules:
    """What a question asks of a text, in the order it is said. Length first: no pattern runs over a novel."""

    shortest: int
    longest: int
    pattern: str = ""
    pattern_message: str = ""
    allows_pictures: bool = False

    def __call__(self, value: str) -> None:
        count = len(value)
        if count > self.longest:
            raise ValidationError(
                _("最多 %(most)d 个字，现在有 %(count)d 个。") % {"most": self.longest, "count": count}
            )
        if count < self.shortest:
            raise ValidationError(
                _("至少 %(least)d 个字，现在有 %(count)d 个。") % {"least": self.shortest, "count": count}
            )
        if not self.allows_pictures and any(_is_picture(character) for character in value):
            raise ValidationError(_("这里不能用表情或图形符号，请改用文字。"))
        if self.pattern and not re.fullmatch(self.pattern, value):
            raise ValidationError(self.pattern_message or _("格式不对，请照说明填写。"))


def _is_picture(character: str) -> bool:
    return character in PICTURE_JOINERS or unicodedata.category(character) == "So"


def _text(question: Question, common: dict[str, Any]) -> forms.Field:
    is_long = question.kind == Kind.LONG_TEXT
    rules = TextRules(
        shortest=question.min_length or 0,
        longest=question.max_length or (TEXT_LIMIT if is_long else LINE_LIMIT),
        pattern=question.pattern,
        pattern_message=localised(question, "pattern_message"),
        allows_pictures=is_long,
    )
    # No maxlength attribute: a browser would cut what is pasted without a word.
    attrs: dict[str, Any] = {"rows": 5} if is_long else {}
    if question.key in AUTOCOMPLETE:
        attrs["autocomplete"] = AUTOCOMPLETE[question.key]
    if question.pattern:
        attrs |= {"autocapitalize": "characters", "spellcheck": "false"}
    widget = forms.Textarea(attrs) if is_long else forms.TextInput(attrs)
    return CleanCharField(paragraphs=is_long, widget=widget, validators=[rules], **common)


def _suggested(question: Question, common: dict[str, Any]) -> forms.Field:
    field: Any = _text(question, common)
    field.suggestions = question.suggestions  # drawn as a datalist by templates/crispy_portal/field.html
    field.widget.attrs["list"] = f"{question.key}-suggestions"
    return field


def _number(question: Question, common: dict[str, Any]) -> forms.Field:
    is_whole = "." not in question.min_value + question.max_value
    # A number box drops what is no number; a text box with a number pad shows it again.
    widget = forms.TextInput({"inputmode": "numeric" if is_whole else "decimal", "autocomplete": "off"})
    messages = {**common.pop("error_messages"), "invalid": NOT_WHOLE if is_whole else NOT_A_NUMBER}
    maker: Any = forms.IntegerField if is_whole else forms.FloatField
    parse: Callable[[str], Any] = int if is_whole else float
    field: forms.Field = maker(widget=widget, error_messages=messages, **common)
    field.validators += _limits(question, parse, str)
    return field


def _date(question: Question, common: dict[str, Any]) -> forms.Field:
    messages = {**common.pop("error_messages"), "invalid": NOT_A_DATE}
    field = forms.DateField(widget=DateInput(), input_formats=["%Y-%m-%d"], error_messages=messages, **common)
    limits = _limits(question, _day, date.isoformat)
    field.validators += limits
    for limit in limits:
        name = "min" if isinstance(limit, MinValueValidator) else "max"
        field.widget.attrs[name] = limit.limit_value.isoformat()
    return field


def _day(text: str) -> date:
    return timezone.localdate() if text == TODAY else date.fromisoformat(text)


def _limits(question: Question, parse: Callable[[str], Any], show: Callable[[Any], str]) -> list[Any]:
    found: list[Any] = []
    if question.min_value:
        least = parse(question.min_value)
        found.append(MinValueValidator(least, _("不能小于 %(limit)s。") % {"limit": show(least)}))
    if question.max_value:
        most = parse(question.max_value)
        found.append(MaxValueValidator(most, _("不能大于 %(limit)s。") % {"limit": show(most)}))
    return found


def _single_choice(question: Question, common: dict[str, Any]) -> forms.Field:
    choices = _choices(question)
    if len(choices) > SELECT_ABOVE or not question.is_required:
        blank = _("请选择") if question.is_required else _("不填")
        return forms.ChoiceField(choices=[("", blank), *choices], widget=forms.Select, **_with_choice_words(common))
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **_with_choice_words(common))


def _multiple_choice(question: Question, common: dict[str, Any]) -> forms.Field:
    words = _with_choice_words(common)
    return forms.MultipleChoiceField(choices=_choices(question), widget=forms.CheckboxSelectMultiple, **words)


def _choices(question: Question) -> list[tuple[str, str]]:
    return [(str(choice["value"]), _choice_words(choice)) for choice in question.choices]


def _choice_words(choice: Mapping[str, str]) -> str:
    return localised({"words_zh": choice["zh"], "words_en": choice.get("en", "")}, "words")


def _with_choice_words(common: dict[str, Any]) -> dict[str, Any]:
    # Django's own words repeat the value sent, however long it is.
    words = {"required": CHOOSE, "invalid_choice": UNKNOWN_CHOICE, "invalid_list": UNKNOWN_CHOICE}
    return {**common, "error_messages": words}


BUILDERS: dict[str, Callable[[Question, dict[str, Any]], forms.Field]] = {
    Kind.SHORT_TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.SUGGESTED: _suggested,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.SINGLE_CHOICE: _single_choice,
    Kind.MULTIPLE_CHOICE: _multiple_choice,
}


def build_field(question: Question, *, note: str = "") -> forms.Field:
    """Return the question's form field in the reader's language; `note` is why its last answer was sent back."""
    common: dict[str, Any] = {
        "label": localised(question, "label"),
        "help_text": localised(question, "help"),
        "required": question.is_required,
        "error_messages": {"required": REQUIRED},
    }
    field: Any = BUILDERS[question.kind](question, common)
    field.note = note
    if question.is_sealed:
        field.widget.attrs["data-private"] = ""  # a browser keeps no draft of what we keep only encrypted
    return field


class QuestionForm(forms.Form):
    """A question set as a form; fields are named by the questions' keys."""

    def __init__(
        self, question_set: QuestionSet, *args: Any, notes: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions = list(question_set.questions.order_by("position", "pk"))
        for question in self.questions:
            self.fields[question.key] = build_field(question, note=(notes or {}).get(question.key, ""))
        self.helper = FormHelper()
        # The page writes the form's own tag, and the list of errors above it.
        self.helper.form_tag, self.helper.disable_csrf, self.helper.summary_above = False, True, True

    def answers(self) -> dict[str, Any]:
        """Return the cleaned answers as they are stored: text, number, ISO date, list of values; None for nothing."""
        return {question.key: _stored(self.cleaned_data[question.key]) for question in self.questions}


def _stored(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return None if value in ("", [], None) else value
