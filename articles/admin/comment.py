"""Moderation: a list of comments, hidden or shown one by one through their own methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Comment
from articles.models.comment import CommentMoved
from articles.models.report import reasons_of
from portal.catalogue import ReadOnlyAdmin

RIGHT = "articles.moderate_comment"


class WaitingFilter(admin.SimpleListFilter):
    """What a moderator has to judge; the digest links here."""

    title, parameter_name = gettext_lazy("等待处理"), "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("待审核或被举报"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        return Comment.objects.waiting() & queryset if self.value() == "yes" else queryset


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    """What waits comes first by the filter; words are never edited."""

    intro = gettext_lazy("勾选之后一起显示或隐藏；文字从不修改")
    keys = "moderation"
    search_help_text = gettext_lazy("评论里的字，或作者的姓名")
    list_display = ["excerpt", "state", "reported", "author", "article", "created_at"]
    list_filter = [WaitingFilter, "state", "article"]
    list_select_related = ["author", "article"]
    search_fields = ["body", "author__display_name"]
    ordering = ["-pk"]
    show_full_result_count = False
    actions = ["show", "hide"]
    fields = ["public_id", "article", "author", "created_at", "state", "reported_for", "anchor", "quote", "body"]
    readonly_fields = ["reported_for"]

    def empty_words(self, cl: Any) -> tuple[str, str]:
        if cl.params.get("waiting") == "yes" and not cl.query:
            return _("都处理完了"), _("没有待审核或被举报的评论。有新的会出现在这里，概览上也看得到。")
        return super().empty_words(cl)

    @admin.display(description=gettext_lazy("内容"))
    def excerpt(self, comment: Comment) -> str:
        return comment.body[:60] or _("（已清空）")

    @admin.display(description=gettext_lazy("未处理的举报"), ordering="reports_open")
    def reported(self, comment: Comment) -> str:
        return str(comment.reports_open) if comment.reports_open else ""

    @admin.display(description=gettext_lazy("举报理由"))
    def reported_for(self, comment: Comment) -> str:
        found = [_("%(reason)s（%(count)d 人）") % {"reason": reason, "count": n} for reason, n in reasons_of(comment)]
        return "；".join(found) or _("没有人举报")

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        """Named by the actions' permissions."""
        return request.user.has_perm(RIGHT)

    @admin.action(description=gettext_lazy("显示所选评论"), permissions=["moderate"])
    def show(self, request: HttpRequest, chosen: QuerySet[Comment]) -> None:
        self._each(request, chosen, lambda c: c.show(by=request.user, at=timezone.now()))

    @admin.action(description=gettext_lazy("隐藏所选评论"), permissions=["moderate"])
    def hide(self, request: HttpRequest, chosen: QuerySet[Comment]) -> None:
        self._each(request, chosen, lambda c: c.hide(by=request.user, at=timezone.now()))

    def _each(self, request: HttpRequest, chosen: QuerySet[Comment], act: Callable[[Comment], None]) -> None:
        done = refused = 0
        for comment in chosen.select_related("article"):
            try:
                act(comment)
            except CommentMoved:
                refused += 1
            else:
                done += 1
        if done:
            messages.success(request, _("已处理 %(count)d 条评论。") % {"count": done})
        if refused:
            messages.warning(request, _("%(count)d 条评论不在可以这样处理的状态，未作更改。") % {"count": refused})
