"""One's comments, as a part of the copy of all one's data."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from articles.models import Comment, LastRead, Report
from portal import exports

FIELDS = ("public_id", "article__slug", "zone__slug", "anchor", "quote", "body", "state", "created_at")
OFFICE = _("工作人员的职务行为（审核、起草、发布等）：属于平台的记录，不是其个人资料；涉及您的，在相应的部分里。")


def comments(person: Any) -> Any:
    """Every comment with its place and state."""
    return Comment.objects.owned_by(person).order_by("pk").values(*FIELDS)


def reports(person: Any) -> Any:
    """Which comments one reported, and why; not their words, which are others'."""
    rows = Report.objects.filter(reporter=person).order_by("pk")
    return rows.values("comment__public_id", "comment__article__slug", "zone__slug", "reason", "created_at")


def last_reads(person: Any) -> Any:
    """The newest revision of each article that the person opened."""
    rows = LastRead.objects.filter(person=person).order_by("pk")
    return rows.values("article__slug", "article__zone__slug", "number")


def register() -> None:
    """Called once when the app is ready."""
    labels = {"created_at": _("时间"), "article__slug": _("文章"), "quote": _("所评的话"), "body": _("内容")}
    exports.register(
        exports.Part("comments", _("我的评论"), comments, labels, covers=("articles.Comment.author",)),
        exports.Part(
            "comment_reports",
            _("我举报的评论"),
            reports,
            {"created_at": _("时间"), "comment__article__slug": _("文章"), "reason": _("理由")},
            covers=("articles.Report.reporter",),
        ),
        exports.Part(
            "last_reads",
            _("我读到的版次"),
            last_reads,
            {"article__slug": _("文章"), "number": _("读到的版次")},
            covers=("articles.LastRead.person",),
        ),
    )
    office = ("articles.Revision.author", "articles.Revision.published_by", "articles.RevisionEvent.actor")
    exports.leave_out(dict.fromkeys(office, OFFICE))
