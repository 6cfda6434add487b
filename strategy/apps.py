"""The strategy app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StrategyConfig(AppConfig):
    name = "strategy"
    verbose_name = _("策略工具")

    def ready(self) -> None:
        from articles.landing import register_tools  # models are ready only now
        from portal import styleguide, sweeps
        from strategy import exports, proving, samples
        from strategy.landing import tools_on_landing

        register_tools(tools_on_landing)
        sweeps.register(proving.tend)
        exports.register()
        styleguide.register(samples.path)
