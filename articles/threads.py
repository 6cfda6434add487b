"""Reading comments: one query a page, whatever its depth, and the rows ready for the template."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from articles import drawing
from articles.drawing import Said
from articles.models import Article, Comment
from articles.models.comment import WIDTH, base36
from portal.templatetags.portal import moment

THREADS, REPLIES = 20, 20  # threads a page, replies shown under each before 「查看全部」
INDENTED = 3  # levels that an indent shows; deeper ones name whom they answer
BEFORE = 4  # replies shown before the one asked for
CURSOR = re.compile(r"[0-9a-z]{8}")
FIELDS = (
    "public_id",
    "article_id",
    "author_id",
    "author__display_name",
    "author__display_title",
    "is_editorial",
    "parent_id",
    "root_id",
    "path",
    "depth",
    "anchor",
    "quote",
    "body",
    "state",
    "created_at",
)


@dataclass(slots=True)
class Row:
    """A comment as the template needs it: what to show, and how many open comments end after it."""

    comment: Comment
    said: Said
    closes: str = ""  # one character for each <article> to close
    more: int = 0  # replies of this thread that are not on the page
    thread: uuid.UUID | None = None  # its first comment, when there are more

    def drawn(self) -> str:
        """The opened <article> of somebody else's comment; one's own holds a form, which is drawn with the page."""
        return drawing.comment(self.said)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of comments belongs, and who reads it."""

    article_url: str
    talk_url: str
    is_closed: bool
    user: Any

    @classmethod
    def of(cls, article: Article, user: Any) -> Place:
        talk = reverse("comments", kwargs={"zone": article.zone.slug, "slug": article.slug})
        is_closed = article.comment_mode == Article.CommentMode.CLOSED
        return cls(article.get_absolute_url(), talk, is_closed, user)


@dataclass(slots=True)
class Page:
    """Rows in reading order and the cursor of the next page, empty at the end."""

    rows: list[Row]
    after: str = ""


def first_page(article: Article, user: Any, *, after: str = "") -> Page:
    """Return a page of threads, newest first, each with its first replies, oldest first. One query."""
    roots = Comment.objects.threads(article, user)
    if CURSOR.fullmatch(after):
        roots = roots.filter(pk__lt=int(after, 36))
    # One thread more than is shown says whether there is a next page.
    found = _numbered(Comment.objects.readable_by(user).filter(root__in=roots.values("pk")[: THREADS + 1]))
    rows = list(found.filter(place__lte=REPLIES + 1).order_by("-root_id", "path"))
    threads = list(dict.fromkeys(row.root_id for row in rows))
    shown = set(threads[:THREADS])
    page = _arranged([row for row in rows if row.root_id in shown], Place.of(article, user))
    page.after = base36(threads[THREADS - 1] or 0) if len(threads) > THREADS else ""
    return page


def thread_page(root: Comment, user: Any, *, after: str = "", with_root: bool = False) -> Page:
    """Return one thread from the cursor on, a page of replies; its first comment heads the first page, and any other
    where `with_root` asks for it.
    """
    rows = Comment.objects.readable_by(user).filter(root_id=root.root_id).select_related("author").only(*FIELDS)
    start = after if re.fullmatch(r"(?:[0-9a-z]{8}){1,6}", after) else ""
    found = list(rows.filter(path__gt=start or root.path[:8]).order_by("path")[: THREADS * 2 + 1])
    is_more = len(found) > THREADS * 2
    first = list(rows.filter(parent=None)) if with_root or not start else []
    page = _arranged([*first, *found[: THREADS * 2]], Place.of(root.article, user))
    page.after = found[THREADS * 2 - 1].path if is_more else ""
    return page


def cursor_before(comment: Comment, user: Any) -> str:
    """Return the cursor of the thread's page on which this reply stands after a few others; empty: the first page."""
    earlier = Comment.objects.readable_by(user).filter(root_id=comment.root_id, path__lt=comment.path)
    paths = earlier.exclude(parent=None).order_by("-path").values_list("path", flat=True)
    if len(paths[: THREADS * 2]) < THREADS * 2:
        return ""
    return str(paths[BEFORE])


def one_row(comment: Comment, user: Any) -> Row:
    """Return a comment that stands alone."""
    row = _row(comment, Place.of(comment.article, user))
    row.closes = "x"
    return row


def _numbered(rows: QuerySet[Comment]) -> QuerySet[Any]:
    return (
        rows.annotate(
            place=Window(RowNumber(), partition_by=F("root_id"), order_by="path"),
            in_thread=Window(Count("pk"), partition_by=F("root_id")),
        )
        .select_related("author")
        .only(*FIELDS)
    )


def _arranged(comments: Sequence[Comment], place: Place) -> Page:
    """Drop traces nobody answered, and say after which row which comments end."""
    kept = _without_bare_traces(comments, place.user)
    by_path = {comment.path: comment for comment in kept}
    rows = [_row(comment, place, by_path.get(comment.path[:-WIDTH])) for comment in kept]
    first = {comment.root_id: comment.public_id for comment in comments if comment.parent_id is None}
    open_paths: list[str] = []
    for at, row in enumerate(rows):
        open_paths.append(row.comment.path)
        following = rows[at + 1].comment.path if at + 1 < len(rows) else ""
        while open_paths and not (following and following.startswith(open_paths[-1])):
            open_paths.pop()
            row.closes += "x"
        if not open_paths:
            row.more, row.thread = _left_out(row.comment, comments), first.get(row.comment.root_id)
    return Page(rows)


def _row(comment: Comment, place: Place, above: Comment | None = None) -> Row:
    is_mine = comment.author_id == place.user.pk
    is_trace = _is_trace(comment, is_mine)
    is_about_block = comment.anchor.startswith("block:")
    said = Said(
        key=str(comment.public_id),
        state=str(comment.state),
        is_mine=is_mine,
        is_trace=is_trace,
        name="" if is_trace else comment.author.display_name,
        title="" if is_trace else comment.author.display_title,
        is_editorial=comment.is_editorial,
        iso=comment.created_at.isoformat(timespec="seconds"),
        when=moment(comment.created_at),
        quote="" if is_trace else comment.quote,
        block_id=comment.anchor.removeprefix("block:") if is_about_block else "",
        body="" if is_trace else comment.body,
        article_url=place.article_url,
        talk_url=place.talk_url,
        is_closed=place.is_closed,
        answered=_answered(comment, above, place.user) if above else "",
    )
    return Row(comment, said)


def _answered(comment: Comment, above: Comment, user: Any) -> str:
    is_seen = comment.depth <= INDENTED or _is_trace(above, above.author_id == user.pk)
    return "" if is_seen else above.author.display_name


def _is_trace(comment: Comment, is_mine: bool) -> bool:
    states = Comment.State
    return comment.state in {states.HIDDEN, states.DELETED} or (comment.state == states.HELD and not is_mine)


def _left_out(last: Comment, comments: Sequence[Comment]) -> int:
    """How many comments of the thread that ends here are not on the page."""
    in_thread = getattr(last, "in_thread", 0)
    return max(0, in_thread - sum(1 for c in comments if c.root_id == last.root_id)) if in_thread else 0


def _without_bare_traces(comments: Sequence[Comment], user: Any) -> list[Comment]:
    """A trace stays only where something readable stands beneath it."""
    kept: list[Comment] = []
    for comment in reversed(comments):
        if not _is_trace(comment, comment.author_id == user.pk) or (kept and kept[-1].path.startswith(comment.path)):
            kept.append(comment)
    kept.reverse()
    return kept
