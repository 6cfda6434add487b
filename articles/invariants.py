"""What must hold of articles and comments at every moment (portal/invariants.py). There are no likes to count here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext_noop

from articles.models import Article, Comment
from portal.invariants import register


def register_own() -> None:
    """Called once when the app is ready."""
    register("Q17", gettext_noop("评论数与评论不符"), _miscounted)


def _miscounted(at: datetime) -> Iterator[Any]:
    shown = Count("comments", filter=Q(comments__state=Comment.State.SHOWN))
    yield from Article.objects.order_by().annotate(rows=shown).exclude(rows=F("comment_count")).only("pk")
    in_thread = Count("thread", filter=Q(thread__state=Comment.State.SHOWN))
    roots = Comment.objects.order_by().filter(parent=None)
    yield from roots.annotate(rows=in_thread).exclude(rows=F("shown_in_thread")).only("pk")
