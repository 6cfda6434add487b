"""The desk's side of the tool."""

from strategy.admin.proof import ProofRunAdmin
from strategy.admin.version import RuleSetVersionAdmin

__all__ = ["ProofRunAdmin", "RuleSetVersionAdmin"]
