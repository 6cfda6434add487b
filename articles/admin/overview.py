"""What editors and moderators have before them: drafts for a second pair of eyes, comments held, doubtful claims."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count

from articles.models import Comment, Fact, Revision
from portal.charts import Chart, Kind, by_day, first_midnight

DAYS, ROWS = 14, 5
STYLES = {Comment.State.SHOWN: "fine", Comment.State.HELD: "hollow", Comment.State.HIDDEN: "halt"}


def numbers(user: Any, *, at: datetime) -> dict[str, Any]:
    """Return the numbers and rows of an editor's first page, each in one query; `at` is now."""
    found = Revision.objects.select_related("article__zone", "author").defer("body", "rendered", "contents")
    waiting = found.filter(status=Revision.Status.IN_REVIEW).exclude(author_id=user.pk)
    held = Comment.objects.waiting()
    return {
        "waiting": waiting.count(),
        "waiting_rows": list(waiting.order_by("submitted_at", "pk")[:ROWS]),
        "sent": found.filter(status=Revision.Status.IN_REVIEW, author_id=user.pk).count(),
        "drafts": list(found.filter(status=Revision.Status.DRAFT, author_id=user.pk).order_by("-pk")[:ROWS]),
        "held": held.count(),
        "held_rows": list(held.select_related("article").order_by("created_at", "pk")[:ROWS]),
        "doubtful": Fact.objects.filter(verdict=Fact.Verdict.DISPUTED).count(),
        "outdated": Fact.objects.filter(verdict=Fact.Verdict.OUTDATED).count(),
        "bare": Fact.objects.filter(evidence=None).count(),
        "comments": comments_by_day(at),
    }


def comments_by_day(at: datetime) -> Chart:
    """The comments of the last days by how they stand now."""
    rows = Comment.objects.filter(created_at__gte=first_midnight(at, DAYS), state__in=list(STYLES))
    counted = rows.values_list("created_at__date", "state").annotate(Count("pk")).order_by()
    return by_day(counted, {s: Kind(style, str(s.label)) for s, style in STYLES.items()}, at=at, days=DAYS)
