"""What is said to who holds a draft of a rule set when it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from portal import outbox

if TYPE_CHECKING:
    from strategy.models import RuleSetVersion


def sent_back(version: RuleSetVersion, note: str) -> list[outbox.Message]:
    """The second editor wants something mended."""
    with _language_of(version):
        return _to_holder(version, "sent-back", _("规则集草稿已退回：%(title)s"), note)


def published(version: RuleSetVersion) -> list[outbox.Message]:
    """The draft is what readers use now."""
    with _language_of(version):
        return _to_holder(version, "published", _("规则集已发布：%(title)s"), "")


def _to_holder(version: RuleSetVersion, event: str, subject: str, note: str) -> list[outbox.Message]:
    holder = version.held_by
    if holder is None:
        return []
    place = settings.SITE_URL + reverse("admin:strategy_rulesetversion_change", args=[version.pk])
    text = "\n\n".join(part for part in (note, place) if part) + "\n"
    key = f"rulesetversion:{version.pk}:{version.version}:{event}"
    said = subject % {"title": str(version)}
    return [outbox.Message(key=key, channel=outbox.EMAIL, address=holder.email, subject=said, text=text, person=holder)]


def _language_of(version: RuleSetVersion) -> translation.override:
    return translation.override(getattr(version.held_by, "language", "") or settings.LANGUAGE_CODE)
