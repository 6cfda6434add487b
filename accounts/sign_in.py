"""Forms that mend allauth's sign-in; named in ACCOUNT_FORMS."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class LoginForm(allauth_forms.LoginForm):
    """Says what may be typed; allauth calls it a login."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = gettext_lazy("邮箱或手机号")


class RequestLoginCodeForm(allauth_forms.RequestLoginCodeForm):
    """Asks for an address or a number. allauth takes a form with neither and fails on it (a 500)."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.errors and not cleaned.get("email") and not cleaned.get("phone"):
            raise ValidationError(_("请填写邮箱或手机号，其中一项即可。"), code="required")
        return cleaned
