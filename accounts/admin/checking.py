"""The list of checks at the desk: what was answered, by whom and when; recording answers while the page is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.admin.access import reviewable, reviewer_of
from accounts.admin.decision_form import ChecksForm, field_of
from accounts.models import Check, NotAllowed, Submission
from portal.templatetags.portal import moment


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the list as the page shows it; options are (value, words, is it chosen, is it good)."""

    kind: str
    field: str
    label: str
    is_required: bool
    is_register: bool
    options: tuple[tuple[str, str, bool, bool], ...]
    noted: str
    errors: tuple[str, ...]


def items(submission: Submission, form: ChecksForm | None, typed: Any) -> list[Item]:
    """Return the list for the page: what was just chosen before what is stored."""
    stored, words = Check.objects.latest_of(submission), dict(Check.Result.choices)
    found = []
    for kind, label in Check.Kind.choices:
        row, name = stored.get(kind), field_of(kind)
        chosen = typed.get(name) or (row.result if row else "")
        options = tuple(
            (result, str(words[result]), result == chosen, result in Check.GOOD) for result in Check.OFFERED[kind]
        )
        errors = tuple(str(error) for error in form.errors.get(name, ())) if form is not None else ()
        found.append(
            Item(
                kind=kind,
                field=name,
                label=str(label),
                is_required=kind in settings.REQUIRED_CHECKS,
                is_register=kind == Check.Kind.REGISTER,
                options=options,
                noted=noted(row) if row else "",
                errors=errors,
            )
        )
    return found


def noted(row: Check) -> str:
    """Who answered, when: the register's answer says when it was looked up."""
    words = {"name": row.checked_by, "at": moment(row.checked_at)}
    if row.kind == Check.Kind.REGISTER:
        return _("%(name)s 于 %(at)s 查询") % words
    return _("%(name)s 于 %(at)s 核对") % words


@require_POST
def checks(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what is ticked, while the page stays open; answers {field: who and when}, or 409 with why not."""
    case, user = reviewable(request, pk), reviewer_of(request)
    form = ChecksForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"reason": _("没有这种结果。")}, status=400)
    try:
        Check.note(case, form.answers(), by=user, at=timezone.now())
    except NotAllowed as refusal:
        return JsonResponse({"reason": str(refusal)}, status=409)
    stored = Check.objects.latest_of(case.current)
    return JsonResponse({field_of(kind): noted(row) for kind, row in stored.items()})


def said_of(submissions: list[int]) -> dict[int, list[tuple[datetime, str]]]:
    """Return every recorded answer of these submissions in words, by submission, oldest first."""
    rows = Check.objects.filter(submission__in=submissions).select_related("checked_by").order_by("pk")
    found: dict[int, list[tuple[datetime, str]]] = {}
    for row in rows:
        words = {"item": row.get_kind_display(), "result": row.get_result_display(), "name": row.checked_by}
        line = _("%(item)s：%(result)s（%(name)s）") % words
        found.setdefault(row.submission_id, []).append((row.checked_at, line))
    return found
