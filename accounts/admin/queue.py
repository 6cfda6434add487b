"""The queue: what waits, oldest first; filters and search. The changelist of verification cases."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Claim, QuestionSet, Submission, User, Verification
from portal import keys
from portal.localise import localised
from portal.text import CleanCharField

PAGE = 50
LATE = timedelta(hours=24)  # from here on a waiting case is marked late
NUMBER = re.compile(r"^V-?([0-9A-F]{6})$", re.IGNORECASE)
ALL = "ALL"


class QueueForm(forms.Form):
    """What of the queue to show; nothing chosen means what waits."""

    q = CleanCharField(label=gettext_lazy("搜索"), max_length=254, required=False)
    status = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    profession = forms.ChoiceField(label=gettext_lazy("职业"), required=False)
    mine = forms.BooleanField(label=gettext_lazy("由我处理"), required=False)
    again = forms.BooleanField(label=gettext_lazy("再次提交"), required=False)

    def __init__(self, *args: Any, professions: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        status: Any = self.fields["status"]
        status.choices = [("", _("待审")), *Verification.Status.choices[1:], (ALL, _("全部"))]
        profession: Any = self.fields["profession"]
        profession.choices = [("", _("全部职业")), *professions.items()]
        self.fields["q"].widget.attrs["class"] = "input"
        for name in ("status", "profession"):
            self.fields[name].widget.attrs["class"] = "input"


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
    if wanted.get("profession"):
        rows = rows.filter(profession=wanted["profession"])
    if wanted.get("again"):
        rows = rows.filter(current__number__gt=1)
    running = Claim.objects.running(at)
    if wanted.get("mine"):
        rows = rows.filter(Exists(running.filter(verification=OuterRef("pk"), reviewer_id=user.pk)))
    if query:
        rows = rows.filter(_matches(query))
    rows = rows.select_related("owner", "current__previous__decision", "decided_by")
    rows = rows.prefetch_related(Prefetch("claims", running.select_related("reviewer"), to_attr="running"))
    return rows.order_by("submitted_at", "pk") if status == "PENDING" else rows.order_by("-submitted_at", "-pk")


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
    previous = getattr(case.current.previous, "decision", None) if case.current.previous_id else None
    return {
        "case": case,
        "name": masked(case.owner.display_name),
        "profession": words.get(case.profession, case.profession),
        "number": case.current.number,
        "is_appeal": bool(case.current.appeal),
        "is_waiting": case.status == Verification.Status.PENDING,
        "minutes": (at - case.submitted_at).total_seconds() / 60,
        "is_late": at - case.submitted_at > LATE,
        "holder": claim.reviewer if claim else None,
        "is_mine": bool(claim and claim.reviewer_id == user.pk),
        "needs_other": bool(case.current.appeal and previous and previous.decided_by_id == user.pk),
    }


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
    }
    return TemplateResponse(request, "admin/accounts/verification/queue.html", context)
