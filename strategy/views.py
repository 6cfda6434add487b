"""Pages of the tool. Nothing a reader enters is stored, logged or put into an address."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import reswap, retarget

from strategy.answers import Answer
from strategy.bodies import NoForm, check_body
from strategy.changes import find_changes
from strategy.citations import stale_rules
from strategy.engine import evaluate
from strategy.evidence import evidence_for
from strategy.examples import examples_for
from strategy.explaining import explain, why_not
from strategy.forms import BadPost, Posted, fitting, read_post, steps_of
from strategy.loading import compiled, version_for
from strategy.models import RuleSet, RuleSetVersion
from strategy.path import draw, path_of
from strategy.phrases import Phrases, phrases_of
from strategy.plain import as_text, made_from, signed_words
from strategy.possible import answered_in, questions_that_matter
from strategy.presentation import Presentation
from strategy.scenarios import carried, compare

PARTS = {  # what htmx puts in place, by the id of the target; without it the whole page is answered
    "strategy-answer": "strategy/_answer.html",
    "strategy-changes": "strategy/_changes.html",
    "strategy-work": "strategy/_work.html",
}


@require_safe
def ruleset_list(request: HttpRequest, zone: str) -> HttpResponse:
    """The zone's tools; a single one is opened at once."""
    found = list(RuleSet.objects.visible_to(request.user).filter(zone__slug=zone).order_by("slug"))
    if len(found) == 1:
        return redirect("strategy", zone=zone, ruleset=found[0].slug)
    return render(request, "strategy/list.html", {"rule_sets": found})


@csrf_exempt  # not open: the body is judged first, because checking the token reads it; _answer is protected
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def tool(request: HttpRequest, zone: str, ruleset: str) -> HttpResponse:
    """GET: the form (`?fragment=1` without the page round it, for the article). POST: the answer.

    Anything else in the query is ignored: inputs are never read from an address.
    """
    version = _version_for(request, zone, ruleset)
    phrases = phrases_of(version.sha256, compiled(version))
    if request.method == "POST":
        try:
            check_body(request)
        except NoForm as refusal:
            return _refuse(request, _page(version, phrases), str(refusal), refusal.status)
        return _answer(request, version, phrases)
    is_fragment = request.GET.get("fragment") == "1"
    context = {**_page(version, phrases), "steps": steps_of(phrases.ruleset, {})}
    return _private(render(request, "strategy/_form.html" if is_fragment else "strategy/tool.html", context))


def _version_for(request: HttpRequest, zone: str, ruleset: str) -> RuleSetVersion:
    """The version this person uses; Http404 where there is none for them."""
    version = version_for(request.user, zone, ruleset, at=timezone.now())
    if version is None:
        raise Http404
    return version


@csrf_protect
def _answer(request: HttpRequest, version: RuleSetVersion, phrases: Phrases) -> HttpResponse:
    part = _part(request)
    target = request.htmx.target if request.htmx else ""  # type: ignore[attr-defined]  # set by django-htmx
    page = _page(version, phrases)
    if request.POST.get("version", str(version.number)) != str(version.number):
        return _renew(request, page, phrases)
    try:
        posted = read_post(request, phrases.ruleset)
    except BadPost as refusal:
        return _refuse(request, page, str(refusal), HTTPStatus.BAD_REQUEST)
    answer = evaluate(phrases.ruleset, posted.inputs)
    if posted.show == "changes" or target == "strategy-changes":
        page["changes"] = explain(phrases, answer, find_changes(phrases.ruleset, answer))
    if target == "strategy-changes":
        return _private(render(request, "strategy/_changes.html", page))
    page |= _shown(request, version, phrases, posted, answer)
    if part != PARTS["strategy-answer"]:
        wrong = {key for found in answer.contradictions for key in found.keys}
        matters = page["matters"]
        page |= {"steps": steps_of(phrases.ruleset, posted.inputs, open_at=wrong, matters=matters), "wrong": wrong}
    return _private(render(request, part or "strategy/tool.html", page))


def _part(request: HttpRequest) -> str | None:
    """The template of the part that htmx wants; None: the whole page."""
    htmx = request.htmx  # type: ignore[attr-defined]  # set by django-htmx
    return PARTS.get(htmx.target or "strategy-answer") if htmx else None


def _refuse(request: HttpRequest, page: dict[str, Any], reason: str, status: HTTPStatus) -> HttpResponse:
    template = "strategy/_refused.html" if _part(request) else "strategy/refused.html"
    return _private(render(request, template, {**page, "reason": reason}, status=status))


def _renew(request: HttpRequest, page: dict[str, Any], phrases: Phrases) -> HttpResponse:
    """The page was of another version: the form of this one with what still fits, and no answer until asked again."""
    kept, dropped = fitting(request, phrases.ruleset)
    page |= {"renewed": True, "dropped": dropped, "steps": steps_of(phrases.ruleset, kept)}
    template = "strategy/_work.html" if _part(request) else "strategy/tool.html"
    response = _private(render(request, template, page, status=HTTPStatus.CONFLICT))
    return reswap(retarget(response, "#strategy-work"), "outerHTML") if _part(request) else response


def _shown(
    request: HttpRequest, version: RuleSetVersion, phrases: Phrases, posted: Posted, answer: Answer
) -> dict[str, Any]:
    """Everything an answer shows."""
    facts = {fact for option in answer.options for fact in option.facts}
    evidence = evidence_for(request.user, version.rule_set, facts)
    shown = Presentation(phrases, answer, evidence, stale=stale_rules(version))
    treatments, others = why_not(phrases, answer, evidence)
    stops, now = path_of(phrases, answer), timezone.now()
    context = {
        "answer": shown,
        "why_not": treatments,
        "why_not_others": others,
        "stops": stops,
        "picture": draw(stops, is_tall=True) + draw(stops, is_tall=False),
        "text": as_text(shown, version, at=now),
        "made_from": made_from(shown, version, now),
        "matters": questions_that_matter(phrases.ruleset, answered_in(posted.inputs)),
        "carried": carried(posted.other),
    }
    if posted.other is not None:
        context["comparison"] = compare(phrases, evaluate(phrases.ruleset, posted.other), answer)
    return context


def _page(version: RuleSetVersion, phrases: Phrases) -> dict[str, Any]:
    """What every page of the tool shows of itself."""
    return {
        "rule_set": version.rule_set,
        "version": version,
        "signed": signed_words(version),
        "texts": phrases.texts,
        "examples": [(one.key, phrases.of(one.label)) for one in examples_for(phrases.ruleset)],
    }


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response
