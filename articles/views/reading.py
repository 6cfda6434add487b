"""Reading: the article, its print page, its published revisions. Behind the gate; every query starts at visible_to."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from articles import drawing, freshness
from articles.models import Article, LastRead, Revision
from articles.threads import first_page
from articles.views.posting import write_context
from portal.names import phrases

CORRECTIONS = 3  # named above the article; the history has them all
IN_HISTORY = ("number", "note", "correction_zh", "correction_en", "published_at", "status", "article_id")
WITH_TEXT = ("published__body",)  # the source is never needed to read


@require_safe
def article(request: HttpRequest, zone: str, slug: str) -> HttpResponse:
    """The article as published, and the newest threads of its discussion."""
    row = find(request, slug)
    before, page = row.last_read, first_page(row, request.user)  # type: ignore[attr-defined]  # see with_last_read
    etag = freshness.etag_of(request, row, page, before)
    if (held := freshness.unchanged(request, etag)) is not None:
        return held
    context = _reading(row, row.published) | write_context(row) | {"page": page, "last_read": before}
    context["corrections"] = row.corrections.order_by("-at")[:CORRECTIONS] if row.corrected_in else []
    LastRead.keep(request.user, row, context["revision"].number, before=before)
    return freshness.marked(request, render(request, "articles/article.html", context), etag)


@require_safe
def print_page(request: HttpRequest, zone: str, slug: str) -> HttpResponse:
    """The article alone, set for paper."""
    row = find(request, slug)
    return render(request, "articles/print.html", _reading(row, row.published, is_print=True))


@require_safe
def history(request: HttpRequest, zone: str, slug: str) -> HttpResponse:
    """Every published revision, newest first, with what changed."""
    row = find(request, slug)
    shown = _shown(request, row).only(*IN_HISTORY)
    return render(request, "articles/history.html", {"article": row, "revisions": shown})


@require_safe
def revision(request: HttpRequest, zone: str, slug: str, number: int) -> HttpResponse:
    """One published revision as it read then."""
    row = find(request, slug)
    shown = _shown(request, row).defer("body").filter(number=number).first()
    if shown is None:
        raise Http404
    context = _reading(row, shown) | {"is_old": shown.pk != row.published_id}
    return render(request, "articles/revision.html", context)


def find(request: HttpRequest, slug: str) -> Article:
    """Return the published article of this zone that the person may read, with its revision; 404 otherwise."""
    place = request.zone  # type: ignore[attr-defined]
    found = Article.objects.visible_to(request.user).with_last_read(request.user)
    found = found.select_related("published").defer(*WITH_TEXT)
    row = get_object_or_404(found, zone=place, slug=slug)
    row.zone = place
    return row


def _shown(request: HttpRequest, row: Article) -> QuerySet[Revision]:
    return Revision.objects.of_visible(Article.objects.visible_to(request.user).filter(pk=row.pk))


def _reading(row: Article, shown: Revision | None, *, is_print: bool = False) -> dict[str, Any]:
    if shown is None:
        raise Http404
    return {
        "article": row,
        "revision": shown,
        "parts": shown.parts(),
        "phrases": phrases(shown.title_zh),
        "contents": shown.contents,
        "references": drawing.references(shown, is_print=is_print),
    }
