"""A person with an account."""

from __future__ import annotations

import unicodedata
import uuid
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import record
from portal.personal import Personal


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> Self:
        """Accounts that may sign in."""
        return self.filter(is_active=True)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an account; the address is folded so that look-alikes of one spelling are one account."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Give somebody all rights: on the server only, never by a page; the record keeps it."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        subject = f"accounts.user:{user.public_id}"
        record.append("person.superuser_made", actor=None, subject=subject, payload={}, at=timezone.now())
        return user

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return unicodedata.normalize("NFKC", email or "").strip().casefold()


class User(AbstractBaseUser, PermissionsMixin):
    """An account: e-mail is the name it signs in by, the mobile number an optional second one."""

    class NoticeChannel(models.TextChoices):
        EMAIL = "EMAIL", _("邮件")
        SMS = "SMS", _("短信")

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "email": Personal("登录与通知", "账号存续期间；注销 30 天后匿名化"),
        "phone": Personal("可选的登录方式与通知", "账号存续期间；注销 30 天后匿名化"),
        "display_name": Personal("评论署名", "账号存续期间；注销 30 天后匿名化"),
        "display_title": Personal("评论署名旁的职称与科室", "账号存续期间；注销 30 天后匿名化"),
        "language": Personal("以本人选定的语言显示和通知", "账号存续期间"),
        "password": Personal("登录", "账号存续期间"),
        "last_login": Personal("账号安全", "账号存续期间"),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("邮箱"), unique=True, max_length=254)
    phone = models.CharField(_("手机号"), max_length=20, blank=True)
    phone_verified = models.BooleanField(_("手机号已验证"), default=False)
    display_name = models.CharField(_("姓名"), max_length=60, blank=True)
    display_title = models.CharField(_("职称与科室"), max_length=120, blank=True)
    # Empty until the person has chosen: their browser's choice counts until then.
    language = models.CharField(_("语言"), max_length=8, blank=True, default="")
    # How the person wants to hear of their case; by SMS only while the number is verified, else by e-mail.
    notice_channel = models.CharField(_("通知方式"), max_length=5, choices=NoticeChannel, default=NoticeChannel.EMAIL)
    is_staff = models.BooleanField(_("工作人员"), default=False)
    is_active = models.BooleanField(_("有效"), default=True)
    date_joined = models.DateTimeField(_("注册时间"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name, verbose_name_plural = _("用户"), pgettext_lazy("plural", "用户")
        constraints = [
            models.UniqueConstraint(
                fields=["phone"], condition=Q(phone_verified=True) & ~Q(phone=""), name="user_verified_phone_once"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or f"#{self.pk}"

    def clean(self) -> None:
        super().clean()
        self.email = type(self).objects.normalize_email(self.email)

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name
