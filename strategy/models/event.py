"""The history of a version."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.personal import Personal
from portal.workflow import TransitionEvent


class RuleSetVersionEvent(TransitionEvent):
    """What happened to a version, in order."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    subject = models.ForeignKey("strategy.RuleSetVersion", on_delete=models.PROTECT, related_name="events")

    class Meta:
        verbose_name, verbose_name_plural = _("规则集事件"), pgettext_lazy("plural", "规则集事件")
        constraints = [models.UniqueConstraint(fields=["subject", "seq"], name="rulesetversionevent_seq_once")]
