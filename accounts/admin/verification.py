"""Verification cases in the admin: a desk, not a database editor. Nothing is added, changed or deleted by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.admin import case, checking, claiming, decide, second, viewing
from accounts.admin.access import reviewable
from accounts.admin.filters import QueueForm
from accounts.admin.queue import found, professions, queue_page
from accounts.models import Verification
from portal.catalogue import ReadOnlyAdmin


@admin.register(Verification)
class VerificationAdmin(ReadOnlyAdmin):
    """The queue is its list, the decide page its form; the state moves by the model's own methods."""

    actions = None  # cases are decided one by one: nothing is offered for several at once

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("accounts.review_verification")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) or super().has_module_permission(request)

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"accounts_verification_{name}")

        return [
            page("next/", claiming.take_next, "next"),
            page("<int:pk>/decide/", decide.decide, "decide"),
            page("<int:pk>/second/", second.second, "second"),
            page("<int:pk>/checks/", checking.checks, "checks"),
            page("<int:pk>/page/<uuid:public_id>/<int:number>/", viewing.page, "page"),
            page("<int:pk>/claim/", claiming.claim, "claim"),
            page("<int:pk>/release/", claiming.release, "release"),
            page("<int:pk>/renew/", claiming.renew, "renew"),
            page("<int:pk>/revoke/", case.revoke, "revoke"),
            page("<int:pk>/history/", case.history, "history"),
            *super().get_urls(),
        ]

    def keepable(self, request: HttpRequest, query: QueryDict) -> dict[str, list[str]]:
        """The queue has a form of its own: what it takes, without the words somebody searched."""
        form = QueueForm(query, professions=professions())
        form.is_valid()
        return {name: query.getlist(name) for name, value in form.cleaned_data.items() if value and name != "q"}

    def count_of(self, request: HttpRequest, query: str) -> int | None:
        form = QueueForm(QueryDict(query), professions=professions())
        user: Any = request.user
        return found(user, form.cleaned_data, at=timezone.now()).count() if form.is_valid() else None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied(_("您没有审核资质的权限。"))
        return queue_page(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is no form behind the desk: the decide page is the case's page."""
        pk = int(object_id) if object_id.isdecimal() else 0
        return redirect("admin:accounts_verification_decide", reviewable(request, pk).pk)
