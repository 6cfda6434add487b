"""A revision at the desk: its author writes, another editor reads what changed and decides."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from articles import rendering
from articles.admin.forms import ReviewForm, RevisionForm
from articles.differences import compare
from articles.models import LastRead, Revision
from articles.models.revision import CORRECTION, TEXTS
from portal.catalogue import ReadOnlyAdmin
from portal.differences import words_changed
from portal.localise import localised
from portal.workflow import TransitionError

RIGHTS = ("articles.write_article", "articles.publish_article", "articles.view_revision")
PUBLIC = (*TEXTS, *CORRECTION)
LABELS = {field.name: field.verbose_name for field in Revision._meta.concrete_fields if field.name in PUBLIC}


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    """Its list is what waits; behind each row stands the page that fits its state and the person."""

    intro = gettext_lazy("每篇文章的每一版；待审阅的由另一位编辑批准")
    list_display = ["title", "article_zone", "status", "number", "author", "submitted_at", "published_at"]
    list_select_related = ["article__zone", "author"]
    list_filter = ["status", "article"]
    ordering = ["-pk"]

    @admin.display(description=gettext_lazy("标题"), ordering="title_zh")
    def title(self, revision: Revision) -> str:
        return str(localised(revision, "title"))

    @admin.display(description=gettext_lazy("专区"))
    def article_zone(self, revision: Revision) -> str:
        return str(revision.article.zone)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return any(request.user.has_perm(right) for right in RIGHTS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"articles_revision_{name}")

        return [
            page("<int:pk>/preview/", require_POST(self.preview), "preview"),
            page("<int:pk>/submit/", require_POST(self.submit), "submit"),
            page("<int:pk>/decide/", require_POST(self.decide), "decide"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The author's draft is a form; everything else is read, with what changed."""
        revision = self._find(request, int(object_id) if object_id.isdecimal() else 0)
        is_writer = revision.author_id == request.user.pk and request.user.has_perm("articles.write_article")
        if revision.status == Revision.Status.DRAFT and is_writer:
            return self._edit(request, revision)
        if request.method == "POST":
            return _gone(request, revision)
        return render(request, "admin/articles/revision/read.html", self._to_read(request, revision))

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The body as readers would get it, notes and all; nothing is stored."""
        revision = self._find(request, pk)
        form = RevisionForm(request.POST)
        form.is_valid()
        body = form.cleaned_data.get("body", "")
        context = {"form": form, "parts": _previewed(body) if body else None, "revision": revision}
        return render(request, "admin/articles/revision/_preview.html", context)

    def submit(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Hand the stored draft to another editor."""
        revision = self._find(request, pk)
        if not revision.note:
            messages.warning(request, _("请先填写改动说明并保存，再提交审阅。"))
            return redirect("admin:articles_revision_change", pk)
        try:
            revision.submit(by=request.user, seen=_seen(request), at=timezone.now())
        except TransitionError as error:
            return _gone(request, error.stored)
        messages.success(request, _("已提交，等另一位编辑审阅。"))
        return redirect("admin:articles_revision_change", pk)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """批准并发布 or 退回, on the version that was on the screen."""
        revision = self._find(request, pk)
        form = ReviewForm(request.POST)
        decision = request.POST.get("decision", "")
        if form.is_valid() and decision == "return" and not form.cleaned_data["note"]:
            form.add_error("note", _("退回时请写明需要修改什么。"))
        if not form.is_valid() or decision not in {"approve", "return"}:
            context = self._to_read(request, revision) | {"form": form}
            return render(request, "admin/articles/revision/read.html", context, status=422)
        act = revision.approve if decision == "approve" else revision.send_back
        try:
            act(by=request.user, seen=_seen(request), at=timezone.now(), note=form.cleaned_data["note"])
        except TransitionError as error:
            return _gone(request, error.stored)
        done = _("已发布，读者的下一次请求就会看到。") if decision == "approve" else _("已退回给起草人。")
        messages.success(request, done)
        return redirect("admin:articles_article_change", revision.article_id)

    def _edit(self, request: HttpRequest, revision: Revision) -> HttpResponse:
        if request.method != "POST":
            form = RevisionForm(initial={name: getattr(revision, name) for name in (*PUBLIC, "body", "note")})
            return render(request, "admin/articles/revision/edit.html", _editing(revision, form))
        form = RevisionForm(request.POST)
        if not form.is_valid():
            return render(request, "admin/articles/revision/edit.html", _editing(revision, form), status=422)
        data = form.cleaned_data
        try:
            revision.rewrite(
                by=request.user,
                seen=_seen(request),
                texts={name: data[name] for name in PUBLIC},
                body=data["body"],
                note=data["note"],
                at=timezone.now(),
            )
        except TransitionError:
            context = _editing(self._find(request, revision.pk), form) | {"is_stale": True}
            return render(request, "admin/articles/revision/edit.html", context, status=409)
        messages.success(request, _("草稿已保存。"))
        return redirect("admin:articles_revision_change", revision.pk)

    def _to_read(self, request: HttpRequest, revision: Revision) -> dict[str, Any]:
        base = revision.based_on
        texts = [
            (LABELS[name], *words_changed(getattr(base, name) if base else "", getattr(revision, name)))
            for name in PUBLIC
            if (getattr(base, name) if base else "") != getattr(revision, name)
        ]
        is_waiting = revision.status == Revision.Status.IN_REVIEW
        may_decide = is_waiting and request.user.has_perm("articles.publish_article")
        return {
            "revision": revision,
            "base": base,
            "texts": texts,
            "desk_at": "article",
            "form": ReviewForm(),
            "comparison": compare(base.body if base else "", revision.body),
            "parts": _previewed(revision.body),
            "told": LastRead.readers_before(revision) if is_waiting and base and revision.correction_zh else None,
            "is_stale": is_waiting and revision.is_stale(),
            "is_own": revision.author_id == request.user.pk,
            "is_waiting": is_waiting,
            "may_decide": may_decide and revision.author_id != request.user.pk,
            "events": revision.events.select_related("actor").order_by("seq"),
        }

    def _find(self, request: HttpRequest, pk: int) -> Revision:
        if not self.has_view_permission(request):
            raise PermissionDenied(_("您没有查看稿件的权限。"))
        found = Revision.objects.select_related("article__zone", "article__published", "author", "based_on")
        return get_object_or_404(found, pk=pk)


def _editing(revision: Revision, form: RevisionForm) -> dict[str, Any]:
    return {
        "revision": revision,
        "form": form,
        "desk_at": "article",
        "is_behind": revision.is_stale(),
        "returned": revision.events.filter(old="IN_REVIEW", new="DRAFT").order_by("-seq").first(),
    }


def _previewed(body: str) -> list[Any]:
    made = rendering.render(body, rendering.load_facts(body))
    return Revision(rendered=made.html).parts()


def _seen(request: HttpRequest) -> int:
    value = request.POST.get("version", "")
    return int(value) if value.isdecimal() and len(value) < 10 else 0


def _gone(request: HttpRequest, stored: Any) -> HttpResponse:
    """Somebody was faster, or the page was old: say how it stands; nothing was done."""
    reason = _("这份稿件在您打开页面之后变动过（现在：%(status)s），这次没有作任何更改。请重新打开后再处理。") % {
        "status": stored.get_status_display()
    }
    if stored.status == Revision.Status.IN_REVIEW and stored.is_stale():
        reason = _("在这份稿件起草之后，已有另一版发布，所以不能直接发布。请退回，由起草人在现行版上重新修改。")
    return render(request, "409.html", {"reason": reason}, status=409)
