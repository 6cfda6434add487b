"""The discussion: pages by cursor, one comment by its own address, deleting one's own. Works without a script."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from articles.forms import CommentForm
from articles.limits import with_wait
from articles.models import Article, Comment
from articles.models.comment import CommentMoved
from articles.threads import cursor_before, first_page, one_row, thread_page
from articles.views.posting import accept, is_part, named, place, posted_part, to_posted, write_context
from portal.idempotency import once


@require_http_methods(["GET", "HEAD", "POST"])
@once
def comments(request: HttpRequest, zone: str, slug: str) -> HttpResponse:
    """GET: a page by cursor, one thread, one comment, or the form of an answer. POST: one comment."""
    article = find(request, slug)
    if request.method == "POST":
        posted = accept(request, article)
        return to_posted(request, article, posted) if isinstance(posted, Comment) else _again(request, article, *posted)
    if (asked := named(request, article, "comment")) is not None:
        return posted_part(request, article, asked) if is_part(request) else _to_place(request, article, asked)
    if is_part(request) and (left := named(request, article, "acts")) is not None:
        return render(request, "articles/_acts.html", {"said": one_row(left, request.user).said})
    answered = named(request, article, "reply")
    context = write_context(article, answered) | _listed(request, article)
    if is_part(request):
        return render(request, "articles/_reply.html" if answered else "articles/_threads.html", context)
    return render(request, "articles/comments.html", context)


@require_POST
def delete(request: HttpRequest, zone: str, slug: str, public_id: uuid.UUID) -> HttpResponse:
    """Take one's own comment back."""
    article = find(request, slug)
    comment = get_object_or_404(Comment.objects.owned_by(request.user).filter(article=article), public_id=public_id)
    comment.article = article
    try:
        comment.delete_own(at=timezone.now())
    except CommentMoved:
        messages.warning(request, _("这条评论已经不在显示状态，未作更改。"))
    else:
        messages.success(request, _("评论已删除。"))
    return redirect(article.get_absolute_url() + "#talk")


def find(request: HttpRequest, slug: str) -> Article:
    """Return the article whose discussion is asked for, without its text; 404 when the person may not read it."""
    zone = request.zone  # type: ignore[attr-defined]
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
    row = get_object_or_404(found, zone=zone, slug=slug)
    row.zone = zone
    return row


def _again(
    request: HttpRequest, article: Article, form: CommentForm, answered: Comment | None, status: int
) -> HttpResponse:
    context = write_context(article, answered, form)
    if is_part(request):
        context["is_inline"] = request.headers.get("HX-Target", "").startswith("write-")
        return with_wait(render(request, "articles/_write.html", context, status=status))
    return with_wait(render(request, "articles/comments.html", context | _listed(request, article), status=status))


def _to_place(request: HttpRequest, article: Article, comment: Comment) -> HttpResponse:
    """The page of its thread on which it stands, however deep, opened at it."""
    query = {"thread": str(comment.public_id)}
    if comment.parent_id is not None:
        roots = Comment.objects.filter(root_id=comment.root_id, parent=None)
        query = {"thread": str(roots.values_list("public_id", flat=True).get())}
        if after := cursor_before(comment, request.user):
            query |= {"after": after, "at": f"c-{comment.public_id}"}
    return redirect(f"{place('comments', article, **query)}#c-{comment.public_id}")


def _listed(request: HttpRequest, article: Article) -> dict[str, Any]:
    """Return the page asked for and the address of the next one."""
    after = request.GET.get("after", "")
    root = named(request, article, "thread") or named(request, article, "reply")
    if root is None:
        page = first_page(article, request.user, after=after)
        query = {"after": page.after}
    else:
        page = thread_page(root, request.user, after=after, with_root="at" in request.GET)
        query = {"thread": str(root.public_id), "after": page.after}
    next_url = place("comments", article, **query) if page.after else ""
    return {"page": page, "thread": root, "next_url": next_url, "is_first": not after}
