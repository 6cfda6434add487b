"""A code takes three guesses, however many browsers and workers guess at once.

allauth counts wrong codes in the session, where guesses that arrive together all read the same number. Here each guess
takes one of three places in the shared cache before it is compared; adding a place that is taken fails on every cache.
"""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.core.cache import cache

from portal import keys

GUESSES, KEPT_SECONDS = 3, 3600  # longer than any code is valid


def take(code: str) -> bool:
    """Take one guess at this code; False when all were taken."""
    name = keys.blind_index("code-guess", code)
    return any(cache.add(f"guess:{name}:{place}", True, KEPT_SECONDS) for place in range(GUESSES))


class Limited(forms.Form):
    """A form for a code: what comes after the third guess is wrong, whatever it is."""

    expected_code: Any

    def clean_code(self) -> str:
        if self.expected_code and not take(str(self.expected_code)):
            raise get_adapter().validation_error("incorrect_code")
        code: str = super().clean_code()  # type: ignore[misc]  # the form beside this one has it
        return code


class ConfirmLoginCodeForm(Limited, allauth_forms.ConfirmLoginCodeForm):
    """The code that signs in."""


class ConfirmEmailVerificationCodeForm(Limited, allauth_forms.ConfirmEmailVerificationCodeForm):
    """The code that proves an address."""


class ConfirmPasswordResetCodeForm(Limited, allauth_forms.ConfirmPasswordResetCodeForm):
    """The code that allows a new password."""


class VerifyPhoneForm(Limited, allauth_forms.VerifyPhoneForm):
    """The code that proves a number."""
