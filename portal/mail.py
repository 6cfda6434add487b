"""Mail: the embedded default writes files; EMAIL_URL (smtp://, smtps://) turns on a real server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from portal.channels import write_file


class FileBackend(BaseEmailBackend):
    """Write each mail to OUTBOX_DIR/<n>-email.json: to, subject, text."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            message = {"to": ", ".join(mail.to), "subject": str(mail.subject), "text": str(mail.body)}
            write_file(mail.extra_headers.get("X-Notice", "direct"), "email", message)
        return len(email_messages)


def smtp_settings(url: str) -> dict[str, Any]:
    """Return Django's EMAIL_* settings of an address such as smtps://user:password@host:465."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must be smtp://… (STARTTLS) or smtps://… (TLS).")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp",
    }
