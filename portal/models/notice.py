"""A notice: a row of the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.personal import Personal


class NoticeQuerySet(models.QuerySet["Notice"]):
    def due(self, now: datetime) -> Self:
        """What may be leased now: new and waited long enough, or leased by a sender that died."""
        return self.filter(
            Q(state=Notice.State.NEW, next_at__lte=now) | Q(state=Notice.State.LEASED, lease_until__lt=now)
        )

    def send_again(self, now: datetime) -> int:
        """Give up giving up: dead notices are due at once, with all their attempts; return how many."""
        dead = self.filter(state=Notice.State.DEAD)
        return dead.update(state=Notice.State.NEW, attempts=0, next_at=now, lease_token="", lease_until=None, error="")


class Notice(models.Model):
    """One message to one person by one channel, unique per event: written with the event, sent after commit."""

    class State(models.TextChoices):
        NEW = "NEW", _("待发送")
        LEASED = "LEASED", _("发送中")
        SENT = "SENT", _("已发送")
        DEAD = "DEAD", _("已放弃")

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "address": Personal("发送通知", "发送后 90 天"),
        "subject": Personal("发送通知", "发送后 90 天；验证码发送后即清空"),
        "text": Personal("发送通知", "发送后 90 天；验证码发送后即清空"),
        "error": Personal("查明通知为何没有送达；对方的应答可能含地址", "发送后 90 天"),
    }

    event_key = models.CharField(_("事件"), max_length=120)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="notices", verbose_name=_("收件人")
    )
    channel = models.CharField(_("渠道"), max_length=10)
    address = models.CharField(_("地址"), max_length=254)
    subject = models.CharField(_("主题"), max_length=200, blank=True)
    text = models.TextField(_("正文"), blank=True)
    is_secret = models.BooleanField(_("含验证码"), default=False)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.NEW)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    next_at = models.DateTimeField(_("下次发送"))
    lease_token = models.CharField(max_length=16, blank=True)
    lease_until = models.DateTimeField(null=True)
    error = models.CharField(_("错误"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("创建时间"))
    sent_at = models.DateTimeField(_("发送时间"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("通知"), pgettext_lazy("plural", "通知")
        constraints = [
            models.UniqueConstraint(fields=["event_key", "channel", "address"], name="notice_once_per_event"),
            models.CheckConstraint(
                condition=Q(state="SENT", sent_at__isnull=False) | (~Q(state="SENT") & Q(sent_at=None)),
                name="notice_sent_has_time",
            ),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(state__in=["NEW", "LEASED"]), name="notice_due")]

    def __str__(self) -> str:
        return f"{self.event_key} {self.channel}"
