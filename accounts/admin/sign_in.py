"""How people sign in, looked at: addresses, second factors, devices. What is in them to sign in with is never shown.

The packages register pages of their own, in which a secret could be read and an address be called verified; they are
left out. A superuser may take a lost second factor away, or end a session, after proving anew who they are.
"""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from portal import record
from portal.catalogue import ReadOnlyAdmin
from portal.desk import ask_factor_again

KINDS = {
    Authenticator.Type.TOTP: gettext_lazy("身份验证器应用"),
    Authenticator.Type.WEBAUTHN: gettext_lazy("通行密钥"),
    Authenticator.Type.RECOVERY_CODES: gettext_lazy("恢复代码"),
}
for model in (EmailAddress, Authenticator, UserSession):
    admin.site.unregister(model)


class OwnedAdmin(ReadOnlyAdmin):
    """Rows of somebody: whose, and when."""

    list_select_related = ["user"]
    ordering = ["-pk"]
    show_full_result_count = False
    actions = None

    @admin.display(description=gettext_lazy("用户"), ordering="user")
    def whose(self, row: Any) -> User:
        owner: User = row.user
        return owner


class RemovableAdmin(OwnedAdmin):
    """Rows a superuser may take away, one at a time; it is recorded."""

    removed = ""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        detour = ask_factor_again(request) if self.has_delete_permission(request) else None
        return detour or super().delete_view(request, *args, **kwargs)

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        subject = f"accounts.user:{obj.user.public_id}"
        record.append(self.removed, actor=request.user, subject=subject, at=timezone.now(), payload={})
        self.take_away(obj)

    def take_away(self, row: Any) -> None:
        """Delete the row with what hangs on it."""
        row.delete()


@admin.register(EmailAddress)
class EmailAddressAdmin(OwnedAdmin):
    names = gettext_lazy("邮箱地址"), pgettext_lazy("plural", "邮箱地址")
    intro = gettext_lazy("只供查看；本人在「账号与安全」里更改")
    list_display = ["email", "whose", "is_verified", "is_primary"]
    search_fields = ["=email"]
    search_help_text = gettext_lazy("完整的邮箱地址")
    fields = ["email", "whose", "is_verified", "is_primary"]

    @admin.display(description=gettext_lazy("已验证"), boolean=True)
    def is_verified(self, row: EmailAddress) -> bool:
        return bool(row.verified)

    @admin.display(description=gettext_lazy("主要"), boolean=True)
    def is_primary(self, row: EmailAddress) -> bool:
        return bool(row.primary)


@admin.register(Authenticator)
class AuthenticatorAdmin(RemovableAdmin):
    names = gettext_lazy("两步验证方式"), pgettext_lazy("plural", "两步验证方式")
    removed = "person.factor_removed"
    intro = gettext_lazy("本人丢失手机或密钥、又没有恢复代码时，核实身份之后在这里删除")
    list_display = ["name", "whose", "made_at", "used_at"]
    fields = ["name", "whose", "made_at", "used_at"]

    @admin.display(description=gettext_lazy("方式"), ordering="type")
    def name(self, row: Authenticator) -> str:
        return str(KINDS.get(row.type, row.type))

    @admin.display(description=gettext_lazy("添加时间"), ordering="created_at")
    def made_at(self, row: Authenticator) -> Any:
        return row.created_at

    @admin.display(description=gettext_lazy("最近使用"), ordering="last_used_at")
    def used_at(self, row: Authenticator) -> Any:
        return row.last_used_at


@admin.register(UserSession)
class UserSessionAdmin(RemovableAdmin):
    names = gettext_lazy("登录设备"), pgettext_lazy("plural", "登录设备")
    removed = "person.session_ended"
    intro = gettext_lazy("删除一条，那台设备立即退出登录")
    list_display = ["name", "whose", "began_at", "seen_at"]
    fields = ["name", "whose", "began_at", "seen_at"]

    @admin.display(description=gettext_lazy("设备"))
    def name(self, row: UserSession) -> str:
        return _("登录 %(number)d") % {"number": row.pk}

    @admin.display(description=gettext_lazy("登录时间"), ordering="created_at")
    def began_at(self, row: UserSession) -> Any:
        return row.created_at

    @admin.display(description=gettext_lazy("最近活动"), ordering="last_seen_at")
    def seen_at(self, row: UserSession) -> Any:
        return row.last_seen_at

    def take_away(self, row: Any) -> None:
        row.end()
