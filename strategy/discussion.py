"""The demo's discussion: 200 comments by fictitious clinicians, written by hand, posted by the product's own action."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from accounts.models import User
from articles.install import install_comments
from articles.models import Article
from portal import shipped


def install_discussion(article: Article, folder: Path, *, at: datetime) -> int:
    """Post the folder's comments.yaml; return how many. Its people get accounts nobody can sign in to."""
    data = shipped.read(folder / "comments.yaml")
    people = {str(number): _account(number, author) for number, author in enumerate(data["authors"])}
    return install_comments(article, [_row(n, row) for n, row in enumerate(data["comments"])], people, now=at)


def _account(number: int, author: Mapping[str, str]) -> User:
    title = "，".join(filter(None, [author.get("title"), author.get("department")]))
    return User.objects.create_user(
        f"discussant{number:02d}@demo.example", display_name=author["name"], display_title=title
    )


def _row(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    reply_to = row.get("reply_to")
    return {
        "key": str(number),
        "author": str(row["author"]),
        "body": row["body"],
        "anchor": row.get("anchor") or "",
        "hours_ago": float(row["days_ago"]) * 24,
        "parent": None if reply_to is None else str(reply_to),
    }
