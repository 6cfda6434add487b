"""The ground in the admin: zones, notices, the record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import keeping, outbox, record
from portal.catalogue import CatalogueAdmin, LinesField, NamedValues, ReadOnlyAdmin
from portal.models import KeptFilter, Notice, RecordEntry, Zone


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
    intro = gettext_lazy("一个专区是一扇门；地址一旦建立就不再改")
    list_display = ["title", "slug", "is_open", "position"]
    ordering = ["position", "pk"]

    @admin.display(description=gettext_lazy("名称"), ordering="name_zh")
    def title(self, zone: Zone) -> str:
        return str(zone)

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


CHANNELS = {"email": gettext_lazy("邮件"), "sms": gettext_lazy("短信")}


class ChannelFilter(NamedValues):
    words = CHANNELS


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """The outbox. Dead notices can be sent again by who may; codes are never shown."""

    intro = gettext_lazy("发给每个人的通知；已放弃的可以重新发送")
    list_display = ["created_at", "event_key", "by_what", "state", "attempts", "sent_at", "error"]
    list_filter = ["state", ("channel", ChannelFilter)]
    search_fields = ["event_key"]
    search_help_text = gettext_lazy("事件代号的一部分")
    ordering = ["-pk"]
    fields = [
        "event_key",
        "by_what",
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

    @admin.display(description=gettext_lazy("渠道"), ordering="channel")
    def by_what(self, notice: Notice) -> str:
        return str(CHANNELS.get(notice.channel, notice.channel))

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
    intro = gettext_lazy("只增不改的记录；人以带密钥的散列出现")
    list_filter = ["kind"]
    search_fields = ["subject"]
    search_help_text = gettext_lazy("对象的一部分，例如案件的公开编号")
    ordering = ["-seq"]
    fields = ["seq", "at", "kind", "actor", "subject", "payload"]
    show_full_result_count = False

    @admin.display(description=gettext_lazy("行为人"))
    def short_actor(self, entry: RecordEntry) -> str:
        return entry.actor[:12]


@admin.register(KeptFilter)
class KeptFilterAdmin(ReadOnlyAdmin):
    """Everybody's own and nobody else's: somebody else's number is not found."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False  # they stand on the lists they belong to

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("keep/", wrap(keeping.keep), name="portal_keptfilter_keep"),
            path("<int:pk>/drop/", wrap(keeping.drop), name="portal_keptfilter_drop"),
        ]
