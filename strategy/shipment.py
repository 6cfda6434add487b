"""What comes with the portal, put in force once: zones, documents, questions, reasons, articles, the rule set.

Repeating it adds what is missing and leaves what staff changed since alone.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction

from accounts.install import install_profile, install_reasons, install_survey
from articles import install as articles
from articles.models import Article
from consent.install import install_documents
from portal import shipped
from portal.models import Zone
from strategy.demo import ARTICLE, SLUG, install_ruleset

ZONES = Path(__file__).parent / "data" / "zones.yaml"


@transaction.atomic
def install_shipped(*, at: datetime) -> list[Article]:
    """Install everything that is shipped and not there yet; return the shipped articles."""
    data = shipped.read(ZONES)
    folders = {zone["slug"]: zone.pop("articles") for zone in data}
    zones = [Zone.objects.get_or_create(slug=zone["slug"], defaults=zone)[0] for zone in data]
    install_documents(at=at)
    install_profile()
    install_reasons()
    found = []
    for zone in zones:
        install_survey(zone)
        for folder in folders[zone.slug]:
            tool = SLUG if folder == ARTICLE else ""
            found.append(articles.install_article(articles.FOLDER / folder, zone, at=at, tool_slug=tool))
            if tool:
                install_ruleset(zone, at=at)
    return found
