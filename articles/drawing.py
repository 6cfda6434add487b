"""Markup made of frozen things alone, drawn once in a process and kept: comments of others, a revision's references.

What is kept is never asked whether it may be shown: every request asks the database which comments and which revision
this person reads, and the key holds all that the markup is made of, words included. A changed word is another key.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

COMMENTS, REVISIONS = 1000, 40  # kept in each process: about 3 MB


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as it is shown to one person."""

    key: str  # its public id
    state: str
    is_mine: bool
    is_trace: bool  # its place is kept, its words are not shown
    name: str
    title: str
    is_editorial: bool
    iso: str
    when: str
    quote: str
    block_id: str
    body: str
    article_url: str
    talk_url: str
    is_closed: bool  # nobody can answer any more
    answered: str = ""  # whom it answers, where the page no longer shows it by an indent


def comment(said: Said) -> str:
    """The comment's <article> without its end: what answers it stands within."""
    return _comment(said, translation.get_language())


def references(revision: Any, *, is_print: bool = False) -> str:
    """The list of references of a published revision, and what has none."""
    key = (revision.pk, revision.rendered_sha256, revision.published_at, is_print, translation.get_language())
    return _kept(key) or _keep(key, _references(revision, is_print))


_drawn: dict[Any, str] = {}


def _kept(key: Any) -> str | None:
    return _drawn.get(key)


def _keep(key: Any, markup: str) -> str:
    if len(_drawn) >= REVISIONS:
        _drawn.clear()
    return _drawn.setdefault(key, markup)


@lru_cache(maxsize=COMMENTS)
def _comment(said: Said, language: str) -> str:
    return render_to_string("articles/_comment.html", {"said": said})


def _references(revision: Any, is_print: bool) -> str:
    found = revision.references
    context = {
        "references": found.get("items", []),
        "unsourced": found.get("unsourced", []),
        "is_print": is_print,
    }
    return render_to_string("articles/_references.html", context)
