"""What the ground knows of a person, as parts of the copy of all one's data: notices, keys, the record's entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import exports, keys
from portal.models import KeptFilter, Notice, PersonKey, RecordEntry


def notices(person: Any) -> Iterator[Mapping[str, Any]]:
    """What was sent to the person; the text of a code never, sent or not."""
    names = ("event_key", "channel", "address", "subject", "text", "is_secret", "state", "created_at", "sent_at")
    for row in Notice.objects.filter(person=person).order_by("pk").values(*names):
        yield {**row, "text": "" if row["is_secret"] else row["text"]}


def kept_filters(person: Any) -> Any:
    """The filters of the desk's lists that the person keeps under names of their own."""
    return KeptFilter.objects.of(person).values("table", "name", "query", "kept_at")


def data_keys(person: Any) -> Any:
    """The person's data keys: when they were made and destroyed, never the keys."""
    return PersonKey.objects.filter(person=person).order_by("pk").values("purpose", "created_at", "destroyed_at")


def entries(person: Any) -> Any:
    """The record's entries by the person or about them."""
    about = Q(actor=keys.pseudonym(person)) | Q(subject=f"accounts.user:{person.public_id}")
    return RecordEntry.objects.filter(about).order_by("seq").values("seq", "at", "kind", "subject", "payload")


def register() -> None:
    """Called once when the app is ready."""
    when = {"created_at": _("时间")}
    exports.register(
        exports.Part(
            "notices",
            _("发给我的通知"),
            notices,
            {**when, "channel": _("渠道"), "address": _("地址"), "subject": _("主题"), "text": _("正文")},
            covers=("portal.Notice.person",),
            comes_last=True,
        ),
        exports.Part(
            "filters",
            _("我在后台保存的筛选"),
            kept_filters,
            {"kept_at": _("时间"), "name": _("名称"), "query": _("条件")},
            covers=("portal.KeptFilter.owner",),
            comes_last=True,
        ),
        exports.Part(
            "keys",
            _("我的数据密钥"),
            data_keys,
            {"purpose": _("目的"), **when, "destroyed_at": _("销毁时间")},
            covers=("portal.PersonKey.person",),
            comes_last=True,
        ),
        exports.Part(
            "record",
            _("封存记录里与我有关的条目"),
            entries,
            {"at": _("时间"), "kind": _("种类"), "subject": _("对象")},
            covers=("portal.RecordEntry",),
            comes_last=True,
        ),
    )
    exports.leave_out({"portal.StoredAnswer.person": _("防止重复提交的编号：7 天后删除，只是一个散列。")})
