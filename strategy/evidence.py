"""What an answer shows of the article: the claims behind it, the verdict on each, and where the article states them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from articles.models import Article, Block, Fact
from portal.localise import localised
from strategy.models import RuleSet

# How headings are numbered: 三、… → （二）… → 1. …; a title tells the whole way: 三（二）1 …
LEVELS = {"h2": 1, "h3": 2, "h4": 3}
NUMBER = re.compile(r"([一二三四五六七八九十]+)、|(（[一二三四五六七八九十]+）)|(\d+)\.\s*")


@dataclass(frozen=True, slots=True)
class Claim:
    """A fact as an answer shows it. In doubt, `note` says why, beside the claim."""

    key: str
    text: str
    verdict: str
    is_doubtful: bool
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The article of a rule set, as one person may read it."""

    title: str = ""
    url: str = ""
    checked_up_to: str = ""
    anchors: dict[str, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)  # block id: title, numbered from the top
    facts: dict[str, Fact] = field(default_factory=dict)

    def claim(self, key: str) -> Claim:
        """The fact of this key; one that the article does not state is shown as missing, never left out."""
        fact = self.facts.get(key)
        if fact is None:
            return Claim(key, _("原文条目 %(key)s 暂时无法显示") % {"key": key}, _("待核对"), True, "", self.url)
        is_doubtful = fact.verdict != Fact.Verdict.OK
        return Claim(
            key=key,
            text=localised(fact, "claim"),
            verdict=str(Fact.Verdict(fact.verdict).label),
            is_doubtful=is_doubtful,
            note=fact.note_zh if is_doubtful else "",
            url=self._place(f"fact:{key}"),
        )

    def section(self, key: str) -> Section:
        """The section of this key; without the article its key stands for its title."""
        title = self.headings.get(self.anchors.get(f"section:{key}", ""), key)
        return Section(key, title, self._place(f"section:{key}"))

    def _place(self, anchor: str) -> str:
        block = self.anchors.get(anchor)
        return f"{self.url}#{block}" if self.url and block else self.url


def evidence_for(user: Any, rule_set: RuleSet, keys: Collection[str]) -> Evidence:
    """The evidence of these facts for this person: nothing when they may not read the article."""
    articles = Article.objects.visible_to(user).filter(zone_id=rule_set.zone_id, slug=rule_set.article_slug)
    names = ("title_zh", "title_en", "checked_up_to", "zone__slug", "published_id", "published__anchors")
    article = articles.values(*names).first()
    if article is None:
        return Evidence()
    return Evidence(
        title=localised(article, "title"),
        url=reverse("article", kwargs={"zone": article["zone__slug"], "slug": rule_set.article_slug}),
        checked_up_to=article["checked_up_to"],
        anchors=article["published__anchors"] or {},
        headings=_headings(article["published_id"]),
        facts={fact.key: fact for fact in Fact.objects.filter(key__in=keys)},
    )


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
