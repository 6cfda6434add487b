"""Reasons: the words in which a submission is sent back."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import Reason
from portal.catalogue import CatalogueAdmin


@admin.register(Reason)
class ReasonAdmin(CatalogueAdmin):
    """A decision stores the words it used, so a reason may be reworded; its code and whether it is final stay."""

    list_display = ["position", "code", "text_zh", "is_final", "concerns", "is_active"]
    list_display_links = ["code"]
    list_filter = ["is_active", "is_final"]
    search_fields = ["code", "text_zh"]
    ordering = ["position", "pk"]
    fields = ["code", "text_zh", "text_en", "staff_note_zh", "is_final", "concerns", "position", "is_active"]

    def get_readonly_fields(self, request: HttpRequest, obj: Reason | None = None) -> list[str]:
        return ["code", "is_final"] if obj else []
