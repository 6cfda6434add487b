"""One's comments, as a part of the copy of all one's data."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from articles.models import Comment
from portal import exports

FIELDS = ("public_id", "article__slug", "zone__slug", "anchor", "quote", "body", "state", "created_at")
OFFICE = _("工作人员的职务行为（审核、起草、发布等）：属于平台的记录，不是其个人资料；涉及您的，在相应的部分里。")


def comments(person: Any) -> Any:
    """Every comment with its place and state."""
    return Comment.objects.owned_by(person).order_by("pk").values(*FIELDS)


def register() -> None:
    """Called once when the app is ready."""
    labels = {"created_at": _("时间"), "article__slug": _("文章"), "quote": _("所评的话"), "body": _("内容")}
    exports.register(
        exports.Part("comments", _("我的评论"), comments, labels, covers=("articles.Comment.author",)),
    )
    office = ("articles.Revision.author", "articles.Revision.published_by", "articles.RevisionEvent.actor")
    exports.leave_out(dict.fromkeys(office, OFFICE))
