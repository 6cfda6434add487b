"""The ground, and Django's admin on our own site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("平台")

    def ready(self) -> None:
        from portal import retention, sweeps

        sweeps.register(retention.forget)


class DeskConfig(AdminConfig):
    default_site = "portal.desk.DeskSite"
