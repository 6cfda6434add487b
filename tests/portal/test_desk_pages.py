"""Every page of the desk in both languages, as each role opens it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from articles.models import Article, Fact, FactEvidence, Reference, Revision
from portal.models import Notice, RecordEntry
from strategy.models import RuleSetVersion
from tests.people import make_staff, staff_login
from tests.portal.access import STAFF, World, demo_world, rows
from tests.portal.wording import Words, foreign_words

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("desk")]
PAGES = [row for row in rows() if row.route.startswith("admin:") and "GET" in row.methods]
# What is Latin in a Chinese page: products, formats and keys that have no Chinese name.
ALLOWED = set(
    re.findall(r"\w+", "English HTML YAML JSON Ctrl Alt GB UTC HCP ul ol li strong operator contact email sms")
)
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?::\d+)?|V-[0-9A-F]{6}")
STORED = re.compile(r"<(bdi|pre|code|kbd|textarea|option|blockquote|del|ins|cite)\b[^>]*>.*?</\1>", re.DOTALL)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), demo_world() as made:
        yield made


def spoken(markup: str) -> list[str]:
    """What a page itself says: not the texts and codes that are stored, and marked as such."""
    said = Words(UUID.sub(" ", STORED.sub(" ", markup))).found
    return [one.text for one in said if one.language != "en" and "@data-" not in one.tag and one.tag[:5] != "meta@"]


def stored_words() -> set[str]:
    """The Latin words of what people wrote: of texts, rules, works cited, addresses, codes of roles and facts."""
    columns = [
        (RuleSetVersion, "source"), (Revision, "body"), (Reference, "citation"), (Fact, "key"), (Fact, "note_zh"),
        (Fact, "section"), (FactEvidence, "says_zh"),
        (User, "email"), (Group, "name"), (Notice, "event_key"), (RecordEntry, "kind"), (Article, "title_zh"),
        (Article, "abstract_zh"), (Revision, "abstract_zh"),
    ]  # fmt: skip
    texts = (str(text) for model, name in columns for text in model.objects.values_list(name, flat=True))
    return {word for text in texts for word in re.findall(r"[A-Za-z][A-Za-z’'-]+", text)}


def html_of(response: Any) -> str:
    """The page, or nothing for a file and for what leads elsewhere."""
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return response.content.decode() if is_page else ""


def pages_of(world: World, who: str) -> Iterator[tuple[str, Any]]:
    client = world.client(who)
    for row in PAGES:
        if row.cells[who] == "200":
            yield world.fill(row.path), client


@pytest.mark.parametrize("who", STAFF)
def test_a_page_of_the_desk_is_chinese_for_whoever_opens_it(world: World, who: str):
    found, allowed = {}, {*ALLOWED, *stored_words()}
    for path, client in pages_of(world, who):
        markup = html_of(client.get(path))
        said = {word for text in spoken(markup) for word in foreign_words(text, allowed)}
        found |= {path: sorted(said)} if said else {}

    assert found == {}, chr(10).join(f"{path} {words}" for path, words in found.items())


def test_a_clinical_lead_opens_the_desk_on_what_waits_for_a_signature(world: World):
    desk = staff_login(Client(), make_staff("clinical_leads", "clinician@demo.example"))
    page = html_of(desk.get("/admin/"))

    assert [w for text in spoken(page) for w in foreign_words(text, {*ALLOWED, *stored_words()})] == []
    assert page.index("看过并签署") < page.index("全部表格")


def test_no_page_of_the_desk_loads_what_the_stock_admin_brings(world: World):
    pages = {path: html_of(client.get(path)) for path, client in pages_of(world, "admin")}

    assert [path for path, page in pages.items() if "/static/admin/" in page or "related-widget" in page] == []
    assert [path for path, page in pages.items() if page and 'class="skip"' not in page] == []


def test_english_lists_show_the_english_of_what_is_kept_in_both(world: World):
    desk = world.client("admin")
    desk.cookies["language"] = "en"
    zone = Article.objects.order_by("pk").first().zone

    for path in ("/admin/portal/zone/", "/admin/articles/article/", "/admin/articles/revision/"):
        assert zone.name_en in html_of(desk.get(path)), path
    assert zone.name_zh not in html_of(desk.get(f"/admin/portal/zone/{zone.pk}/history/"))
