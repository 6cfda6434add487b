"""The consent app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    name = "consent"
    verbose_name = _("协议与同意")

    def ready(self) -> None:
        from consent import exports as own  # receivers hear allauth's sign-up
        from consent import receivers
        from portal import exports

        receivers.connect()
        exports.register(own.consents)
