"""Forms that mend allauth's sign-in; named in ACCOUNT_FORMS."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class LoginForm(allauth_forms.LoginForm):
    """Says what may be typed; allauth calls it a login."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = gettext_lazy("邮箱或手机号")

    def user_credentials(self) -> dict[str, Any]:
        """Numbers are stored as E.164 and typed as people type them; allauth looks for what was typed."""
        credentials: dict[str, Any] = super().user_credentials()
        if "phone" in credentials:
            credentials["phone"] = get_adapter().clean_phone(credentials["phone"])
        return credentials


class SignupForm(allauth_forms.SignupForm):
    """Hashes the password once whether the address is taken or not: the time it takes tells nobody.

    Of two who sign up with one address at the same moment the second is answered as if it had been taken before.
    """

    account_already_exists: bool

    def try_save(self, request: HttpRequest) -> Any:
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
            return super().try_save(request)
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            return super().try_save(request)


class RequestLoginCodeForm(allauth_forms.RequestLoginCodeForm):
    """Asks for an address or a number. allauth takes a form with neither and fails on it (a 500)."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.errors and not cleaned.get("email") and not cleaned.get("phone"):
            raise ValidationError(_("请填写邮箱或手机号，其中一项即可。"), code="required")
        return cleaned
