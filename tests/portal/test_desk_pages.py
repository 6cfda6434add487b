"""Every page of the desk in both languages, as each role opens it; empty lists, kept filters, forms shown again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Article
from portal.models import KeptFilter, Notice
from tests import factories
from tests.people import make_person, make_staff, staff_login
from tests.portal.access import STAFF, World, demo_world, rows
from tests.portal.wording import Words, foreign_words

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("desk")]
COMMENTS, KEEP = "/admin/articles/comment/", "/admin/portal/keptfilter/keep/"
PAGES = [row for row in rows() if row.route.startswith("admin:") and "GET" in row.methods]
# What is Latin in a Chinese page: products, formats and codes that have no Chinese name, addresses of pages.
ALLOWED = """English HTML YAML JSON Ctrl Alt GB UTC ALK HCP NSCLC LDCT TKI h2 p ul ol li a strong
  operator contact email sms value""".split()
STORED = {"bdi", "pre", "code", "kbd", "textarea", "option", "li@value", "blockquote", "del", "ins", "cite"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), demo_world() as made:
        yield made


def spoken(markup: str) -> list[str]:
    """What the page itself says, without what is stored: names, codes, texts people wrote."""
    shown = re.sub(r"<(bdi|pre|code|textarea|option|blockquote|del|ins|cite)\b[^>]*>.*?</\1>", " ", markup, flags=re.S)
    shown = re.sub(r'<(\w+)[^>]* class="(?:prose|read|diff)[^>]*>.*?</\1>', " ", shown, flags=re.S)
    return [said.text for said in Words(shown).found if said.language != "en" and "@data-" not in said.tag]


def pages_of(world: World, who: str) -> Iterator[tuple[str, Any]]:
    client = world.client(who)
    for row in PAGES:
        if row.cells[who] == "200":
            yield world.fill(row.path), client


@pytest.mark.parametrize("who", STAFF)
def test_a_page_of_the_desk_is_chinese_for_whoever_opens_it(world: World, who: str):
    found = {}
    for path, client in pages_of(world, who):
        response = client.get(path)
        if response.headers["Content-Type"].startswith("text/html") and response.status_code == 200:
            said = [word for text in spoken(response.content.decode()) for word in foreign_words(text, ALLOWED)]
            found |= {path: sorted(set(said))} if said else {}

    assert found == {}


def test_the_desk_loads_nothing_of_the_stock_admin(world: World):
    for path, client in pages_of(world, "admin"):
        response = client.get(path)
        if response.headers["Content-Type"].startswith("text/html"):
            assert "/static/admin/" not in response.content.decode(), path
