"""An article at the desk: its revisions and the way to a new one; its settings for those with the right."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from articles.models import Article, Revision
from portal.catalogue import CatalogueAdmin

WRITE, PUBLISH = "articles.write_article", "articles.publish_article"


@admin.register(Article)
class ArticleAdmin(CatalogueAdmin):
    """What readers see of an article changes by publishing a revision, never here."""

    intro = gettext_lazy("点开一篇，起草新版或看它的修订")
    search_help_text = gettext_lazy("标题或地址的一部分")
    list_display = ["title", "zone", "kind", "audience", "comment_mode", "comment_count", "published_at"]
    list_select_related = ["zone"]
    list_filter = ["zone", "kind"]
    search_fields = ["title_zh", "slug"]
    ordering = ["-published_at", "-pk"]
    fieldsets = [
        (None, {"fields": ["zone", "slug", "kind", "audience", "comment_mode", "tool_slug", "is_clinically_draft"]}),
        (
            gettext_lazy("标题与公开摘要（由发布的修订决定）"),
            {
                "fields": ["title_zh", "title_en", "abstract_zh", "abstract_en"],
            },
        ),
        (
            gettext_lazy("来源"),
            {
                "fields": [
                    "source_title",
                    "source_author",
                    "source_publisher",
                    "source_date",
                    "source_note",
                    "checked_up_to",
                ],
            },
        ),
    ]

    @admin.display(description=gettext_lazy("标题"), ordering="title_zh")
    def title(self, article: Article) -> str:
        return str(article)

    def get_readonly_fields(self, request: HttpRequest, obj: Article | None = None) -> list[str]:
        """An address never changes; titles and abstracts go through two people once something is published."""
        if obj is None:
            return []
        texts = ["title_zh", "title_en", "abstract_zh", "abstract_en"] if obj.published_id else []
        return ["zone", "slug", *texts]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return any(request.user.has_perm(right) for right in (WRITE, PUBLISH, "articles.view_article"))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        return [
            path("<int:pk>/draft/", site.admin_view(require_POST(self.draft)), name="articles_article_draft"),
            path("<int:pk>/settings/", site.admin_view(self.settings), name="articles_article_settings"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The article's page at the desk."""
        if not self.has_view_permission(request):
            raise PermissionDenied(_("您没有查看文章的权限。"))
        pk = int(object_id) if object_id.isdecimal() else 0
        article = get_object_or_404(self.get_queryset(request).select_related("zone", "published"), pk=pk)
        revisions = (
            Revision.objects.filter(article=article)
            .select_related("author", "published_by")
            .defer("body", "rendered", "contents", "anchors", "references")
        )
        context = {
            "article": article,
            "revisions": revisions.order_by("-pk"),
            "desk_at": "article",
            "may_write": request.user.has_perm(WRITE),
            "may_set": self.has_change_permission(request, article),
        }
        return render(request, "admin/articles/article/desk.html", context)

    def settings(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Address, source, audience, comment mode: the admin's own form."""
        return self.changeform_view(request, str(pk), request.path)

    def draft(self, request: HttpRequest, pk: int) -> HttpResponse:
        """起草新版: the person's open draft, or a new one from the published wording."""
        article = get_object_or_404(self.get_queryset(request).select_related("published"), pk=pk)
        revision = Revision.start(article, by=request.user, at=timezone.now())
        return redirect("admin:articles_revision_change", revision.pk)

    def response_post_save_change(self, request: HttpRequest, obj: Article) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[obj.pk]))
