"""Put a shipped article in force, once: its facts, then revision 1, published by the installer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from articles import body as bodies
from articles.models import Article, Comment, Fact, FactEvidence, Reference, Revision
from articles.models.revision import TEXTS, check_facts
from articles.views.posting import QUOTE
from portal import shipped
from portal.models import Zone

FOLDER = Path(__file__).parent / "data"
KINDS = {"资讯": Article.Kind.NEWS, "NEWS": Article.Kind.NEWS}


@transaction.atomic
def install_article(folder: Path, zone: Zone, *, at: datetime, tool_slug: str = "") -> Article:
    """Import articles/data/<slug>/ into the zone. What is there already is left as it is; returns the article.

    ValidationError when the body binds unknown facts or its markup would not survive cleaning.
    """
    data = shipped.read(folder / "article.yaml")
    facts = folder / "facts.yaml"
    if facts.exists():
        install_facts(shipped.read(facts))
    article, is_new = Article.objects.get_or_create(
        zone=zone, slug=data["slug"], defaults={**_face(data), "tool_slug": tool_slug}
    )
    if is_new:
        source = (folder / "body.html").read_text(encoding="utf-8")
        clean = bodies.clean_body(source)
        _check_nothing_lost(source, clean)
        check_facts(clean)
        texts = {name: getattr(article, name) for name in TEXTS}
        revision = Revision.objects.create(article=article, created_at=at, body=clean, **texts)
        revision.install(at=at)
        article.refresh_from_db()
    return article


def install_facts(data: Mapping[str, Any]) -> None:
    """Import references, facts and evidence by key; what is there already is left as it is."""
    for row in data.get("references", []):
        fields = {name: row.get(name, "") for name in ("citation", "confidence", "basis")}
        Reference.objects.get_or_create(key=row["key"], defaults=fields)
    known = {reference.key: reference for reference in Reference.objects.all()}
    for row in data.get("facts", []):
        fields = {name: row.get(name) or "" for name in ("section", "kind", "claim_zh", "claim_en", "note_zh")}
        fields["verdict"] = str(row.get("check", "ok")).upper()
        fields["figures"], fields["verified"] = row.get("figures") or [], row.get("verified") or ""
        fact, is_new = Fact.objects.get_or_create(key=row["key"], defaults=fields)
        if is_new:
            FactEvidence.objects.bulk_create(
                FactEvidence(
                    fact=fact,
                    reference=known[e["reference"]],
                    says=e.get("says") or "",
                    says_zh=e.get("says_zh") or "",
                )
                for e in row.get("evidence") or []
            )


def install_comments(
    article: Article, rows: Sequence[Mapping[str, Any]], people: Mapping[str, Any], *, now: datetime
) -> int:
    """Write the demo's discussion, oldest first, once; return how many were new.

    A row: key, author (key of people), hours_ago, body, and optionally parent (key of a row), anchor, is_editorial.
    """
    if Comment.objects.filter(article=article).exists():
        return 0
    quotes = dict(article.published.blocks.values_list("block_id", "text")) if article.published else {}
    posted: dict[str, Comment] = {}
    with transaction.atomic():
        for row in sorted(rows, key=lambda row: -float(row["hours_ago"])):
            anchor = row.get("anchor") or ""
            posted[str(row["key"])] = Comment.post(
                article,
                author=people[row["author"]],
                body=row["body"].strip(),
                anchor=anchor,
                quote=quotes.get(anchor.removeprefix("block:"), "")[:QUOTE],
                parent=posted[str(row["parent"])] if row.get("parent") else None,
                at=now - timedelta(hours=float(row["hours_ago"])),
                is_editorial=bool(row.get("is_editorial")),
            )
    return len(posted)


def _face(data: Mapping[str, Any]) -> dict[str, Any]:
    source = data.get("source") or {}
    published_on = source.get("date")
    return {
        **{name: (data.get(name) or "").strip() for name in TEXTS},
        "kind": KINDS[data.get("kind", "NEWS")],
        "source_title": source.get("title") or "",
        "source_author": source.get("author") or "",
        "source_publisher": source.get("publisher") or "",
        "source_date": date.fromisoformat(str(published_on)) if published_on else None,
        "source_note": source.get("note_zh") or "",
        "checked_up_to": str(data.get("checked_up_to") or ""),
        "is_clinically_draft": data.get("is_draft_clinically", True),
        "comment_mode": str(data.get("comment_mode", "before")).upper(),
    }


def _check_nothing_lost(source: str, clean: str) -> None:
    """What ships must already be in the subset: an id, fact or section that cleaning drops is an error in the file."""
    lost = _marks(source) - _marks(clean)
    if lost:
        raise ValidationError(f"lost in cleaning: {', '.join(sorted(lost))}")


def _marks(markup: str) -> set[str]:
    tree = bodies.parse(markup)
    names: Iterable[str] = ("id", "data-fact", "data-section", "data-slot")
    return {f"{name}={node.get(name)}" for node in tree.iter() for name in names if node.get(name)}
