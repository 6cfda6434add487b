"""What waits of the rule sets: a second pair of eyes, a clinician's signature, rules whose sentences changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from strategy.citations import stale_rules
from strategy.models import RuleSet, RuleSetVersion


@dataclass(frozen=True, slots=True)
class Waiting:
    """One rule set: what readers use, how many of its rules wait to be looked at again, what waits for somebody."""

    rule_set: RuleSet
    current: RuleSetVersion | None
    stale: int
    review: list[RuleSetVersion]
    drafts: list[RuleSetVersion]

    @property
    def is_unsigned(self) -> bool:
        """Whether readers use a version that no clinician signed."""
        return self.current is not None and self.current.clinically_signed_at is None


def waiting_for(user: Any) -> list[Waiting]:
    """Return every rule set with what this person may do about it; a few queries each, and there are few."""
    found = []
    versions = RuleSetVersion.objects.defer("source").select_related("created_by", "held_by", "rule_set__zone")
    for rule_set in RuleSet.objects.select_related("zone").order_by("zone_id", "slug"):
        own = versions.filter(rule_set=rule_set)
        current = own.filter(status=RuleSetVersion.Status.PUBLISHED).order_by("-number").first()
        review = list(own.filter(status=RuleSetVersion.Status.IN_REVIEW).order_by("-number"))
        drafts = list(own.filter(status=RuleSetVersion.Status.DRAFT, held_by_id=user.pk).order_by("-number"))
        found.append(Waiting(rule_set, current, len(stale_rules(current)) if current else 0, review, drafts))
    return found
