"""One's comments, as a part of the copy of all one's data."""

from __future__ import annotations

from typing import Any

from articles.models import Comment
from portal.exports import as_json

FIELDS = ("public_id", "article__slug", "zone__slug", "anchor", "quote", "body", "state", "created_at")


def comments(person: Any) -> dict[str, bytes]:
    """comments.json: every comment with its place and state."""
    return {"comments.json": as_json(list(Comment.objects.owned_by(person).order_by("pk").values(*FIELDS)))}
