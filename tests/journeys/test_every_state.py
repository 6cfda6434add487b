"""Every state of every page: reached, answered as it should be, accessible in both themes, narrow, valid.

Pages are the same on both databases, so the second pass leaves this module out. `make screens` takes the pictures.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

from tests.journeys.served import JourneyPortal
from tests.journeys.window import Window
from tests.looks.catalogue import STATES
from tests.looks.judge import judged, judged_in_every_look, judged_in_other_words
from tests.looks.state import State
from tests.looks.walk import LooksPortal, Stage, Walk, walk
from tests.portal.access import lines
from tests.services.nu import Nu

# What answers 200 and is no page of HTML.
NO_PAGES = {
    "health-live",
    "health-ready",
    "robots",
    "sitemap",
    "feed",
    "record-keys",
    "record-verifier",
    "receipt-file",
}
NO_PAGES |= {"admin:jsi18n", "admin:strategy_rulesetversion_export"}

# One thing in two steps, or one refusal by two doors: the same title is right.
ALIKE: list[set[str]] = [
    {"login by code", "login by code, code"},
    {"password forgotten", "password forgotten, code"},
    {"two factors", "second factor"},
    {"passkey", "passkeys"},
    {"403", "desk 403", "desk sign-in"},
    {"reauthenticate", "second factor again"},
    {"recovery codes", "recovery codes, new"},
]


@dataclass
class Found:
    """What the walk saw: per state what is wrong and the page's title, and on which addresses it stood."""

    troubles: dict[str, list[str]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def found(portal: JourneyPortal, checker: Nu | None) -> Found:
    """One walk through the whole catalogue, on a copy of the journeys' demo."""
    seen = Found()

    firsts = {state.page: state.key for state in reversed(STATES)}

    def look(state: State, window: Window, one: Walk) -> list[str]:
        wrong = [*judged(window.page), *_not_valid(checker, window)]
        seen.titles[state.key] = window.page.title()
        seen.paths.add(window.path.partition("?")[0])
        if firsts[state.page] == state.key:
            wrong += judged_in_every_look(window.page, is_prose=state.is_prose)
            if one.in_english(state, window):
                wrong += [f"English: {said}" for said in judged_in_other_words(window.page)]
        return wrong

    with closing(LooksPortal()) as ours:
        _copy(portal.data_dir, ours.data_dir)
        ours.start(seconds=60)
        seen.troubles |= walk(Stage(ours), STATES, look)
    return seen


def _not_valid(checker: Nu | None, window: Window) -> list[str]:
    return [f"not valid: {error}" for error in checker.errors(window.document())] if checker else []


def _copy(source: Path, target: Path) -> None:
    """Copy the data of a portal that serves: the database as of one moment, then the files beside it."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("portal.sqlite3*"))
    with (
        closing(sqlite3.connect(source / "portal.sqlite3")) as old,
        closing(sqlite3.connect(target / "portal.sqlite3")) as new,
    ):
        old.backup(new)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.key)
def test_a_state_is_reached_and_owes_nothing(found: Found, state: State):
    assert found.troubles[state.key] == []


def test_no_two_pages_share_a_title(found: Found):
    first = {state.page: state.key for state in reversed(STATES)}
    pages: dict[str, list[str]] = {}
    for page, key in first.items():
        pages.setdefault(found.titles[key], []).append(page)

    assert [names for names in pages.values() if len(names) > 1 and set(names) not in ALIKE] == []


def test_every_page_has_a_state(found: Found):
    pages = {row.route for row in lines() if "GET" in row.methods and "200" in row.cells.values()}
    stood = {name_of(path) for path in found.paths}

    assert {page for page in pages if not any(fnmatchcase(name, page) for name in stood)} == NO_PAGES


def name_of(path: str) -> str:
    """Return the route of an address; empty where none answers."""
    try:
        return str(resolve(path).view_name)
    except Resolver404:
        return ""


def test_the_catalogue_names_every_state_once():
    keys = [state.key for state in STATES]

    assert len(keys) == len(set(keys))
