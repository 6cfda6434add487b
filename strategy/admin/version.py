"""Rule sets at the desk: the list, the page of a version, and the routes of everything that is done to one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import URLPattern, path

from portal.catalogue import ReadOnlyAdmin
from strategy.admin import editing, moves, signing, staleness
from strategy.admin.reaching import find, may_look
from strategy.admin.tables import version_page
from strategy.citations import stale_rules
from strategy.models import RuleSet, RuleSetVersion
from strategy.models.rights import WRITE

MOVES = ("submit", "send-back", "discard", "withdraw")


@admin.register(RuleSetVersion)
class RuleSetVersionAdmin(ReadOnlyAdmin):
    """Who may write, publish or sign rule sets looks at all of them; each act asks for its own right."""

    list_display = ("rule_set", "number", "status", "published_at", "clinically_signed_at")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_look(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Any, name: str, **kwargs: Any) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), kwargs, name=f"strategy_rulesetversion_{name}")

        part = "<int:pk>/parts/<slug:section>/"
        return [
            page("sets/<int:rule_set>/start/", moves.start, "start"),
            page("sets/<int:rule_set>/import/", moves.import_text, "import"),
            page("<int:pk>/export/", moves.export, "export"),
            page("<int:pk>/take-over/", moves.take_over, "take_over"),
            *[page(f"<int:pk>/{move}/", moves.move, move.replace("-", "_"), act=move) for move in MOVES],
            page("<int:pk>/publish/", signing.publish, "publish"),
            page("<int:pk>/sign/", signing.sign, "sign"),
            page("<int:pk>/stale/", staleness.stale, "stale"),
            page("<int:pk>/stale/<slug:key>/", staleness.still_holds, "still_holds"),
            page(f"{part}add/", editing.part, "add_part"),
            page(f"{part}row/<slug:key>/", editing.part, "part"),
            page(f"{part}row/<slug:key>/remove/", editing.remove, "remove_part"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Every rule set with its versions, newest first."""
        if not self.has_view_permission(request):
            return self._forbidden(request)
        versions = RuleSetVersion.objects.defer("source").select_related("created_by", "held_by", "published_by")
        shown = []
        for rule_set in RuleSet.objects.select_related("zone").order_by("zone_id", "slug"):
            rows = list(versions.filter(rule_set=rule_set).order_by("-number")[:30])
            current = next((row for row in rows if row.status == RuleSetVersion.Status.PUBLISHED), None)
            stale = len(stale_rules(current)) if current else 0
            shown.append({"rule_set": rule_set, "versions": rows, "current": current, "stale": stale})
        context = {"shown": shown, "may_write": request.user.has_perm(WRITE), "desk_at": "rulesetversion"}
        return render(request, "admin/strategy/list.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One version: its state, what may be done, its tables."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        version = find(request, int(object_id) if object_id.isascii() and object_id.isdecimal() else 0)
        return render(request, "admin/strategy/version.html", version_page(request, version))

    def _forbidden(self, request: HttpRequest) -> HttpResponse:
        return render(request, "403.html", {}, status=403)
