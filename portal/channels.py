"""How a notice leaves: mail by Django's backend, SMS by settings.SMS_BACKEND. The default writes files for both."""

from __future__ import annotations

import json
import os
from pathlib import Path
from smtplib import SMTPException
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string

from portal import outbox

if TYPE_CHECKING:
    from portal.models import Notice


class DeliveryError(Exception):
    """The channel did not take the message; it may take it later."""


class SMSSender(Protocol):
    """A pluggable SMS sender; raise OSError or DeliveryError when the provider does not take the message."""

    def send(self, *, number: int, to: str, text: str) -> None: ...


def deliver(notice: Notice) -> None:
    """Hand one leased notice to its channel. DeliveryError when that failed and may be tried again."""
    try:
        if notice.channel == outbox.EMAIL:
            _mail(notice)
        else:
            sender: SMSSender = import_string(settings.SMS_BACKEND)()
            sender.send(number=notice.pk, to=notice.address, text=notice.text)
    except (OSError, SMTPException) as error:
        raise DeliveryError(type(error).__name__) from error


def _mail(notice: Notice) -> None:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    headers = {"Message-ID": f"<notice-{notice.pk}@{host}>", "X-Notice": str(notice.pk)}
    EmailMessage(notice.subject, notice.text, to=[notice.address], headers=headers).send()


def write_file(number: str, channel: str, message: dict[str, str]) -> Path:
    """Write one message as OUTBOX_DIR/<number>-<channel>.json, mode 0600, whole or not at all."""
    folder = Path(settings.OUTBOX_DIR)
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    target = folder / f"{number}-{channel}.json"
    draft = folder / f".{target.name}.{os.getpid()}"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(message, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, target)
    return target
