"""The ground in the admin: zones, notices, the record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import outbox, record
from portal.catalogue import CatalogueAdmin, LinesField, ReadOnlyAdmin
from portal.models import Notice, RecordEntry, Zone


class ZoneForm(forms.ModelForm):
    professions = LinesField(
        label=gettext_lazy("接纳的职业"),
        help_text=gettext_lazy("每行一个职业代号（完善信息中「职业」一题的选项代号）；留空表示接纳所有职业。"),
    )

    class Meta:
        model = Zone
        fields = ["slug", "name_zh", "name_en", "summary_zh", "summary_en", "professions", "is_open", "position"]


@admin.register(Zone)
class ZoneAdmin(CatalogueAdmin):
    """Zones. The address is part of every link to it, so it stays once made."""

    form = ZoneForm
    list_display = ["name_zh", "slug", "is_open", "position"]
    ordering = ["position", "pk"]

    def get_readonly_fields(self, request: HttpRequest, obj: Zone | None = None) -> list[str]:
        return ["slug"] if obj else []

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Zone, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        record.append(
            "zone.changed",
            actor=request.user,
            subject=f"portal.zone:{obj.slug}",
            at=timezone.now(),
            payload={"is_open": obj.is_open, "professions": obj.professions},
        )


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """The outbox. Dead notices can be sent again by who may; codes are never shown."""

    list_display = ["created_at", "event_key", "channel", "state", "attempts", "sent_at", "error"]
    list_filter = ["state", "channel"]
    search_fields = ["event_key"]
    ordering = ["-pk"]
    fields = [
        "event_key",
        "channel",
        "address",
        "subject",
        "words",
        "state",
        "attempts",
        "next_at",
        "sent_at",
        "error",
        "created_at",
    ]
    actions = ["send_again"]

    @admin.display(description=gettext_lazy("正文"))
    def words(self, notice: Notice) -> str:
        return _("（含验证码，不显示）") if notice.is_secret else notice.text

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("portal.change_notice")

    @admin.action(description=gettext_lazy("重新发送（仅已放弃的）"), permissions=["send"])
    def send_again(self, request: HttpRequest, chosen: QuerySet[Notice]) -> None:
        with transaction.atomic():
            count = Notice.objects.filter(pk__in=chosen.values("pk")).send_again(timezone.now())
            transaction.on_commit(outbox.wake, robust=True)
        self.message_user(
            request,
            _("%(count)d 条通知将重新发送。") % {"count": count},
            messages.SUCCESS if count else messages.WARNING,
        )


@admin.register(RecordEntry)
class RecordEntryAdmin(ReadOnlyAdmin):
    """The record: append-only, people as keyed hashes."""

    list_display = ["seq", "at", "kind", "subject", "short_actor"]
    list_filter = ["kind"]
    search_fields = ["subject"]
    ordering = ["-seq"]
    fields = ["seq", "at", "kind", "actor", "subject", "payload"]
    show_full_result_count = False

    @admin.display(description=gettext_lazy("行为人"))
    def short_actor(self, entry: RecordEntry) -> str:
        return entry.actor[:12]
