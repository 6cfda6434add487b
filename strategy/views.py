"""Pages of the tool. Nothing a reader enters is stored, logged or put into an address."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from strategy.engine import evaluate
from strategy.evidence import evidence_for
from strategy.forms import BadPost, read_post, steps_of, words
from strategy.loading import compiled
from strategy.models import RuleSet, RuleSetVersion
from strategy.presentation import Presentation
from strategy.rules import RuleSet as Rules


@require_safe
def ruleset_list(request: HttpRequest, zone: str) -> HttpResponse:
    """The zone's tools; a single one is opened at once."""
    found = list(RuleSet.objects.visible_to(request.user).filter(zone__slug=zone).order_by("slug"))
    if len(found) == 1:
        return redirect("strategy", zone=zone, ruleset=found[0].slug)
    return render(request, "strategy/list.html", {"rule_sets": found})


@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def tool(request: HttpRequest, zone: str, ruleset: str) -> HttpResponse:
    """GET: the form (`?fragment=1` without the page round it, for the article). POST: the answer.

    Anything else in the query is ignored: inputs are never read from an address.
    """
    mine = RuleSet.objects.visible_to(request.user).select_related("zone")
    rule_set = get_object_or_404(mine, zone__slug=zone, slug=ruleset)
    version = rule_set.current_version()
    if version is None:
        raise Http404
    rules = compiled(version)
    if request.method == "POST":
        return _answer(request, rule_set, version, rules)
    is_fragment = request.GET.get("fragment") == "1"
    context = {**_page(rule_set, version, rules), "steps": steps_of(rules, {})}
    return _private(render(request, "strategy/_form.html" if is_fragment else "strategy/tool.html", context))


def _answer(request: HttpRequest, rule_set: RuleSet, version: RuleSetVersion, rules: Rules) -> HttpResponse:
    is_part = bool(request.htmx)  # type: ignore[attr-defined]  # set by django-htmx
    try:
        given = read_post(request, rules)
    except BadPost as refusal:
        context = {**_page(rule_set, version, rules), "reason": str(refusal)}
        template = "strategy/_refused.html" if is_part else "strategy/refused.html"
        return _private(render(request, template, context, status=400))
    answer = evaluate(rules, given)
    facts = {fact for option in answer.options for fact in option.facts}
    shown = Presentation(rules, answer, evidence_for(request.user, rule_set, facts))
    context = {**_page(rule_set, version, rules), "answer": shown}
    if is_part:
        return _private(render(request, "strategy/_answer.html", context))
    wrong = {key for found in answer.contradictions for key in found.keys}
    context |= {"steps": steps_of(rules, given, open_at=wrong), "wrong": wrong}
    return _private(render(request, "strategy/tool.html", context))


def _page(rule_set: RuleSet, version: RuleSetVersion, rules: Rules) -> dict[str, Any]:
    """What every page of the tool shows of itself."""
    texts = {key: words(text) for key, text in rules.texts.items()}
    return {"rule_set": rule_set, "version": version, "texts": texts}


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response
