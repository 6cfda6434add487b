"""What must hold of articles and comments at every moment (portal/invariants.py). There are no likes to count here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext_noop

from articles.models import Article, Comment, Report
from portal.invariants import register


def register_own() -> None:
    """Called once when the app is ready."""
    register("Q17", gettext_noop("评论数与评论不符"), _miscounted)
    register("Q24", gettext_noop("举报与被举报的评论不符"), _overcounted)


def _miscounted(at: datetime) -> Iterator[Any]:
    shown = Count("comments", filter=Q(comments__state=Comment.State.SHOWN))
    yield from Article.objects.order_by().annotate(rows=shown).exclude(rows=F("comment_count")).only("pk")
    in_thread = Count("thread", filter=Q(thread__state=Comment.State.SHOWN))
    roots = Comment.objects.order_by().filter(parent=None)
    yield from roots.annotate(rows=in_thread).exclude(rows=F("shown_in_thread")).only("pk")


def _overcounted(at: datetime) -> Iterator[Any]:
    """Reports that were settled stay as rows: the open ones are some of them, and gone once somebody judged."""
    filed = Count("reports")
    yield from Comment.objects.order_by().annotate(rows=filed).filter(rows__lt=F("reports_open")).only("pk")
    yield from Comment.objects.exclude(reports_open=0).filter(state__in=["HIDDEN", "DELETED"]).only("pk")
    yield from Report.objects.filter(comment__author=F("reporter")).only("pk")
