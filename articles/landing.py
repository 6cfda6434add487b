"""What a zone's landing shows of its content: public words only.

Tools stand above articles: their app registers how to list them, and is asked by zone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.models import Article, Correction
from portal.localise import localised
from portal.models import Zone
from portal.names import phrases
from portal.templatetags.portal import day, month

# title, phrases (of the title; optional), abstract, url, meta (short texts), is_draft, correction (optional)
Item = dict[str, Any]
Source = Callable[[Zone], list[Item]]
_sources: list[Source] = []


def register_tools(source: Source) -> Source:
    """Add a way to list a zone's tools; called from an app's ready()."""
    if source not in _sources:
        _sources.append(source)
    return source


def tools_of(zone: Zone) -> list[Item]:
    """Return the public face of the zone's tools."""
    return [item for source in _sources for item in source(zone)]


def articles_of(zone: Zone) -> list[Item]:
    """Return the public face of the zone's articles, newest first."""
    rows = list(Article.objects.public_abstracts().filter(zone=zone))
    corrected = [row.pk for row in rows if row.corrected_in]
    newest = {}
    if corrected:
        of_these = Correction.objects.of_public(Article.objects.public_abstracts().filter(pk__in=corrected))
        newest = {one.article_id: one for one in reversed(of_these)}
    return [_face(row, newest.get(row.pk)) for row in rows]


def _face(row: Article, correction: Correction | None) -> Item:
    minutes = row.reading_minutes
    meta = [
        row.get_kind_display(),
        ngettext("约 %(count)d 分钟", "约 %(count)d 分钟", minutes) % {"count": minutes},
    ]
    meta.append(_("%(day)s更新") % {"day": day(row.published_at)})
    if row.checked_up_to:
        meta.append(_("资料查至 %(until)s") % {"until": month(row.checked_up_to)})
    return {
        "title": localised(row, "title"),
        "phrases": phrases(localised(row, "title")),
        "abstract": localised(row, "abstract"),
        "url": reverse("article", kwargs={"zone": row.zone.slug, "slug": row.slug}),
        "meta": meta,
        "is_draft": row.is_clinically_draft,
        "correction": correction and {"at": correction.at, "words": localised(correction, "words")},
    }
