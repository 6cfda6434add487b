"""The accounts app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("人员与审核")

    def ready(self) -> None:
        from accounts import exports as own
        from accounts import retention
        from portal import exports

        retention.register()
        exports.register(own.account)
