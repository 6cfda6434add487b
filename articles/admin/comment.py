"""Moderation: a list of comments, hidden or shown one by one through their own methods."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Comment
from articles.models.comment import CommentMoved
from portal.catalogue import ReadOnlyAdmin

RIGHT = "articles.moderate_comment"


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    """What waits comes first by the filter; words are never edited."""

    list_display = ["excerpt", "state", "author", "article", "created_at"]
    list_filter = ["state", "article"]
    list_select_related = ["author", "article"]
    search_fields = ["body", "author__display_name"]
    ordering = ["-pk"]
    show_full_result_count = False
    actions = ["show", "hide"]
    fields = ["public_id", "article", "author", "created_at", "state", "anchor", "quote", "body"]

    @admin.display(description=gettext_lazy("内容"))
    def excerpt(self, comment: Comment) -> str:
        return comment.body[:60] or _("（已清空）")

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
