"""The ground, and Django's admin on our own site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("平台")

    def ready(self) -> None:
        from portal import append_only, edges, invariants, languages, own_data, retention, samples, seals, sweeps

        post_migrate.connect(append_only.after_migrate)
        post_migrate.connect(edges.after_migrate)
        own_data.register()
        languages.connect()
        sweeps.register(seals.seal_everything)
        sweeps.register(retention.forget)
        sweeps.register(invariants.nightly)
        invariants.register_own()
        samples.register()


class DeskConfig(AdminConfig):
    default_site = "portal.desk.DeskSite"
