"""Numbers of the review for the overview: what waits, what was decided, how long it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import review
from accounts.admin.queue import found, professions, row_of
from accounts.models import Decision, Verification

ROWS, SAMPLES = 6, 100
BINS = ((timedelta(hours=1), "solid"), (timedelta(hours=4), "solid"), (timedelta(hours=24), "solid"), (None, "halt"))
KINDS = {Decision.Outcome.APPROVED: "fine", Decision.Outcome.REJECTED: "grey", Decision.Outcome.REFUSED: "halt"}


def numbers(user: Any, *, at: datetime) -> dict[str, Any]:
    """Return what the overview shows to this reviewer."""
    sent = list(Verification.objects.reviewable_by(user).waiting().values_list("submitted_at", flat=True))
    waits = [at - moment for moment in sent]
    counts, labels = _binned(waits), [_("1 时内"), _("1–4 时"), _("4–24 时"), _("超 1 天")]
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    today = Counter(Decision.objects.filter(decided_at__gte=midnight).values_list("outcome", flat=True))
    spans = Decision.objects.order_by("-decided_at", "-pk").annotate(span=F("decided_at") - F("submission__sent_at"))
    minutes = [span.total_seconds() / 60 for span in spans.values_list("span", flat=True)[:SAMPLES]]
    words = professions()
    return {
        "waiting": len(waits),
        "oldest": waits[0].total_seconds() / 60 if waits else 0,
        "waits": _bars(counts, labels),
        "waits_label": _("，").join(
            _("%(label)s %(count)d 件") % {"label": label, "count": count}
            for label, count in zip(labels, counts, strict=True)
        ),
        "mine": review.held_cases(user, at=at).count(),
        "decided": sum(today.values()),
        "decided_bars": _shares(today),
        "decided_label": _("，").join(f"{outcome.label} {today[outcome]}" for outcome in Decision.Outcome),
        "median": median(minutes) if minutes else 0,
        "median_of": len(minutes),
        "rows": [row_of(case, user, words, at=at) for case in found(user, {}, at=at)[:ROWS]],
    }


def _binned(waits: Sequence[timedelta]) -> list[int]:
    counts = [0] * len(BINS)
    for wait in waits:
        counts[next(i for i, (end, _kind) in enumerate(BINS) if end is None or wait < end)] += 1
    return counts


def _bars(counts: Sequence[int], labels: Sequence[str]) -> list[dict[str, Any]]:
    """Bars of a drawing 100 wide and 40 high. Numbers are whole, so that no language writes a comma into them."""
    highest = max(*counts, 1)
    found_bars = []
    for index, (count, label) in enumerate(zip(counts, labels, strict=True)):
        height = round(40 * count / highest)
        found_bars.append(
            {
                "x": 4 + 25 * index,
                "width": 17,
                "y": 40 - height,
                "height": height,
                "kind": BINS[index][1],
                "label": label,
            }
        )
    return found_bars


def _shares(today: Counter[str]) -> list[dict[str, Any]]:
    total, x, bars = sum(today.values()), 0, []
    for outcome, kind in KINDS.items():
        width = round(100 * today[outcome] / total) if total else 0
        if width:
            bars.append({"x": x, "width": max(width - 1, 1), "kind": kind})
        x += width
    return bars
