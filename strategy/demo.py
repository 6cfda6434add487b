"""The rule set that comes with the portal."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction

from portal.models import Zone
from strategy import proving
from strategy.models import RuleSet, RuleSetVersion

SLUG, ARTICLE = "alk-pretreated", "alk-pretreated-strategy"
SOURCE = Path(__file__).parent / "data" / "alk-pretreated.yaml"


@transaction.atomic
def install_ruleset(zone: Zone, *, at: datetime) -> RuleSet:
    """Publish strategy/data/alk-pretreated.yaml as version 1 in this zone, unless the zone already has the rule set."""
    rule_set, made = RuleSet.objects.get_or_create(
        zone=zone,
        slug=SLUG,
        defaults={
            "title_zh": "四步决策框架",
            "title_en": "Four-step decision framework",
            "article_slug": ARTICLE,
        },
    )
    if made:
        version = RuleSetVersion.draft(rule_set, SOURCE.read_text(encoding="utf-8"), by=None, at=at)
        proving.install_shipped(version, at=at)
        version.publish(by=None, at=at)
    return rule_set
