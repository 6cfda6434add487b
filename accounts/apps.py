"""The accounts app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("人员与审核")

    def ready(self) -> None:
        from accounts import devices, exports, invariants, reminding, retention
        from accounts.models import Claim
        from portal import purposes

        purposes.register(purposes.REVIEW, Claim.objects.lets_review)
        retention.register()
        devices.connect()
        invariants.register_own()
        reminding.register()
        exports.register()
