"""Reporting a comment to the moderators: a reason from a list, once a person. Its author never learns who."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from articles.forms import ReportForm
from articles.limits import may_report, with_wait
from articles.models import Comment, Report
from articles.models.comment import CommentMoved
from articles.models.report import AlreadyReported
from articles.views.discussion import find
from articles.views.posting import is_part, place, readable


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, zone: str, slug: str, public_id: uuid.UUID) -> HttpResponse:
    """GET: the reasons to choose from. POST: one report."""
    article = find(request, slug)
    comment = readable(request, article, public_id)
    if comment.author_id == request.user.pk:  # one's own is deleted, not reported
        raise Http404
    context = {"article": article, "comment": comment, "form": ReportForm(), "error_id": f"reason-{comment.public_id}"}
    if request.method != "POST":
        return _form(request, context, 200)
    form = context["form"] = ReportForm(request.POST)
    if form.is_valid() and not may_report(request.user):
        form.add_error("reason", _("举报得太频繁了，请过几分钟再试。"))
        return _form(request, context, 429)
    if not form.is_valid():
        return _form(request, context, 422)
    words = _file(comment, request.user, form.cleaned_data["reason"])
    if is_part(request):
        return render(request, "articles/_reported.html", {"words": words})
    messages.success(request, words)
    return redirect(place("comments", article, comment=str(comment.public_id)))


def _file(comment: Comment, person: Any, reason: str) -> str:
    """Return what the reader is told."""
    try:
        Report.file(comment, by=person, reason=reason, at=timezone.now())
    except AlreadyReported:
        return _("您已经举报过这条评论，管理员会处理。")
    except CommentMoved:
        return _("这条评论已经不再显示，不必举报了。")
    return _("已收到举报，管理员会查看。被举报的人不会知道是谁举报的。")


def _form(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    name = "articles/_report.html" if is_part(request) else "articles/report.html"
    return with_wait(render(request, name, context, status=status))
