"""The doors: every route is listed or closed, and every list names routes that exist."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from consent import doors
from consent.gate import Step

LISTED = doors.PUBLIC | doors.SIGNED_IN | doors.STAFF | frozenset(doors.STEPS)


def _names(patterns, namespace="") -> set[str]:
    found: set[str] = set()
    for item in patterns:
        if isinstance(item, URLResolver):
            inner = f"{namespace}{item.namespace}:" if item.namespace else namespace
            found |= _names(item.url_patterns, inner)
        elif isinstance(item, URLPattern):
            found.add(f"{namespace}{item.name}")
    return found


def _gated() -> set[str]:
    names = {name for name in _names(get_resolver().url_patterns) if not name.startswith("admin:")}
    return names - LISTED


def test_nothing_is_listed_twice():
    lists = [doors.PUBLIC, doors.SIGNED_IN, doors.STAFF, frozenset(doors.STEPS)]

    assert sum(len(names) for names in lists) == len(LISTED)


def test_every_listed_name_is_a_route():
    assert LISTED - _names(get_resolver().url_patterns) == set()


def test_every_route_has_a_name():
    assert not any(name.endswith("None") for name in _names(get_resolver().url_patterns) if "admin:" not in name)


def test_what_is_behind_the_gate_lies_under_a_zone():
    resolver = get_resolver()
    for name in _gated():
        paths = [pattern for pattern, *_rest in resolver.reverse_dict.getlist(name)]
        assert paths, name
        assert all(route.startswith("zones/%(zone)s/") for path in paths for route, _names in path), name


def test_the_gated_routes_are_these():
    """A new gated route is fine, but somebody has to say so here."""
    assert _gated() == {
        "article",
        "article-print",
        "article-history",
        "article-revision",
        "comments",
        "comment-delete",
        "comment-report",
        "search",
        "strategy-list",
        "strategy",
        "strategy-certificate",
        "strategy-sentences",
    }


@pytest.mark.parametrize("step", [s for s in Step if s not in {Step.SIGN_IN, Step.OPEN}])
def test_every_step_may_stand_on_its_own_page(step):
    assert step in doors.STEPS[step.value]


def test_nobody_stands_on_a_page_that_comes_before_their_agreement():
    pages = {name for name, steps in doors.STEPS.items() if Step.AGREEMENT in steps}

    assert pages == {"agreement"}
