"""A person's case as a whole: its history, who looked at the evidence, and revoking."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.admin import checking, dossier
from accounts.admin.access import conflict, reviewable
from accounts.models import EvidenceView, NotAllowed, Submission, Verification
from portal.text import CleanCharField
from portal.workflow import TransitionError

VIEWS_SHOWN = 200


class RevokeForm(forms.Form):
    """Why an approval is taken back; its owner reads it."""

    reason = CleanCharField(
        label=gettext_lazy("撤销原因"),
        max_length=500,
        paragraphs=True,
        help_text=gettext_lazy("本人会在通知和页面上看到这段话。"),
        widget=forms.Textarea(attrs={"class": "input", "rows": 4}),
        error_messages={"required": gettext_lazy("请写明原因，本人会看到。")},
    )


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Submissions with their checks, proposals, decisions, events, and who looked at the evidence."""
    case = reviewable(request, pk)
    sent = list(Submission.objects.sent().filter(verification=case).order_by("-number"))
    said = checking.said_of([row.pk for row in sent])
    views = EvidenceView.objects.filter(evidence__owner_id=case.owner_id).select_related("viewer", "evidence")
    context = {
        "title": _("%(case)s 的经过") % {"case": case.case_number},
        "case": case,
        "submissions": [(row, said.get(row.pk, [])) for row in sent],
        "proposals": case.proposals.select_related("proposed_by", "closed_by").order_by("-proposed_at", "-pk"),
        "decisions": dossier.decisions(case),
        "events": dossier.events(case),
        "views": views.order_by("-viewed_at", "-pk")[:VIEWS_SHOWN],
        "claims": case.claims.select_related("reviewer").order_by("-claimed_at", "-pk")[:VIEWS_SHOWN],
    }
    return render(request, "admin/accounts/verification/history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an approval back, with a reason; the person is out at their next request."""
    user: Any = request.user
    if not user.has_perm("accounts.revoke_verification"):
        raise PermissionDenied(_("您没有撤销认证的权限。"))
    case = reviewable(request, pk)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            case.revoke(by=user, reason=form.cleaned_data["reason"], at=timezone.now())
        except TransitionError as error:
            words = dict(Verification.Status.choices)[error.stored.status]
            return conflict(request, case, _("这件案件现在是「%(status)s」，不能撤销。") % {"status": words})
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        messages.success(request, _("%(case)s 的认证已撤销，已通知本人。") % {"case": case.case_number})
        return redirect("admin:accounts_verification_history", pk)
    context = {"title": _("撤销 %(case)s 的认证") % {"case": case.case_number}, "case": case, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "admin/accounts/verification/revoke.html", context, status=status)
