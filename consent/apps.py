"""The consent app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    name = "consent"
    verbose_name = _("协议与同意")

    def ready(self) -> None:
        from accounts import membership
        from consent import exports, invariants, members, receivers  # receivers hear allauth's sign-up

        receivers.connect()
        invariants.register_own()
        exports.register()
        membership.register(members.agreed_in)
