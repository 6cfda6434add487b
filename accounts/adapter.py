"""How allauth meets this portal: mail and SMS leave by the outbox, phones are E.164, TOTP secrets are encrypted."""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.internal.ratelimit import truncate_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from portal import keys, languages, outbox


@dataclass(frozen=True, slots=True)
class Site:
    """The site as mails name it: from settings, never from a Host header."""

    name: str
    domain: str


class AccountAdapter(DefaultAccountAdapter):
    """allauth's adapter. Nothing here decides about standing; the gate does."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        person = context.get("user")
        owner = person if isinstance(person, User) and person.pk else None
        with _language_of(owner or _who_has(email)):
            site = Site(name=_site_name(), domain=urlsplit(settings.SITE_URL).netloc)
            context = {
                "request": self.request,
                "email": email,
                **context,
                "current_site": site,
                "site_url": settings.SITE_URL,
            }
            mail = self.render_mail(template_prefix, email, context)
            subject, text = str(mail.subject), str(mail.body)
        self._enqueue(outbox.EMAIL, email, text, subject=subject, person=owner)

    def new_user(self, request: HttpRequest) -> User:
        """Whoever chose a language before signing up keeps it, and is written to in it."""
        user: User = super().new_user(request)
        user.language = languages.chosen_here(request)
        return user

    def clean_email(self, email: str) -> str:
        return User.objects.normalize_email(super().clean_email(email))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords count by account and sender: who guesses at somebody's account locks nobody else out of it.

        allauth counts by account alone, and all mobile numbers as one.
        """
        account = credentials.get("email") or credentials.get("phone") or ""
        return f"{keys.blind_index('sign-in', account)}:{truncate_ip(self.get_client_ip(request))}"

    # -- mobile numbers

    def clean_phone(self, phone: str) -> str:
        """Return the number as E.164; numbers without a country are Chinese."""
        try:
            number = phonenumbers.parse(phone, "CN")
        except phonenumbers.NumberParseException as error:
            raise ValidationError(_("请填写有效的手机号。"), code="invalid_phone") from error
        if not phonenumbers.is_valid_number(number):
            raise ValidationError(_("请填写有效的手机号。"), code="invalid_phone")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def phone_form_field(self, **kwargs: Any) -> Any:
        from accounts.forms import PhoneField  # forms import this module through allauth

        return PhoneField(**kwargs)

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone, phone_verified=True).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        self._sms("code", phone, {"code": code}, person=user if user and user.pk else None)

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        self._sms("unknown", phone, {})

    def send_account_already_exists_sms(self, phone: str) -> None:
        self._sms("exists", phone, {})

    def _sms(self, event: str, phone: str, context: dict[str, Any], person: User | None = None) -> None:
        with _language_of(person):
            context |= {"site_name": _site_name(), "site_url": settings.SITE_URL}
            text = render_to_string(f"account/sms/{event}.txt", context).strip()
        self._enqueue(outbox.SMS, phone, text, person=person)

    def _enqueue(self, channel: str, address: str, text: str, subject: str = "", person: User | None = None) -> None:
        message = outbox.Message(
            key=f"sign-in:{secrets.token_hex(12)}",
            channel=channel,
            address=address,
            subject=subject,
            text=text,
            person=person,
            is_secret=True,
        )
        outbox.enqueue([message], at=timezone.now())


class MFAAdapter(DefaultMFAAdapter):
    """TOTP secrets and recovery seeds are AES-256-GCM under the master key; a database alone gives nobody a factor."""

    AAD = b"mfa.authenticator"

    def encrypt(self, text: str) -> str:
        master_id, nonce = next(iter(settings.MASTER_KEYS)), os.urandom(12)
        sealed = AESGCM(keys.master(master_id)).encrypt(nonce, text.encode(), self.AAD)
        return f"{master_id}:{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        master_id, _colon, body = encrypted_text.partition(":")
        blob = base64.b64decode(body)
        return AESGCM(keys.master(master_id)).decrypt(blob[:12], blob[12:], self.AAD).decode()

    def build_totp_svg(self, url: str) -> str:
        """The code as an element of the page: a declaration belongs to a file of its own."""
        return super().build_totp_svg(url).partition("?>")[2].strip()

    def _get_site_name(self) -> str:
        return _site_name()


def _language_of(person: User | None) -> translation.override:
    """A person is written to in the language they chose; a stranger in that of the page they came from."""
    return translation.override((person and person.language) or translation.get_language())


def _who_has(address: str) -> User | None:
    """Whose address this is; allauth does not say when it mails a code."""
    found = EmailAddress.objects.filter(email=address, verified=True).select_related("user").first()
    return found.user if found else None


def _site_name() -> str:
    return settings.SITE_NAME_EN if translation.get_language() == "en" else settings.SITE_NAME_ZH
