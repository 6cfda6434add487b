"""Who is answered what: every route, for every kind of person, by every method, as tests/portal/access.csv has it.

A route without a line fails. Whoever may not read is told nothing: not what exists, not a word of what is inside.
"""

from __future__ import annotations

import fnmatch
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import Resolver404, resolve

from consent import doors
from tests.portal.access import INSIDE, PERSONAS, Row, World, answered, demo_world, lines, routes, rows

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("access")]
ROWS = rows()
OUTSIDE = [who for who in PERSONAS if who not in INSIDE]
MAY_SEE_FILES_OF_PENDING = {"pending"}
EDITING = {"editor", "admin"}  # they read articles and comments at the desk, not in the zone


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    log = logging.getLogger("django.request")
    with django_db_blocker.unblock(), demo_world() as made, pytest.MonkeyPatch.context() as patch:
        patch.setattr(log, "disabled", True)  # thousands of refusals are the point here, not news
        yield made


def test_every_route_has_a_line():
    told = {row.route for row in ROWS}

    assert sorted({name for name, _path in routes()} - told) == []


def test_every_line_is_of_its_route(world):
    wrong = []
    for row in ROWS:
        path = world.fill(row.path).partition("?")[0]
        try:
            match = resolve(path)
            name = ":".join([*match.namespaces, str(match.url_name)])
        except Resolver404:
            name = "-"
        wrong += [f"{row.label}: {name}"] if name != row.route else []

    assert wrong == []


def test_every_pattern_stands_for_something():
    names = {name for name, _path in routes()}

    assert [row.route for row in lines() if not fnmatch.filter(names, row.route) and row.route != "-"] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.label)
def test_everybody_is_answered_as_the_table_says(world: World, row: Row):
    path, found, wrong = world.fill(row.path), {}, []
    for who in PERSONAS:
        for method in row.methods:
            response = world.ask(who, method, path)
            found[who] = answered(response, path)
            wrong += _faults(world, row, who, method, response)
            if not _agrees(found[who], world.fill(row.cells[who])):
                wrong.append(f"{who} {method}: {found[who]}, the table says {row.cells[who]}")

    assert wrong == [], f"{row.route},{row.path},{' '.join(row.methods)},{','.join(found.values())}"


def _agrees(found: str, told: str) -> bool:
    return found.startswith(told[:-1]) if told.endswith("*") else found == told


def _faults(world: World, row: Row, who: str, method: str, response: Any) -> list[str]:
    """What no answer may do, whatever the table says of its status."""
    faults = []
    stored = response.headers.get("Cache-Control", "")
    if row.route not in doors.PUBLIC and stored != "private, no-store":
        faults.append(f"{who} {method}: Cache-Control {stored!r}")
    if "private" not in stored and response.status_code < 300:
        faults.append(f"{who} {method}: a shared cache may keep this ({stored!r})")
    if "default-src 'none'" not in response.headers.get("Content-Security-Policy", ""):
        faults.append(f"{who} {method}: no content security policy")
    if method == "HEAD" and response.whole:
        faults.append(f"{who} HEAD: a body came")
    text = response.whole.decode("utf-8", "replace") + str(response.headers)
    faults += [f"{who} {method}: leaks {words!r}" for words in _secrets(world, who) if words in text]
    return faults


def _secrets(world: World, who: str) -> list[str]:
    """The words this person must never be answered."""
    body_and_comments, file_name = world.canaries[:-1], world.canaries[-1]
    hidden = [] if who in INSIDE or who in EDITING else list(body_and_comments)
    return hidden + ([] if who in MAY_SEE_FILES_OF_PENDING or who == "admin" else [file_name])


def test_the_oracle_would_notice(world):
    page = world.ask("doctor", "GET", world.places["article"]).whole.decode()
    own = world.ask("pending", "GET", f"/evidence/{world.places['evidence']}/")

    assert all(words in page for words in world.canaries[:-1])
    assert own.status_code == 200


PAIRS = [
    ("{article}", "/zones/alk/articles/there-is-no-such/"),
    ("{article}print/", "/zones/alk/articles/there-is-no-such/print/"),
    ("{article}history/1/", "{article}history/999/"),
    ("{article}comments/", "/zones/alk/articles/there-is-no-such/comments/"),
    ("{article}comments/?thread={comment}", "{article}comments/?thread={nobody}"),
    ("{article}comments/{comment}/delete/", "{article}comments/{nobody}/delete/"),
    ("/zones/alk/strategy/alk-pretreated/", "/zones/alk/strategy/there-is-none/"),
    ("/evidence/{evidence}/", "/evidence/{nobody}/"),
    ("/zones/alk/gate/evidence/{evidence}/discard/", "/zones/alk/gate/evidence/{nobody}/discard/"),
    ("/me/consents/{receipt}/", "/me/consents/{nobody}/"),
    ("/zones/alk/articles/alk-pretreated-strategy", "/zones/alk/articles/there-is-no-such"),
]


@pytest.mark.parametrize(("real", "fake"), PAIRS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_what_exists_and_what_does_not_answer_outsiders_alike(world, real, fake, method):
    owner = {"{evidence}": "pending", "{receipt}": "doctor"}
    for who in OUTSIDE:
        if any(place in real and who == person for place, person in owner.items()):
            continue
        answers = [_seen(world, who, method, world.fill(path)) for path in (real, fake)]

        assert answers[0] == answers[1], f"{who} {method} {real}"


def _seen(world: World, who: str, method: str, path: str) -> tuple[Any, ...]:
    """Everything a person sees of an answer, the path asked for left out."""
    response = world.ask(who, method, path)
    location = response.headers.get("Location", "")
    if location.startswith("/accounts/login/?next="):
        location = "/accounts/login/?next="
    headers = {k: v for k, v in response.headers.items() if k not in {"Location", "Content-Length", "Set-Cookie"}}
    body = re.sub(rb'name="(csrfmiddlewaretoken|next)" value="[^"]*"', b"", response.whole)
    return response.status_code, location, headers, body


@pytest.mark.parametrize(
    "header",
    [
        {"HTTP_HX_REQUEST": "true"},
        {"HTTP_X_HTTP_METHOD_OVERRIDE": "GET"},
        {"HTTP_RANGE": "bytes=0-10"},
        {"HTTP_X_FORWARDED_FOR": "a"},
        {"HTTP_ACCEPT": "application/json"},
        {"HTTP_X_ORIGINAL_URL": "/"},
    ],
)
@pytest.mark.parametrize("who", [who for who in OUTSIDE if who not in EDITING])
def test_no_header_opens_an_article(world, who, header):
    response = world.client(who).get(world.places["article"], **header)

    assert response.status_code in {204, 302}
    assert not any(words in response.content.decode() for words in world.canaries)
