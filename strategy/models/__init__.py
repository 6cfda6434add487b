"""Rule sets and their versions."""

from strategy.models.rule_set import RuleSet, RuleSetQuerySet
from strategy.models.version import RuleSetVersion, RuleSetVersionEvent, RuleSetVersionQuerySet

__all__ = ["RuleSet", "RuleSetQuerySet", "RuleSetVersion", "RuleSetVersionEvent", "RuleSetVersionQuerySet"]
