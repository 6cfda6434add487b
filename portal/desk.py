"""The desk: Django's admin, entered only by staff who used a second factor in this session and are not idle."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite, site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LAST_SEEN = "desk_last_seen"


def factor_used_at(request: HttpRequest) -> float | None:
    """Return when this session last used TOTP, a passkey or a recovery code (Unix time), or None."""
    if not request.user.is_authenticated:
        return None
    times = [r["at"] for r in get_authentication_records(request, request.user) if r.get("method") == "mfa"]
    return max(times, default=None)


def ask_factor_again(request: HttpRequest) -> HttpResponse | None:
    """Before a grave act (rights, agreements): None when the factor was used just now, else the way to use it again."""
    used_at = factor_used_at(request)
    if used_at is not None and time.time() - used_at <= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
        return None
    return _to("mfa_reauthenticate", request.get_full_path())


APPS = {
    "account": gettext_lazy("账号与登录"),
    "auth": gettext_lazy("账号与登录"),
    "mfa": gettext_lazy("账号与登录"),
    "usersessions": gettext_lazy("账号与登录"),
}


def names_of(model: Any) -> tuple[str, str]:
    """Return what a row of a model and its list are called at the desk."""
    own = getattr(site._registry.get(model), "names", None)
    one, many = own or (model._meta.verbose_name, model._meta.verbose_name_plural)
    return str(capfirst(one)), str(capfirst(many))


class DeskSite(AdminSite):
    """The admin site. Rights are Django permissions; this adds the factor and the idle limit."""

    site_title = site_header = gettext_lazy("管理后台")
    index_title = gettext_lazy("概览")
    enable_nav_sidebar = False  # every page has the desk's own navigation

    def has_permission(self, request: HttpRequest) -> bool:
        used_at = factor_used_at(request)
        if not super().has_permission(request) or used_at is None:
            return False
        now = time.time()
        last = max(request.session.get(LAST_SEEN, 0), used_at)
        if now - last > settings.STAFF_IDLE_MINUTES * 60:
            return False
        if now - request.session.get(LAST_SEEN, 0) > 60:  # a write a minute at most
            request.session[LAST_SEEN] = int(now)
        return True

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The parts of the desk; what packages brought for signing in stands together."""
        parts: dict[str, Any] = {}
        for app in super().get_app_list(request, app_label):
            app["name"] = str(APPS.get(app["app_label"], app["name"]))
            for row in app["models"]:
                row["name"] = names_of(row["model"])[1]
            kept = parts.setdefault(app["name"], app)
            if kept is not app:
                kept["models"] += app["models"]
        return list(parts.values())

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """There is one page for one's password; the stock one knows nothing of its limits and its notice."""
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_change_password")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send people to where what is missing can be done; those without rights are told so."""
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
            wanted = reverse("admin:index")
        user = request.user
        if not user.is_authenticated:
            return _to("account_login", wanted)
        if not (user.is_active and user.is_staff):
            return render(request, "403.html", {"reason": _("管理后台只对工作人员开放。")}, status=403)
        if self.has_permission(request):
            return redirect(wanted)
        if Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
            return _to("mfa_reauthenticate", wanted)
        messages.warning(request, _("进入管理后台须先启用两步验证：请在下面添加身份验证器应用或通行密钥。"))
        return _to("mfa_index", wanted)


def _to(name: str, wanted: str) -> HttpResponse:
    return redirect(f"{reverse(name)}?{urlencode({'next': wanted})}")
