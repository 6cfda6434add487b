"""Sign-up: what allauth's form is given on top. Forms clean; they do not act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class PhoneField(forms.CharField):
    """A mobile number; allauth's adapter normalises it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["label"] = _("手机号")  # allauth calls it a phone
        kwargs.setdefault("help_text", _("填写并验证后，可用短信验证码登录。"))
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        from allauth.account.adapter import get_adapter  # its adapter module imports ours

        value = super().clean(value)
        return get_adapter().clean_phone(value) if value else ""


class TermsForm(forms.Form):
    """Acceptance of the user agreement and the privacy policy; recorded when allauth says who signed up."""

    terms = forms.BooleanField(
        label=_("我已阅读并接受《用户服务协议》和《隐私政策》"),
        error_messages={"required": _("须先阅读并接受这两份文件，才能注册。")},
    )

    def signup(self, request: HttpRequest, user: Any) -> None:
        """allauth calls this; what is recorded is recorded by consent, which hears the sign-up."""
