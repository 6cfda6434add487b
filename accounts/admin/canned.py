"""常用留言: messages the reviewers keep ready, edited by the leads."""

from __future__ import annotations

from django.contrib import admin

from accounts.models import CannedMessage
from portal.catalogue import CatalogueAdmin


@admin.register(CannedMessage)
class CannedMessageAdmin(CatalogueAdmin):
    """A decision stores the message as it was sent, so these may be reworded at any time."""

    list_display = ["position", "title_zh", "text_zh", "is_active"]
    list_display_links = ["title_zh"]
    list_filter = ["is_active"]
    search_fields = ["title_zh", "text_zh"]
    ordering = ["position", "pk"]
    fields = ["title_zh", "text_zh", "text_en", "position", "is_active"]
