"""What an answer shows of the article: the claims behind it, the verdict on each, and where the article states them.

The words of a revision are frozen, so its headings and anchors are kept by the process. Facts are read on every
request (an editor's note counts at once); only their markup is kept, under what it was made from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from articles.models import Article, Block, Fact, Revision
from portal.localise import localised
from portal.prepared import Prepared
from strategy.claims import claim_markup
from strategy.models import RuleSet
from strategy.phrases import Markup

# How headings are numbered: 三、… → （二）… → 1. …; a title tells the whole way: 三（二）1 …
LEVELS = {"h2": 1, "h3": 2, "h4": 3}
NUMBER = re.compile(r"([一二三四五六七八九十]+)、|(（[一二三四五六七八九十]+）)|(\d+)\.\s*")
WHOLE_NUMBER = re.compile(r"[一二三四五六七八九十]*(?:（[一二三四五六七八九十]+）)?\d*")
ARTICLE = (
    *("title_zh", "title_en", "checked_up_to", "published_id", "published__number"),
    *("published__rendered_sha256", "zone__slug"),
)
FACT = (
    "key",
    "claim_zh",
    "claim_en",
    "verdict",
    "note_zh",
    "figures",
    "evidence__says",
    "evidence__says_zh",
    "evidence__reference__citation",
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact as it is stored, with what each reference says of it. Hashable: its markup is kept under it."""

    key: str
    claim_zh: str
    claim_en: str
    verdict: str
    note: str
    figures: str  # JSON
    sources: tuple[tuple[str, str, str], ...]  # citation, what it says, the same in Chinese


@dataclass(frozen=True, slots=True)
class Claim:
    """A fact as an answer shows it: an item of a list with its bars, and rows of the table of figures."""

    key: str
    item: Markup
    rows: Markup
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    url: str

    @property
    def number(self) -> str:
        """Its number alone, such as 三（二）2; the title where it has none."""
        return WHOLE_NUMBER.match(self.title)[0] or self.title  # type: ignore[index]  # every part may be missing


@dataclass(frozen=True, slots=True)
class Evidence:
    """The article of a rule set, as one person may read it."""

    title: str = ""
    url: str = ""
    checked_up_to: str = ""
    revision: int = 0  # the number readers see
    anchors: dict[str, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)  # block id: title, numbered from the top
    facts: dict[str, Statement] = field(default_factory=dict)

    def claim(self, key: str, others: tuple[str, ...] = ()) -> Claim:
        """The fact of this key, without the figures of `others`; one that is gone is shown as missing, not left out."""
        known = self.facts.get(key) or Statement(key, "", "", "", "", "[]", ())
        item, rows = _markup(known, self.place(f"fact:{key}"), others, get_language() or "")
        return Claim(key, item, rows, known.verdict != Fact.Verdict.OK)

    def section(self, key: str) -> Section:
        """The section of this key; without the article its key stands for its title."""
        title = self.headings.get(self.anchors.get(f"section:{key}", ""), key)
        return Section(key, title, self.place(f"section:{key}"))

    def sentence(self, facts: Collection[str], section: str) -> str:
        """Where the article says so: the sentence of the first fact it states, else the section."""
        stated = next((key for key in facts if f"fact:{key}" in self.anchors), None)
        return self.place(f"fact:{stated}" if stated else f"section:{section}")

    def place(self, anchor: str) -> str:
        block = self.anchors.get(anchor)
        return f"{self.url}#{block}" if self.url and block else self.url


def evidence_for(user: Any, rule_set: RuleSet, keys: Collection[str]) -> Evidence:
    """The evidence of these facts for this person: nothing when they may not read the article."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Evidence()
    row = _READABLE.first(person=user.pk, zone=rule_set.zone_id, slug=rule_set.article_slug, at=timezone.now())
    if row is None:
        return Evidence()
    article = dict(zip(ARTICLE, row, strict=True))
    anchors, headings = _frozen(article["published_id"], article["published__rendered_sha256"])
    return Evidence(
        title=localised(article, "title"),
        url=reverse("article", kwargs={"zone": article["zone__slug"], "slug": rule_set.article_slug}),
        checked_up_to=article["checked_up_to"],
        revision=article["published__number"] or 0,
        anchors=anchors,
        headings=headings,
        facts=_statements(keys),
    )


def _readable(person: int, zone: int, slug: str, at: datetime) -> models.QuerySet[Any, Any]:
    reader = User(pk=person, is_active=True)
    return Article.objects.visible_to(reader, at=at).filter(zone_id=zone, slug=slug).values_list(*ARTICLE)


_READABLE = Prepared(_readable, person=int, zone=int, slug=str, at=datetime)


def _statements(keys: Collection[str]) -> dict[str, Statement]:
    found: dict[str, tuple[str, str, str, str, str]] = {}
    sources: dict[str, list[tuple[str, str, str]]] = {}
    rows = Fact.objects.filter(key__in=keys).order_by("pk", "evidence__pk").values_list(*FACT)
    for key, claim_zh, claim_en, verdict, note, figures, says, says_zh, citation in rows:
        found.setdefault(key, (claim_zh, claim_en, verdict, note, json.dumps(figures, sort_keys=True)))
        if citation:
            sources.setdefault(key, []).append((citation, says or "", says_zh or ""))
    return {key: Statement(key, *row, tuple(sources.get(key, ()))) for key, row in found.items()}


@lru_cache(maxsize=1024)
def _markup(known: Statement, url: str, others: tuple[str, ...], language: str) -> tuple[Markup, Markup]:
    """Markup of a claim. `language` only tells the kept ones apart. Facts alone: nothing a reader entered."""
    if not known.verdict:
        text, verdict = _("原文条目 %(key)s 暂时无法显示") % {"key": known.key}, _("待核对")
        return claim_markup(known.key, text, verdict, url, is_doubtful=True)
    text = known.claim_en if language == "en" and known.claim_en else known.claim_zh
    return claim_markup(
        known.key,
        text,
        str(Fact.Verdict(known.verdict).label),
        url,
        is_doubtful=known.verdict != Fact.Verdict.OK,
        note=known.note,
        figures=json.loads(known.figures),
        sources=[(cited, (says or zh) if language == "en" else (zh or says)) for cited, says, zh in known.sources],
        others=others,
    )


@lru_cache(maxsize=16)
def _frozen(revision_id: int, rendered_sha256: str) -> tuple[dict[str, str], dict[str, str]]:
    """Anchors and headings of a published revision, which no longer changes; the hash tells its text apart."""
    anchors = Revision.objects.filter(pk=revision_id).values_list("anchors", flat=True).first()
    return anchors or {}, _headings(revision_id)


def _headings(revision_id: int) -> dict[str, str]:
    """Each heading of a revision with the numbers of those above it."""
    rows = Block.objects.filter(revision_id=revision_id, tag__in=LEVELS).order_by("position")
    numbers: list[str] = []
    titles = {}
    for block_id, tag, text in rows.values_list("block_id", "tag", "text"):
        found = NUMBER.match(text)
        number = next(filter(None, found.groups())) if found else ""
        numbers = [*numbers[: LEVELS[tag] - 1], number]
        joint = {"h2": "、", "h4": " "}.get(tag, "") if number else ""
        titles[block_id] = "".join(numbers) + joint + (text[found.end() :] if found else text)
    return titles
