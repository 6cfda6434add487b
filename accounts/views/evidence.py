"""上传资质: files into the draft, the draft to the reviewers, a file to those who may see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import drafts, uploads
from accounts import evidence as store
from accounts.judging import JudgingUnavailable
from accounts.models import Evidence, EvidenceView, Submission
from portal.idempotency import once
from portal.localise import localised
from portal.purposes import OWNER, REVIEW, purpose
from portal.workflow import TransitionError

SANDBOX = "sandbox; default-src 'none'"


@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest, zone: str) -> HttpResponse:
    """Show the draft's files; take new ones; decision=submit sends the draft, once all files of the post are kept."""
    draft = drafts.draft_of(request.user)
    if draft is None:
        return redirect("gate", zone=zone)
    if request.method != "POST":
        return _page(request, draft)
    if request.FILES and store.is_above_watermark():
        return _page(
            request,
            draft,
            status=503,
            trouble=_("服务器的存储空间快满了，暂时不收新文件。已传的不受影响，请稍后再传。"),
        )
    # Judging takes seconds and runs before any transaction.
    room = max(settings.EVIDENCE_MAX_FILES - draft.evidence.count(), 0)
    try:
        judged = uploads.judge_all(request.FILES.getlist("files"), room=room, free=store.free_bytes(draft.owner))
        if judged.refused:
            store.record_refusals(draft, [file.code for file in judged.refused], at=timezone.now())
        if judged.refused and not judged.accepted:
            return _page(request, draft, status=422, refused=judged.refused)
        with store.staged(draft.owner, judged.accepted, at=timezone.now()) as rows:
            response = _keep_and_send(request, draft, rows, is_clean=not judged.refused)
    except JudgingUnavailable:
        return _page(request, draft, status=503, trouble=_("现在无法检查文件，这次没有保存。请过几分钟再传。"))
    except store.StoreBroken:
        return _page(request, draft, status=503, trouble=_("现在无法保存文件，这次没有保存。请过几分钟再传。"))
    except (store.StoreFull, uploads.NoRoom, OperationalError) as error:
        if isinstance(error, OperationalError) and "full" not in str(error):
            raise
        return _page(request, draft, status=507, trouble=_("存储空间已满，这次没有保存。请稍后再传，已传的不受影响。"))
    if judged.refused and response.status_code < 400:  # some were kept: say so, and why the others were not
        return _page(request, draft, status=422, refused=judged.refused)
    return response


@once
def _keep_and_send(
    request: HttpRequest, draft: Submission, rows: Sequence[Evidence], *, is_clean: bool
) -> HttpResponse:
    zone = request.zone.slug  # type: ignore[attr-defined]
    try:
        if rows:
            store.keep(draft, rows)
        if request.POST.get("decision") != "submit":
            return redirect("evidence", zone=zone) if rows else _nothing_chosen(request, draft)
        if is_clean:
            drafts.send(draft, at=timezone.now())
        return redirect("gate", zone=zone)
    except store.LimitReached as limit:
        return _page(request, draft, status=422, trouble=str(limit))
    except drafts.Incomplete as incomplete:
        return _incomplete(request, draft, incomplete.lacking)
    except TransitionError:
        reason = _("这份资料已经提交过了，或案件刚有变化，这次未作更改。请打开「我的」查看现在的状态。")
        return render(request, "409.html", {"reason": reason}, status=409)


def _nothing_chosen(request: HttpRequest, draft: Submission) -> HttpResponse:
    return _page(request, draft, status=422, trouble=_("请先选择要上传的文件。"))


def _incomplete(request: HttpRequest, draft: Submission, lacking: str) -> HttpResponse:
    if lacking == "profile":
        trouble = _("「完善信息」还没有填完整，请先补全再提交。")
        return _page(request, draft, status=422, trouble=trouble, lacks_profile=True)
    return _page(request, draft, status=422, trouble=_("还没有可用的文件。请先上传执业证书的信息页，再提交审核。"))


def _page(request: HttpRequest, draft: Submission, *, status: int = 200, **more: Any) -> HttpResponse:
    previous = draft.previous
    complaints = drafts.complaints(draft)
    is_faulted = drafts.EVIDENCE in complaints
    old = set(previous.evidence.values_list("pk", flat=True)) if previous and is_faulted else set()
    files = [(row, row.pk in old) for row in draft.evidence.order_by("pk")]
    context = {
        "files": files,
        "complaints": [localised(reason, "text") for reason in complaints.get(drafts.EVIDENCE, [])],
        "is_again": previous is not None,
        "room": settings.EVIDENCE_MAX_FILES - len(files),
        "most": settings.EVIDENCE_MAX_FILES,
        "max_bytes": settings.EVIDENCE_MAX_BYTES,
        **more,
    }
    return render(request, "accounts/evidence.html", context, status=status)


@require_POST
def discard(request: HttpRequest, zone: str, public_id: str) -> HttpResponse:
    """Take one's own file out of the draft."""
    draft = drafts.draft_of(request.user)
    if draft is None:
        return redirect("gate", zone=zone)
    row = get_object_or_404(draft.evidence.all(), public_id=public_id)
    store.discard(draft, row, at=timezone.now())
    return redirect("evidence", zone=zone)


@require_safe
def file(request: HttpRequest, public_id: str) -> HttpResponse:
    """One page of a file: to its owner, or at the desk to the reviewer who holds the case, which is recorded first."""
    reader: Any = request.user
    files = Evidence.objects.select_related("owner")
    row = files.owned_by(reader).filter(public_id=public_id).first()
    is_owner = row is not None
    if row is None and admin.site.has_permission(request):
        row = files.held_by(reader).filter(public_id=public_id).first()
    number = _page_number(request)
    if row is None or not 1 <= number <= row.pages:
        raise Http404
    try:
        with purpose(OWNER if is_owner else REVIEW, by=reader, of=row.owner) as access:
            content = store.open_page(row, number)
    except store.Gone:
        return render(request, "accounts/evidence_gone.html", status=410)
    if not is_owner:
        EvidenceView.objects.create(
            evidence=row, viewer=reader, page=number, purpose=access.purpose, viewed_at=timezone.now()
        )
    response = HttpResponse(content, content_type="image/jpeg")
    name = f"{row.name.rpartition('.')[0] or row.name}-{number}.jpg"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or "inline"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
