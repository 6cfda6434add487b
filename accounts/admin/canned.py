"""常用留言: messages the reviewers keep ready, edited by the leads."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy

from accounts.models import CannedMessage
from portal.catalogue import CatalogueAdmin
from portal.localise import localised


@admin.register(CannedMessage)
class CannedMessageAdmin(CatalogueAdmin):
    """A decision stores the message as it was sent, so these may be reworded at any time."""

    intro = gettext_lazy("审核员写给申请人的话里可以直接插入")
    list_display = ["position", "title_zh", "words", "is_active"]
    list_display_links = ["title_zh"]
    search_help_text = gettext_lazy("名称或内容的一部分")
    list_filter = ["is_active"]
    search_fields = ["title_zh", "text_zh"]
    ordering = ["position", "pk"]
    fields = ["title_zh", "text_zh", "text_en", "position", "is_active"]

    @admin.display(description=gettext_lazy("给申请人的话"), ordering="text_zh")
    def words(self, row: CannedMessage) -> str:
        return str(localised(row, "text"))
