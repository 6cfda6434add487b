"""Comments: threads newest first, replies oldest first, read by cursor.

`path` is the materialised path: the base-36 key of every ancestor and of the comment itself, each eight wide, so that
text order is reading order on every database and collation. Only replies of one thread are ordered by it. `root` is
the thread; `shown_in_thread` on a root counts what readers see of it, so that a raid that was hidden leaves no gaps.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.models.article import Article
from portal import record
from portal.models import Zone
from portal.personal import Personal

MAX_DEPTH, WIDTH = 6, 8
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
NEWCOMER_COMMENTS = 3  # of mode FIRST_N: so many shown ones, and a person's comments appear at once


class CommentQuerySet(models.QuerySet["Comment"]):
    def readable_by(self, user: Any) -> Self:
        """What this person sees: shown ones, their own held ones, and the traces of what was shown once.

        A comment that waits for its first showing has left no trace; one that reports took back has.
        """
        return self.filter(~Q(state=Comment.State.HELD) | Q(author_id=user.pk) | Q(reports_open__gt=0))

    def waiting(self) -> Self:
        """What a moderator has to judge: held ones, and shown ones that somebody reported."""
        return self.filter(Q(state=Comment.State.HELD) | Q(reports_open__gt=0, state=Comment.State.SHOWN))

    def threads(self, article: Article, user: Any) -> Self:
        """First comments of threads that hold something for this person, newest first."""
        mine = Q(state=Comment.State.HELD, author_id=user.pk)
        return self.filter(Q(shown_in_thread__gt=0) | mine, article=article, parent=None).order_by("-pk")

    def owned_by(self, user: Any) -> Self:
        """The person's own comments."""
        return self.filter(author_id=user.pk)


class CommentMoved(Exception):
    """The comment is not (any more) in the state the page showed."""


class Comment(models.Model):
    """One comment. Its text is plain; a deleted one keeps its place and loses its words."""

    class State(models.TextChoices):
        SHOWN = "SHOWN", _("已显示")
        HELD = "HELD", _("待审核")
        HIDDEN = "HIDDEN", _("已隐藏")
        DELETED = "DELETED", _("作者已删除")

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "body": Personal("公开讨论", "本人删除即清空；注销账号后不再署名"),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="+", editable=False)
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="comments", editable=False, verbose_name=_("文章")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="comments",
        editable=False,
        verbose_name=_("作者"),
    )
    is_editorial = models.BooleanField(_("编辑部"), default=False, editable=False)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replies", editable=False)
    root = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="thread", editable=False)
    path = models.CharField(max_length=WIDTH * MAX_DEPTH, editable=False)
    depth = models.PositiveSmallIntegerField(default=1, editable=False)
    shown_in_thread = models.PositiveIntegerField(default=0, editable=False)
    anchor = models.CharField(_("所评之处"), max_length=120, blank=True, editable=False)
    quote = models.CharField(_("所评的话"), max_length=120, blank=True, editable=False)  # as it read at that time
    body = models.TextField(_("内容"), editable=False)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.SHOWN, editable=False)
    created_at = models.DateTimeField(_("时间"), editable=False)
    reports_open = models.PositiveIntegerField(_("未处理的举报"), default=0, editable=False)  # since it was last judged
    to_tell_at = models.DateTimeField(null=True, editable=False)  # since when moderators should hear of it

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("评论"), pgettext_lazy("plural", "评论")
        permissions = [("moderate_comment", _("可以管理评论"))]
        constraints = [
            models.CheckConstraint(condition=Q(depth__gte=1, depth__lte=MAX_DEPTH), name="comment_depth_within_limit"),
            models.CheckConstraint(condition=~Q(state="DELETED") | Q(body=""), name="comment_deleted_says_nothing"),
            models.CheckConstraint(
                condition=Q(parent=None, depth=1) | Q(parent__isnull=False, depth__gt=1), name="comment_reply_has_depth"
            ),
        ]
        indexes = [
            models.Index(fields=["article", "-id"], condition=Q(parent=None), name="comment_threads"),
            models.Index(fields=["root", "path"], name="comment_thread"),
            models.Index(fields=["state", "-id"], name="comment_moderation"),
            models.Index(fields=["to_tell_at"], condition=Q(to_tell_at__isnull=False), name="comment_to_tell"),
            models.Index(fields=["-id"], condition=Q(reports_open__gt=0), name="comment_reported"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id}"

    @classmethod
    @transaction.atomic
    def post(
        cls,
        article: Article,
        *,
        author: Any,
        body: str,
        at: datetime,
        parent: Comment | None = None,
        anchor: str = "",
        quote: str = "",
        is_editorial: bool = False,
    ) -> Comment:
        """Add a comment; counter and version change with it. CommentMoved when what it answers is gone."""
        if parent is not None:
            parent = cls._answerable(article, parent)
        state = cls.State.HELD if cls._waits(article, author) else cls.State.SHOWN
        row = cls.objects.create(
            article=article,
            zone_id=article.zone_id,
            author=author,
            parent=parent,
            body=body,
            anchor=anchor,
            quote=quote,
            state=state,
            created_at=at,
            to_tell_at=at if state == cls.State.HELD else None,
            is_editorial=is_editorial,
            depth=parent.depth + 1 if parent else 1,
            root_id=parent.root_id if parent else None,
        )
        # The path holds the row's own number, which only the insert gives.
        row.path = (parent.path if parent else "") + base36(row.pk)
        row.root_id = row.root_id or row.pk
        cls.objects.filter(pk=row.pk).update(path=row.path, root_id=row.root_id)
        if state == cls.State.SHOWN:
            row._count(+1)
        return row

    @transaction.atomic
    def show(self, *, by: Any, at: datetime) -> None:
        """Let readers see it: a held one passes, a hidden one comes back; of a shown one, its reports are settled."""
        if self.state == self.State.SHOWN and self.reports_open:
            self._settle(by=by, at=at)
        else:
            self._turn({self.State.HELD, self.State.HIDDEN}, self.State.SHOWN, by=by, at=at)

    @transaction.atomic
    def hold(self, *, at: datetime) -> None:
        """Take it from readers until a moderator judges it: so many reported it."""
        self._turn({self.State.SHOWN}, self.State.HELD, by=None, at=at, keeps_reports=True)

    @transaction.atomic
    def hide(self, *, by: Any, at: datetime) -> None:
        """Take it from readers; its place stays while others answered it."""
        self._turn({self.State.SHOWN, self.State.HELD}, self.State.HIDDEN, by=by, at=at)

    @transaction.atomic
    def delete_own(self, *, at: datetime) -> None:
        """Its author takes it back: the words go at once, the place stays while others answered it."""
        sources = {self.State.SHOWN, self.State.HELD}
        self._turn(sources, self.State.DELETED, by=self.author, at=at, body="")

    def _settle(self, *, by: Any, at: datetime) -> None:
        """Somebody looked and it stays: the reports so far no longer count."""
        same = type(self).objects.filter(pk=self.pk, state=self.state, reports_open=self.reports_open)
        if not same.update(reports_open=0, to_tell_at=None):
            raise CommentMoved
        payload = {"reports": self.reports_open}
        self.refresh_from_db()
        subject = f"articles.comment:{self.public_id}"
        record.append("comment.reports_settled", actor=by, subject=subject, payload=payload, at=at)

    def _turn(
        self, sources: set[Any], to: str, *, by: Any, at: datetime, keeps_reports: bool = False, **changes: Any
    ) -> None:
        """Move from the state in hand, if the stored row still has it and it is one of the sources."""
        old = self.state
        if not keeps_reports:
            changes |= {"reports_open": 0, "to_tell_at": None}
        if old not in sources or not type(self).objects.filter(pk=self.pk, state=old).update(state=to, **changes):
            raise CommentMoved
        self.refresh_from_db()
        change = (to == self.State.SHOWN) - (old == self.State.SHOWN)
        if change:
            self._count(change)
        record.append(
            f"comment.{to.lower()}",
            actor=by,
            subject=f"articles.comment:{self.public_id}",
            payload={"old": old, "new": to},
            at=at,
        )

    def _count(self, change: int) -> None:
        type(self).objects.filter(pk=self.root_id or 0).update(shown_in_thread=F("shown_in_thread") + change)
        self.article.count_comments(change)

    @classmethod
    def _answerable(cls, article: Article, parent: Comment) -> Comment:
        stored = cls.objects.filter(pk=parent.pk, article=article, state=cls.State.SHOWN).first()
        if stored is None:
            raise CommentMoved
        # Deeper than the page can show: the answer stands beside what it answers.
        return stored if stored.depth < MAX_DEPTH or stored.parent is None else stored.parent

    @classmethod
    def _waits(cls, article: Article, author: Any) -> bool:
        modes = Article.CommentMode
        if article.comment_mode == modes.AFTER:
            return False
        if article.comment_mode == modes.FIRST_N:
            return cls.objects.owned_by(author).filter(state=cls.State.SHOWN).count() < NEWCOMER_COMMENTS
        return True


def base36(number: int) -> str:
    """Return the number in base 36, eight wide: 2.8 million million comments."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
    return digits.rjust(WIDTH, "0")
