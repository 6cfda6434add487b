"""The articles app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("内容")

    def ready(self) -> None:
        from accounts import erasing
        from accounts import meanwhile as waiting
        from articles import digest, exports, invariants, meanwhile
        from articles.models import LastRead, correction
        from portal import sweeps

        exports.register()
        invariants.register_own()
        waiting.register(meanwhile.readings)
        sweeps.register(digest.tell_moderators)
        sweeps.register(correction.tell)
        erasing.register(LastRead.forget)
