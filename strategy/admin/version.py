"""The desk's view of rule sets: read only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from portal.catalogue import ReadOnlyAdmin
from strategy.models import RuleSetVersion


@admin.register(RuleSetVersion)
class RuleSetVersionAdmin(ReadOnlyAdmin):
    """Versions, newest first. Who may write or publish rule sets may look."""

    list_display = ("rule_set", "number", "status", "published_at", "clinically_signed_at")
    list_filter = ("status", "rule_set")
    list_select_related = ("rule_set",)
    ordering = ("rule_set", "-number")
    fields = (
        "rule_set",
        "number",
        "status",
        "sha256",
        "created_by",
        "created_at",
        "published_by",
        "published_at",
        "clinically_signed_by",
        "clinically_signed_at",
        "source",
    )
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user = request.user
        return user.has_perm("strategy.write_ruleset") or user.has_perm("strategy.publish_ruleset")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)
