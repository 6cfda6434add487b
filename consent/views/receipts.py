"""Receipts: the page, the file, the print; withdrawal beside them, and what it did. Only their owner's."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Verification
from consent import actions, receipts
from consent.models import ConsentRecord
from consent.processing import purpose_of
from consent.sender import sender_hashes

SHOWN = ("version__agreement", "zone", "entry", "person")


@require_safe
def receipt(request: HttpRequest, public_id: str) -> HttpResponse:
    """One's own consent: what was shown, what was answered, when, and how that is proved."""
    row = _own(request, public_id)
    context = {**_shown(row), **receipts.standing_of(row)}
    return render(request, "consent/receipt.html", context)


@require_safe
def receipt_print(request: HttpRequest, public_id: str) -> HttpResponse:
    """The receipt on paper, with the text in full."""
    return render(request, "consent/receipt_print.html", _shown(_own(request, public_id)))


@require_safe
def receipt_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """The receipt as a file, to be kept and checked without us."""
    row = _own(request, public_id)
    headers = {"Content-Disposition": f'attachment; filename="{receipts.file_name(row)}"'}
    return HttpResponse(receipts.as_file(row), content_type="application/json", headers=headers)


@require_http_methods(["POST"])
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Withdraw a consent that stands; the next request already feels it."""
    row = _own(request, public_id)
    done = actions.withdraw(row, at=timezone.now(), form="me", **sender_hashes(request))
    if done is None:  # a second click, a second tab: what was done is said again
        done = receipts.latest_of(row)
        if done.answer != ConsentRecord.Answer.WITHDRAWN:
            messages.warning(request, _("这项同意已不在有效状态，未作更改。"))
            return redirect("receipt", public_id=row.public_id)
    return redirect("withdrawn", public_id=done.public_id)


@require_safe
def withdrawn(request: HttpRequest, public_id: str) -> HttpResponse:
    """What this withdrawal did, and how one comes back."""
    row = _own(request, public_id)
    if row.answer != ConsentRecord.Answer.WITHDRAWN or row.zone is None:
        raise Http404
    case = Verification.objects.owned_by(request.user).first()  # type: ignore[arg-type]
    context = {
        "row": row,
        "case": case,
        "is_held": bool(case and case.status == Verification.Status.PENDING and case.held_since),
        "key_days": settings.EVIDENCE_KEY_DAYS,
        "answers_deleted": row.entry.payload.get("answers_deleted", 0) if row.entry else 0,
        "is_latest": receipts.ended_by(row) is None,
    }
    return render(request, "consent/withdrawn.html", context)


def _shown(row: ConsentRecord) -> dict[str, Any]:
    return {
        "row": row,
        "later": receipts.ended_by(row),
        "proof": receipts.proof(row),
        "purpose": purpose_of(row.kind),
        "file_name": receipts.file_name(row),
        "is_text_whole": receipts.is_text_whole(row),
    }


def _own(request: HttpRequest, public_id: str) -> ConsentRecord:
    """The person's own record; another's answers as a missing one does."""
    return get_object_or_404(ConsentRecord.objects.owned_by(request.user).select_related(*SHOWN), public_id=public_id)
