"""Posting a comment: by a page, or by a part of one. A part's answer is a redirect too, so that twice is once.

What is refused comes back with its reason and everything that was typed, as a page or as the form alone.
"""

from __future__ import annotations

import re
import secrets
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from articles.forms import CommentForm
from articles.limits import may_comment
from articles.models import Article, Block, Comment, Revision
from articles.models.comment import CommentMoved
from articles.threads import Row, one_row

QUOTE = 60
FORM_OF_AN_ANSWER = re.compile(r"write-([0-9a-f-]{36})")  # the id of a form that stands under what it answers


def is_part(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for by the script."""
    return request.headers.get("HX-Request") == "true"


def place(name: str, article: Article, **query: str) -> str:
    """The address of one of the article's pages."""
    address = reverse(name, kwargs={"zone": article.zone.slug, "slug": article.slug})
    return f"{address}?{urlencode(query)}" if query else address


def write_context(article: Article, answered: Comment | None = None, form: CommentForm | None = None) -> dict[str, Any]:
    """What the form needs: the places a comment may be about, and a key so that sending it twice is once."""
    return {
        "article": article,
        "answered": answered,
        "form": form or CommentForm(places=_places(article), initial={"parent": answered and answered.public_id}),
        "idempotency_key": secrets.token_urlsafe(16),
        "body_error": f"body-error-{answered.public_id}" if answered else "body-error",
        "is_closed": article.comment_mode == Article.CommentMode.CLOSED,
    }


def accept(request: HttpRequest, article: Article) -> Comment | tuple[CommentForm, Comment | None, int]:
    """Post what was sent and return it; or return the form with the reason, what it answers, and the status."""
    form = CommentForm(request.POST, places=_places(article))
    if not form.is_valid():
        return form, _parent(article, form), 422
    answered = _parent(article, form)
    quote = _quoted(article, form.cleaned_data["anchor"])
    if quote is None:
        form.add_error("anchor", _("这一段已不在现行版本中，请重新选择。"))
    if form.errors:
        return form, answered, 422
    if article.comment_mode == Article.CommentMode.CLOSED:
        form.add_error("body", _("这里的讨论已经关闭，不再接受新评论。您写的内容还在下面，可以复制留存。"))
        return form, answered, 409
    if not may_comment(request.user):
        form.add_error("body", _("发表得太频繁了，请过几分钟再试。您写的内容还在下面。"))
        return form, answered, 429
    try:
        return Comment.post(
            article,
            author=request.user,
            body=form.cleaned_data["body"],
            parent=answered,
            anchor=form.cleaned_data["anchor"],
            quote=quote or "",
            at=timezone.now(),
            is_editorial=request.user.has_perm("articles.write_article"),
        )
    except CommentMoved:
        form.add_error("body", _("您要回复的评论刚刚被删除或隐藏。您写的内容还在下面，可以作为新评论发表。"))
        return form, answered, 409


def to_posted(request: HttpRequest, article: Article, comment: Comment) -> HttpResponse:
    """Send the person to where their comment stands; the script's form to the part that puts it in its place."""
    if is_part(request):
        return redirect(place("comments", article, comment=str(comment.public_id)))
    if comment.state == Comment.State.HELD:
        messages.success(request, said_of(comment))
    if comment.parent_id is None:
        return redirect(f"{article.get_absolute_url()}#c-{comment.public_id}")
    root = Comment.objects.filter(root_id=comment.root_id, parent=None).values_list("public_id", flat=True).get()
    return redirect(f"{place('comments', article, thread=str(root))}#c-{comment.public_id}")


def posted_part(request: HttpRequest, article: Article, comment: Comment) -> HttpResponse:
    """The new comment, put into the page; with it the count, and the form empty again or gone."""
    context = write_context(article) | {"row": one_row(comment, request.user), "words": said_of(comment)}
    response_to = FORM_OF_AN_ANSWER.fullmatch(request.headers.get("HX-Target", ""))
    if response_to:
        context |= {"answered_row": _answered_row(request, article, response_to[1]), "form_id": response_to[0]}
    response = render(request, "articles/_posted.html", context)
    target = f"#c-{comment.parent.public_id}" if comment.parent else "#talk .threads"
    response.headers["HX-Retarget"] = target
    response.headers["HX-Reswap"] = "beforeend" if comment.parent else "afterbegin"
    return response


def said_of(comment: Comment) -> str:
    """What its author is told once it is stored."""
    if comment.state == Comment.State.HELD:
        return _("评论已提交，审核通过后显示；在此之前只有您自己看得到。")
    return _("评论已发表。")


def named(request: HttpRequest, article: Article, name: str) -> Comment | None:
    """Return the comment a query names; 404 when this person cannot read it here."""
    if not (value := request.GET.get(name, "")):
        return None
    try:
        public_id = uuid.UUID(value)
    except ValueError as error:
        raise Http404 from error
    return readable(request, article, public_id)


def readable(request: HttpRequest, article: Article, public_id: uuid.UUID) -> Comment:
    """Return a comment of this article that the person may read; 404 otherwise."""
    rows = Comment.objects.readable_by(request.user).filter(article=article, public_id=public_id)
    row = rows.select_related("author", "parent").first()
    if row is None:
        raise Http404
    row.article = article
    return row


def _answered_row(request: HttpRequest, article: Article, public_id: str) -> Row | None:
    rows = Comment.objects.readable_by(request.user).filter(article=article, public_id=uuid.UUID(public_id))
    row = rows.select_related("author").first()
    if row is None:
        return None
    row.article = article
    return one_row(row, request.user)


def _parent(article: Article, form: CommentForm) -> Comment | None:
    public_id = getattr(form, "cleaned_data", {}).get("parent")
    if not public_id:
        return None
    parent = Comment.objects.filter(article=article, public_id=public_id).select_related("author").first()
    if parent is None and not form.errors:
        form.add_error("body", _("没有您要回复的那条评论。您写的内容还在下面。"))
    return parent


def _quoted(article: Article, anchor: str) -> str | None:
    """Return the words of the block a comment is about; None when the published revision has no such block."""
    if not anchor.startswith("block:"):
        return ""
    block = (
        Block.objects.filter(revision__article=article, revision__status=Revision.Status.PUBLISHED)
        .filter(block_id=anchor.removeprefix("block:"))
        .first()
    )
    if block is None:
        return None
    return block.text if len(block.text) <= QUOTE else block.text[: QUOTE - 1] + "…"


def _places(article: Article) -> list[tuple[str, str]]:
    headings = article.published.contents if article.published else []
    return [("", _("全文")), *((f"block:{h['id']}", h["text"]) for h in headings)]
