"""What the style guide shows of the tool: the picture of the four steps, in a case nobody has."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.styleguide import Component, Sample
from strategy.path import Branch, Fork, Stop, draw


def path() -> Component:
    """The way of a patient through the steps, branches not taken beside it."""
    ways = (Branch(_("有"), True), Branch(_("无"), False), Branch(_("未知"), False))
    stops = [Stop(ordinal, _("示例"), (Fork(_("问题"), ways),)) for ordinal in (_("第一步"), _("第二步"))]
    return Component(
        "path",
        _("路径图"),
        _("画出走过的分支；旁边总有同样内容的文字，打印时用竖排的一幅。"),
        (
            Sample(_("窄屏与打印"), made=draw(stops, is_tall=True)),
            Sample(_("宽屏"), made=draw(stops, is_tall=False)),
        ),
    )
