"""The queue: what waits, oldest first; filters and search. The changelist of verification cases."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import membership
from accounts.admin.filters import ALL, QueueForm
from accounts.models import Claim, Proposal, QuestionSet, Submission, User, Verification
from portal import keys
from portal.localise import localised

PAGE = 50
NEAR = 0.75  # of the target: from here on a waiting case is nearly late
NUMBER = re.compile(r"^V-?([0-9A-F]{6})$", re.IGNORECASE)
AGES = {  # key -> (words, the badge's kind, its sign); a colour never stands without its word
    "in": (gettext_lazy("目标内"), "", ""),
    "near": (gettext_lazy("将超时"), "draft", ""),
    "over": (gettext_lazy("已超时"), "stop", ""),
}


def target() -> timedelta:
    """Within what time a case is to be decided."""
    return timedelta(hours=settings.REVIEW_TARGET_HOURS)


def age_of(waited: timedelta) -> str:
    """Return which of AGES a wait is in."""
    return "over" if waited > target() else "near" if waited > NEAR * target() else "in"


def professions() -> dict[str, str]:
    """Return the professions of the profile in force: code to words."""
    current = QuestionSet.objects.current_profile()
    question = current.questions.filter(key="profession").first() if current else None
    return {
        str(row["value"]): localised({"words_zh": row.get("zh"), "words_en": row.get("en")}, "words")
        for row in (question.choices if question else [])
    }


def found(user: User, wanted: dict[str, Any], *, at: datetime) -> QuerySet[Verification]:
    """Return the cases asked for, starting at what this person may open."""
    rows = Verification.objects.reviewable_by(user)
    query = wanted.get("q") or ""
    status = wanted.get("status") or (ALL if query else Verification.Status.PENDING)
    if status != ALL:
        rows = rows.filter(status=status)
    running, proposed = Claim.objects.running(at), Proposal.objects.open().select_related("proposed_by")
    rows = rows.filter(_narrowed(user, wanted, running, at))
    if query:
        rows = rows.filter(_matches(query))
    rows = rows.select_related("owner", "current__previous__decision", "decided_by")
    rows = rows.prefetch_related(
        Prefetch("claims", running.select_related("reviewer"), to_attr="running"),
        Prefetch("proposals", proposed, to_attr="proposed"),
    )
    return rows.order_by("submitted_at", "pk") if status == "PENDING" else rows.order_by("-submitted_at", "-pk")


def _narrowed(user: User, wanted: dict[str, Any], running: QuerySet[Claim], at: datetime) -> Q:
    """The filters besides status and search."""
    kept = Q()
    if wanted.get("profession"):
        kept &= Q(profession=wanted["profession"])
    if wanted.get("again"):
        kept &= Q(current__number__gt=1)
    if wanted.get("mine"):
        kept &= Q(Exists(running.filter(verification=OuterRef("pk"), reviewer_id=user.pk)))
    if wanted.get("second"):
        kept &= Q(Exists(Proposal.objects.open().filter(verification=OuterRef("pk"))))
    if wanted.get("reviewer"):
        held = Exists(running.filter(verification=OuterRef("pk"), reviewer_id=wanted["reviewer"]))
        kept &= Q(held) | Q(decided_by_id=wanted["reviewer"])
    if wanted.get("zone"):
        kept &= Q(owner_id__in=membership.people_of(wanted["zone"]))
    if wanted.get("age"):
        kept &= Q(status="PENDING") & _of_age(wanted["age"], at)
    return kept


def _of_age(age: str, at: datetime) -> Q:
    late, nearly = at - target(), at - NEAR * target()
    if age == "over":
        return Q(submitted_at__lt=late)
    return Q(submitted_at__gte=late, submitted_at__lt=nearly) if age == "near" else Q(submitted_at__gte=nearly)


def _matches(query: str) -> Q:
    """A case number, a name in part, a whole e-mail address, or a whole licence number by its blind index."""
    number = NUMBER.match(query)
    licence = Submission.objects.sent().filter(
        verification=OuterRef("pk"), licence_index=keys.blind_index("licence", query)
    )
    wanted = Q(owner__display_name__icontains=query) | Q(owner__email=User.objects.normalize_email(query))
    wanted |= Q(Exists(licence))
    if number:
        prefix = number[1].lower()
        wanted |= Q(public_id__range=(uuid.UUID(prefix.ljust(32, "0")), uuid.UUID(prefix.ljust(32, "f"))))
    return wanted


def masked(name: str) -> str:
    """The first character and stars: enough to tell two rows apart, no more than the queue needs."""
    return f"{name[0]}{'*' * min(len(name) - 1, 3)}" if name else "—"


def row_of(case: Any, user: User, words: dict[str, str], *, at: datetime) -> dict[str, Any]:
    """What one line of the queue says."""
    claim = case.running[0] if case.running else None
    proposal = case.proposed[0] if case.proposed else None
    waited = at - case.submitted_at
    label, kind, _sign = AGES[age_of(waited)]
    return {
        "case": case,
        "name": masked(case.owner.display_name),
        "profession": words.get(case.profession, case.profession),
        "number": case.current.number,
        "is_appeal": bool(case.current.appeal),
        "is_waiting": case.status == Verification.Status.PENDING and case.held_since is None,
        "is_held_back": case.status == Verification.Status.PENDING and case.held_since is not None,
        "minutes": waited.total_seconds() / 60,
        "age": label,
        "age_kind": kind,
        "holder": claim.reviewer if claim else None,
        "is_mine": bool(claim and claim.reviewer_id == user.pk),
        "proposal": proposal,
        "is_own_proposal": bool(proposal and proposal.proposed_by_id == user.pk),
        "needs_other": bool(case.current.appeal) and user.pk in _judges(case),
    }


def _judges(case: Verification) -> set[int | None]:
    """Who decided, confirmed, proposed or revoked what is appealed against: none of them judges the appeal."""
    previous = getattr(case.current.previous, "decision", None) if case.current.previous_id else None
    return {case.revoked_by_id, *((previous.decided_by_id, previous.proposed_by_id) if previous else ())}


def queue_page(request: HttpRequest) -> HttpResponse:
    """Show the queue."""
    user: Any = request.user
    now, words = timezone.now(), professions()
    form = QueueForm(request.GET or None, professions=words)
    form.is_valid()
    wanted = getattr(form, "cleaned_data", {})  # what is no valid filter is said beside it and filters nothing
    page = Paginator(found(user, wanted, at=now), PAGE).get_page(request.GET.get("p"))
    address = request.GET.copy()
    address.pop("p", None)
    context = {
        "title": _("审核"),
        "form": form,
        "page": page,
        "address": address.urlencode(),
        "rows": [row_of(case, user, words, at=now) for case in page],
        "is_filtered": any(wanted.values()),
        "target_hours": settings.REVIEW_TARGET_HOURS,
    }
    return TemplateResponse(request, "admin/accounts/verification/queue.html", context)
