"""The zone alk with its article and tool, for attacks on what is behind the gate."""

from __future__ import annotations

import pytest
from django.utils import timezone

from articles.install import FOLDER, install_article
from articles.models import Article
from portal.models import Zone
from strategy.demo import install_ruleset


@pytest.fixture
def article(zone: Zone) -> Article:
    """The shipped article, comments appear at once, with its tool."""
    install_ruleset(zone, at=timezone.now())
    row = install_article(FOLDER / "alk-pretreated-strategy", zone, at=timezone.now(), tool_slug="alk-pretreated")
    Article.objects.filter(pk=row.pk).update(comment_mode=Article.CommentMode.AFTER)
    return Article.objects.get(pk=row.pk)
