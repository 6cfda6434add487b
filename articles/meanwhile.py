"""Public words for people who wait: the abstract of the article they wanted, and that it was revised since."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from accounts.meanwhile import Notice, Reading
from articles.models import Article, Revision
from consent import wanted
from portal.localise import localised
from portal.models import Zone

MOST, NOTICES = 3, 3


def readings(request: HttpRequest, zone: Zone) -> list[Reading]:
    """Return the abstract of the article wanted; where none was, the newest ones of the zone."""
    slug = _slug_wanted(request, zone)
    rows = Article.objects.public_abstracts().filter(zone=zone)
    chosen = list(rows.filter(slug=slug)) if slug else []
    return [_reading(row, is_wanted=row.slug == slug) for row in chosen or rows[:MOST]]


def _slug_wanted(request: HttpRequest, zone: Zone) -> str | None:
    path = wanted.recall(request, zone)
    if path is None:
        return None
    try:
        return resolve(path.partition("?")[0]).kwargs.get("slug")
    except Resolver404:
        return None


def _reading(row: Article, *, is_wanted: bool) -> Reading:
    """What was put right is said in public words; of other revisions only that and when they came."""
    shown = Revision.objects.shown().filter(article=row, number__gt=1).select_related("correction")
    revised = shown.only("number", "published_at", "correction__words_zh", "correction__words_en")[:NOTICES]
    notices = tuple(Notice(one.published_at, _words(one)) for one in revised if one.published_at)
    return Reading(localised(row, "title"), localised(row, "abstract"), is_wanted, notices)


def _words(revision: Revision) -> str:
    """A correction's own words, or only that there is a new wording."""
    correction = getattr(revision, "correction", None)
    if correction is None:
        return _("更新到第 %(number)d 版") % {"number": revision.number}
    return _("更正：%(words)s") % {"words": localised(correction, "words")}
