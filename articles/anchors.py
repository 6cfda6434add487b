"""Where a fact or a section stands in what is published now: the strategy tool links its reasons there."""

from __future__ import annotations

from articles.models import Article


def anchors_for(zone: str, slug: str) -> dict[str, str]:
    """Return {"fact:<key>" | "section:<key>": block id} of the published revision; empty when there is none.

    The caller stands behind the zone's gate. One query.
    """
    found = Article.objects.published().filter(zone__slug=zone, slug=slug)
    return dict(found.values_list("published__anchors", flat=True).first() or {})
