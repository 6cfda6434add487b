"""The overview of the review: what waits, how long it takes, what was decided, why not, by whom.

Counted by the database: the number of queries is the same for ten cases and for a hundred thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median, quantiles
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import review
from accounts.admin.queue import found, professions, row_of, target
from accounts.models import Claim, Decision, Proposal, User, Verification
from accounts.models.reason import ReasonVersion
from portal.charts import Chart, columns_of, lengths_of, stacks_of
from portal.localise import localised

ROWS, SAMPLES, DAYS, MOST_REASONS, MOST_REVIEWERS = 6, 500, 30, 8, 20
PARTS = (0.125, 0.25, 0.5, 1.0, 2.0)  # ends of the bins of waits, as shares of the target
KINDS = {"APPROVED": "fine", "REJECTED": "grey", "REFUSED": "halt"}


def numbers(user: Any, *, at: datetime) -> dict[str, Any]:
    """Return what the overview shows to this reviewer."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    days = _per_day(midnight)
    today = days[-1][1]
    waits, spans = _waiting(user, at), _spans(at)
    return {
        "at": at,
        "target": settings.REVIEW_TARGET_HOURS,
        "waiting": waits["count"],
        "oldest": (at - waits["oldest"]).total_seconds() / 60 if waits["oldest"] else 0,
        "late": waits["late"],
        "ages": _ages(waits),
        "mine": review.held_cases(user, at=at).count(),
        "second": Proposal.objects.open().filter(verification__status="PENDING").exclude(proposed_by=user.pk).count(),
        "decided": sum(today.values()),
        "decided_words": _("，").join(f"{outcome.label} {today[outcome]}" for outcome in Decision.Outcome),
        "spans": _distribution(spans),
        "median": median(spans) if spans else 0,
        "median_of": len(spans),
        "slowest_tenth": quantiles(spans, n=10)[-1] if len(spans) > 1 else 0,
        "days": _days(days),
        "reasons": _reasons(at),
        "load": _load(at, midnight),
        "rows": [row_of(case, user, professions(), at=at) for case in found(user, {}, at=at)[:ROWS]],
    }


def _bins() -> list[tuple[float, float | None]]:
    """Return the bins of waits, in minutes: (from, to), the last one open."""
    ends = [share * target().total_seconds() / 60 for share in PARTS]
    return list(zip([0.0, *ends], [*ends, None], strict=True))


def _labels() -> list[str]:
    return [f"{low / 60:g}–{high / 60:g}" if high else f"{low / 60:g}+" for low, high in _bins()]


def _kinds() -> list[str]:
    limit = target().total_seconds() / 60
    return ["halt" if low >= limit else "solid" for low, _high in _bins()]


def _waiting(user: Any, at: datetime) -> dict[str, Any]:
    """Count what waits by how long, in one query."""
    parts: dict[str, Any] = {}
    for index, (low, high) in enumerate(_bins()):
        part = Q(submitted_at__lte=at - timedelta(minutes=low))
        parts[f"bin{index}"] = Count(
            "pk", filter=part & Q(submitted_at__gt=at - timedelta(minutes=high)) if high else part
        )
    rows = Verification.objects.reviewable_by(user).waiting().order_by()
    late = Count("pk", filter=Q(submitted_at__lt=at - target()))
    found_counts: dict[str, Any] = rows.aggregate(count=Count("pk"), late=late, **parts)
    first = Verification.objects.reviewable_by(user).waiting().values_list("submitted_at", flat=True).first()
    return found_counts | {"oldest": first}


def _ages(waits: Mapping[str, Any]) -> Chart:
    counts = [waits[f"bin{index}"] for index in range(len(_bins()))]
    words = _("按已等待的小时数：%(rows)s。目标 %(hours)d 小时。") % {
        "rows": _("，").join(f"{label} {count}" for label, count in zip(_labels(), counts, strict=True)),
        "hours": settings.REVIEW_TARGET_HOURS,
    }
    return _hours(counts, words, _("等待（小时）"))


def _spans(at: datetime) -> list[float]:
    """Return what the last decisions of 30 days took, in minutes; at most SAMPLES of them."""
    recent = Decision.objects.filter(decided_at__gt=at - timedelta(days=DAYS)).order_by("-decided_at", "-pk")
    spans = recent.annotate(span=F("decided_at") - F("submission__sent_at")).values_list("span", flat=True)
    return [span.total_seconds() / 60 for span in spans[:SAMPLES]]


def _distribution(spans: list[float]) -> Chart:
    counts = [sum(low <= span and (high is None or span < high) for span in spans) for low, high in _bins()]
    words = _("最近 %(count)d 件决定，按用时的小时数：%(rows)s。") % {
        "count": len(spans),
        "rows": _("，").join(f"{label} {count}" for label, count in zip(_labels(), counts, strict=True)),
    }
    return _hours(counts, words, _("用时（小时）"))


def _hours(counts: list[int], words: str, column: str) -> Chart:
    labels = _labels()
    rows = [[label, count] for label, count in zip(labels, counts, strict=True)]
    return Chart(columns_of(counts, _kinds()), words, [column, _("件")], rows, ticks=labels)


def _per_day(midnight: datetime) -> list[tuple[Any, Counter[str]]]:
    """Return the outcomes of each of the last 30 days, today last."""
    first = midnight - timedelta(days=DAYS - 1)
    counted = Decision.objects.filter(decided_at__gte=first).annotate(day=TruncDate("decided_at"))
    found_days: dict[Any, Counter[str]] = {}
    for row in counted.values("day", "outcome").annotate(count=Count("pk")).order_by("day"):
        found_days.setdefault(row["day"], Counter())[row["outcome"]] = row["count"]
    dates = [(first + timedelta(days=number)).date() for number in range(DAYS)]
    return [(date, found_days.get(date, Counter())) for date in dates]


def _days(days: list[tuple[Any, Counter[str]]]) -> Chart:
    outcomes = list(Decision.Outcome)
    totals = {outcome: sum(day[outcome] for _date, day in days) for outcome in outcomes}
    words = _("近 30 天：%(rows)s。") % {"rows": _("，").join(f"{o.label} {totals[o]}" for o in outcomes)}
    rows = [[date.isoformat(), *(day[outcome] for outcome in outcomes)] for date, day in days if day]
    columns = [_("日期"), *(str(outcome.label) for outcome in outcomes)]
    ticks = [f"{days[index][0]:%m-%d}" for index in (0, len(days) // 2, len(days) - 1)]
    return Chart(stacks_of([day for _date, day in days], KINDS), words, columns, rows, ticks=ticks)


def _reasons(at: datetime) -> list[dict[str, Any]]:
    """Return the reasons of 30 days, the most frequent first."""
    since = Q(decisions__decided_at__gt=at - timedelta(days=DAYS))
    counted = ReasonVersion.objects.filter(since).values("reason__code", "reason__text_zh", "reason__text_en")
    rows = list(counted.annotate(count=Count("decisions")).order_by("-count", "reason__code")[:MOST_REASONS])
    lengths = lengths_of([row["count"] for row in rows])
    return [
        {
            "text": localised({"text_zh": row["reason__text_zh"], "text_en": row["reason__text_en"]}, "text"),
            "count": row["count"],
            "length": length,
        }
        for row, length in zip(rows, lengths, strict=True)
    ]


def _load(at: datetime, midnight: datetime) -> list[dict[str, Any]]:
    """Return what each reviewer did in 30 days and today, and holds now: two queries."""
    recent = Q(decisions__decided_at__gt=at - timedelta(days=DAYS))
    rows = User.objects.filter(recent).annotate(
        count=Count("decisions", filter=recent),
        today=Count("decisions", filter=Q(decisions__decided_at__gte=midnight)),
    )
    held = dict(Claim.objects.running(at).values_list("reviewer_id").annotate(count=Count("pk")))
    people = list(rows.order_by("-count", "pk")[:MOST_REVIEWERS])
    lengths = lengths_of([person.count for person in people])
    return [
        {
            "name": str(person),
            "count": person.count,
            "today": person.today,
            "held": held.get(person.pk, 0),
            "length": length,
        }
        for person, length in zip(people, lengths, strict=True)
    ]
