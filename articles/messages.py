"""What is said to an author when their draft moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.messages import goes_by_sms
from portal import outbox
from portal.localise import localised

if TYPE_CHECKING:
    from accounts.models import User
    from articles.models import Correction, Revision


def sent_back(revision: Revision, note: str) -> list[outbox.Message]:
    """The reviewer wants something mended."""
    with _language_of(revision):
        return _to_author(revision, "sent-back", _("稿件已退回：%(title)s"), note)


def published(revision: Revision) -> list[outbox.Message]:
    """The draft is what readers see now."""
    with _language_of(revision):
        return _to_author(revision, "published", _("稿件已发布：%(title)s"), "")


def corrected(person: User, correction: Correction) -> list[outbox.Message]:
    """What somebody read has been corrected: in public words, with the way there, by the channel they chose."""
    article = correction.article
    with translation.override(person.language or settings.LANGUAGE_CODE):
        said = {
            "title": localised(article, "title"),
            "words": localised(correction, "words"),
            "link": settings.SITE_URL + article.get_absolute_url(),
            "number": correction.number,
        }
        key = f"correction:{correction.pk}:{person.pk}"
        if goes_by_sms(person):
            text = _("您读过的《%(title)s》有更正，见第 %(number)d 版：%(link)s") % said
            return [outbox.Message(key=key, channel=outbox.SMS, address=person.phone, text=text, person=person)]
        subject = _("您读过的文章有更正：%(title)s") % said
        text = _(
            "您好：\n\n您读过的《%(title)s》在第 %(number)d 版作了更正：\n\n%(words)s\n\n更正后的全文：\n%(link)s\n"
        )
    mail = outbox.Message(
        key=key, channel=outbox.EMAIL, address=person.email, subject=subject, text=text % said, person=person
    )
    return [mail]


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
