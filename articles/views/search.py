"""Search within a zone: the sentences of its published articles that hold every word asked for."""

from __future__ import annotations

import unicodedata
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles.models import Article, Block
from portal.text import clean_text

MOST_WORDS, MOST_FOUND, LONGEST, AROUND = 5, 50, 60, 40
LEAVES = ("p", "li", "h2", "h3", "h4", "td", "th", "blockquote")  # a list repeats what its items say


@require_safe
def search(request: HttpRequest, zone: str) -> HttpResponse:
    """Blocks of what this person may read, by article, each a link to its place."""
    try:
        asked = clean_text(request.GET.get("q", ""))[:LONGEST]
    except ValidationError as error:
        return render(request, "articles/search.html", {"q": "", "error": error.messages[0]}, status=400)
    found = _found(request, asked) if asked else []
    count = sum(len(group["places"]) for group in found)
    context = {"q": asked, "groups": found, "count": count, "is_cut": count == MOST_FOUND}
    return render(request, "articles/search.html", context)


def _found(request: HttpRequest, asked: str) -> list[dict[str, Any]]:
    place = request.zone  # type: ignore[attr-defined]
    readable = Article.objects.visible_to(request.user).filter(zone=place)
    blocks = Block.objects.filter(revision__in=readable.values("published"), tag__in=LEAVES)
    words = unicodedata.normalize("NFKC", asked).split()[:MOST_WORDS]
    for word in words:
        blocks = blocks.filter(text__icontains=word)
    rows = blocks.select_related("revision__article").order_by("revision__article_id", "position")[:MOST_FOUND]
    return [
        {
            "article": article,
            "places": [{"block_id": row.block_id, "parts": _parts(row.text, words[0])} for row in group],
        }
        for article, group in groupby(rows, key=lambda row: row.revision.article)
    ]


def _parts(text: str, word: str) -> tuple[str, str, str]:
    """Return what stands before the word, the word as written, and what stands after it."""
    at = text.lower().find(word.lower())
    if at < 0:  # the word was split by a fold that the database knows and we do not
        return text[: 2 * AROUND], "", ""
    start, end = max(0, at - AROUND), at + len(word)
    before = ("…" if start else "") + text[start:at]
    after = text[end : end + AROUND] + ("…" if end + AROUND < len(text) else "")
    return before, text[at:end], after
