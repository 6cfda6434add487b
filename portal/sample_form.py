"""A form with one field of every kind, drawn as every form of ours is: what the style guide shows of fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crispy_forms.bootstrap import InlineCheckboxes
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from crispy_forms.utils import render_crispy_form
from django import forms
from django.utils.translation import gettext as _

from portal.text import CleanCharField


class Fields(forms.Form):
    """The kinds by name; `shown` leaves some, `chips` draws the many as chips, `is_off` disables them."""

    name = CleanCharField()
    note = CleanCharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    department = forms.ChoiceField()
    profession = forms.ChoiceField(widget=forms.RadioSelect)
    mutations = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    agreed = forms.BooleanField()

    def __init__(
        self, *args: Any, shown: Sequence[str] = (), chips: bool = False, is_off: bool = False, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        for key in set(self.fields) - set(shown) if shown else ():
            del self.fields[key]
        labels, choices = _labels(), _choices()
        for key, kind in self.fields.items():
            kind.label, kind.disabled = labels[key], is_off
            if key in choices:
                kind.choices, kind.unsure = choices[key], ["u"]  # type: ignore[attr-defined]
            if key == "name":
                kind.help_text = _("与执业证书一致")
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        if chips:
            self.helper.layout = Layout(*(InlineCheckboxes(key) for key in self.fields))


def _labels() -> dict[str, str]:
    return {
        "name": _("姓名"),
        "note": _("备注"),
        "department": _("科室"),
        "profession": _("职业"),
        "mutations": _("检出的突变"),
        "agreed": _("我已阅读并接受"),
    }


def _choices() -> dict[str, list[tuple[str, str]]]:
    return {
        "department": [("a", _("肿瘤科")), ("b", _("胸外科"))],
        "profession": [("a", _("医师")), ("u", _("未知"))],
        "mutations": [("a", "L1196M"), ("b", "EML4-ALK"), ("u", _("未检测"))],
    }


def make(key: str, *shown: str, data: dict[str, Any] | None = None, initial: Any = None, **how: Any) -> Fields:
    """A form whose ids carry the key; `data` (by name, {} for all missing) makes it one that was sent."""
    prefix = f"sg-{key}"
    sent = None if data is None else {f"{prefix}-{name}": value for name, value in data.items()}
    return Fields(sent, shown=shown, prefix=prefix, initial=initial, **how)


def markup(form: Fields) -> str:
    """The form as crispy draws it; its errors take no focus and call nobody."""
    return render_crispy_form(form, context={"quiet": True})
