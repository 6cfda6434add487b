"""The discussion: pages by cursor, posting, deleting one's own. Works without a script; htmx only saves reloads."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from articles.forms import CommentForm
from articles.limits import may_comment
from articles.models import Article, Block, Comment, Revision
from articles.models.comment import CommentMoved
from articles.threads import first_page, thread_page
from portal.idempotency import once

QUOTE = 60


@require_http_methods(["GET", "HEAD", "POST"])
@once
def comments(request: HttpRequest, zone: str, slug: str) -> HttpResponse:
    """GET: a page by cursor, one thread, or the form of an answer. POST: one comment."""
    article = _find(request, slug)
    if request.method == "POST":
        return _post(request, article)
    answered = _named(request, article, "reply")
    context = write_context(article, answered) | _listed(request, article)
    if request.headers.get("HX-Request") == "true":
        return render(request, "articles/_reply.html" if answered else "articles/_threads.html", context)
    return render(request, "articles/comments.html", context)


@require_POST
def delete(request: HttpRequest, zone: str, slug: str, public_id: uuid.UUID) -> HttpResponse:
    """Take one's own comment back."""
    article = _find(request, slug)
    comment = get_object_or_404(Comment.objects.owned_by(request.user).filter(article=article), public_id=public_id)
    comment.article = article
    try:
        comment.delete_own(at=timezone.now())
    except CommentMoved:
        messages.warning(request, _("这条评论已经不在显示状态，未作更改。"))
    else:
        messages.success(request, _("评论已删除。"))
    return redirect(article.get_absolute_url() + "#talk")


def write_context(article: Article, answered: Comment | None = None, form: CommentForm | None = None) -> dict[str, Any]:
    """What the form needs: the places a comment may be about, and a key so that sending it twice is once."""
    return {
        "article": article,
        "answered": answered,
        "form": form or CommentForm(places=_places(article), initial={"parent": answered and answered.public_id}),
        "idempotency_key": secrets.token_urlsafe(16),
    }


def _post(request: HttpRequest, article: Article) -> HttpResponse:
    form = CommentForm(request.POST, places=_places(article))
    if not form.is_valid():
        return _again(request, article, form, 422)
    answered = _parent(article, form)
    anchor = form.cleaned_data["anchor"]
    quote = _quoted(article, anchor)
    if quote is None:
        form.add_error("anchor", _("这一段已不在现行版本中，请重新选择。"))
    if form.errors:
        return _again(request, article, form, 422)
    if not may_comment(request.user):
        form.add_error("body", _("发表得太频繁了，请过几分钟再试。您写的内容还在下面。"))
        return _again(request, article, form, 429)
    try:
        comment = Comment.post(
            article,
            author=request.user,
            body=form.cleaned_data["body"],
            parent=answered,
            anchor=anchor,
            quote=quote or "",
            at=timezone.now(),
            is_editorial=request.user.has_perm("articles.write_article"),
        )
    except CommentMoved:
        form.add_error("body", _("您要回复的评论刚刚被删除或隐藏。您写的内容还在下面，可以作为新评论发表。"))
        return _again(request, article, form, 409)
    if comment.state == Comment.State.HELD:
        messages.success(request, _("评论已提交，审核通过后显示；在此之前只有您自己看得到。"))
    return redirect(_place_of(article, comment, answered))


def _again(request: HttpRequest, article: Article, form: CommentForm, status: int) -> HttpResponse:
    context = write_context(article, _parent(article, form), form) | _listed(request, article)
    return render(request, "articles/comments.html", context, status=status)


def _listed(request: HttpRequest, article: Article) -> dict[str, Any]:
    """Return the page asked for and the address of the next one."""
    after = request.GET.get("after", "")
    root = _named(request, article, "thread") or _named(request, article, "reply")
    if root is None:
        page = first_page(article, request.user, after=after)
        query = {"after": page.after}
    else:
        page = thread_page(root, request.user, after=after)
        query = {"thread": str(root.public_id), "after": page.after}
    address = reverse("comments", kwargs={"zone": article.zone.slug, "slug": article.slug})
    next_url = f"{address}?{urlencode(query)}" if page.after else ""
    return {"page": page, "thread": root, "next_url": next_url, "is_first": not after}


def _named(request: HttpRequest, article: Article, name: str) -> Comment | None:
    """Return the comment a query names; 404 when this person cannot read it here."""
    if not (value := request.GET.get(name, "")):
        return None
    try:
        public_id = uuid.UUID(value)
    except ValueError as error:
        raise Http404 from error
    readable = Comment.objects.readable_by(request.user).filter(article=article)
    return get_object_or_404(readable.select_related("author"), public_id=public_id)


def _parent(article: Article, form: CommentForm) -> Comment | None:
    public_id = (form.cleaned_data or {}).get("parent")
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


def _place_of(article: Article, comment: Comment, answered: Comment | None) -> str:
    if answered is None:
        return f"{article.get_absolute_url()}#c-{comment.public_id}"
    address = reverse("comments", kwargs={"zone": article.zone.slug, "slug": article.slug})
    root = Comment.objects.filter(root_id=comment.root_id, parent=None).values_list("public_id", flat=True).get()
    return f"{address}?{urlencode({'thread': str(root)})}#c-{comment.public_id}"


def _find(request: HttpRequest, slug: str) -> Article:
    place = request.zone  # type: ignore[attr-defined]
    found = (
        Article.objects.visible_to(request.user)
        .select_related("published")
        .only(
            "public_id",
            "zone_id",
            "slug",
            "title_zh",
            "title_en",
            "comment_mode",
            "comment_count",
            "published__contents",
        )
    )
    row = get_object_or_404(found, zone=place, slug=slug)
    row.zone = place
    return row
