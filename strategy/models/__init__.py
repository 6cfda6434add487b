"""Rule sets, their versions, where their rules rest in the article, and who signed them."""

from strategy.models.citation import RuleCitation
from strategy.models.event import RuleSetVersionEvent
from strategy.models.proof import Certificate, ChangeNote, FindingSignature, ProofRun
from strategy.models.rights import NotProven
from strategy.models.rule_set import RuleSet, RuleSetQuerySet
from strategy.models.signature import ClinicalSignature
from strategy.models.version import RuleSetVersion, RuleSetVersionQuerySet

__all__ = [
    "Certificate",
    "ChangeNote",
    "ClinicalSignature",
    "FindingSignature",
    "NotProven",
    "ProofRun",
    "RuleCitation",
    "RuleSet",
    "RuleSetQuerySet",
    "RuleSetVersion",
    "RuleSetVersionEvent",
    "RuleSetVersionQuerySet",
]
