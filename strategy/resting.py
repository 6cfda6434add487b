"""The sentences of the article and the rules that rest on them: a page, and the small marks in the article's text.

The article knows nothing of rules: its page fetches the marks by route, and without a script links to this page.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.models import Article, Block
from strategy.citations import places
from strategy.forms import words
from strategy.loading import compiled
from strategy.models import RuleSet


@dataclass(frozen=True, slots=True)
class Resting:
    """A rule as it stands under a sentence."""

    key: str
    why: str
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """A block of the article and the rules that rest on it."""

    block_id: str
    text: str
    rules: tuple[Resting, ...]


@require_safe
def sentences(request: HttpRequest, zone: str, ruleset: str) -> HttpResponse:
    """Every sentence that rules rest on, in reading order. `?marks=1`: the marks alone, for the article's page."""
    mine = RuleSet.objects.visible_to(request.user).select_related("zone")
    rule_set = get_object_or_404(mine, zone__slug=zone, slug=ruleset)
    version = rule_set.current_version()
    readable = Article.objects.visible_to(request.user).filter(zone_id=rule_set.zone_id, slug=rule_set.article_slug)
    article = readable.values("published_id").first()
    if version is None or article is None:
        raise Http404
    rules = {rule.key: words(rule.why) for rule in compiled(version).rules}
    resting = places(version)
    blocks = Block.objects.filter(revision_id=article["published_id"], block_id__in=resting.by_block)
    found = [
        Sentence(
            block_id,
            text,
            tuple(Resting(key, rules[key], key in resting.stale) for key in resting.by_block[block_id]),
        )
        for block_id, text in blocks.order_by("position").values_list("block_id", "text")
    ]
    template = "strategy/_marks.html" if request.GET.get("marks") == "1" else "strategy/sentences.html"
    context = {
        "rule_set": rule_set,
        "version": version,
        "sentences": found,
        "article_url": reverse("article", kwargs={"zone": zone, "slug": rule_set.article_slug}),
        "page_url": reverse("strategy-sentences", kwargs={"zone": zone, "ruleset": ruleset}),
    }
    response = render(request, template, context)
    response.headers["Cache-Control"] = "private, no-store"
    return response
