"""What is said to an author when their draft moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from portal import outbox

if TYPE_CHECKING:
    from articles.models import Revision


def sent_back(revision: Revision, note: str) -> list[outbox.Message]:
    """The reviewer wants something mended."""
    with _language_of(revision):
        return _to_author(revision, "sent-back", _("稿件已退回：%(title)s"), note)


def published(revision: Revision) -> list[outbox.Message]:
    """The draft is what readers see now."""
    with _language_of(revision):
        return _to_author(revision, "published", _("稿件已发布：%(title)s"), "")


def _to_author(revision: Revision, event: str, subject: str, note: str) -> list[outbox.Message]:
    author = revision.author
    if author is None:
        return []
    place = settings.SITE_URL + reverse("admin:articles_revision_change", args=[revision.pk])
    text = "\n\n".join(part for part in (note, place) if part) + "\n"
    key = f"revision:{revision.pk}:{revision.version}:{event}"
    said = subject % {"title": revision.title_zh}
    return [outbox.Message(key=key, channel=outbox.EMAIL, address=author.email, subject=said, text=text, person=author)]


def _language_of(revision: Revision) -> translation.override:
    return translation.override(getattr(revision.author, "language", "") or settings.LANGUAGE_CODE)
