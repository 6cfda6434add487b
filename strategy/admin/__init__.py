"""The desk's side of the tool."""

from strategy.admin.version import RuleSetVersionAdmin

__all__ = ["RuleSetVersionAdmin"]
