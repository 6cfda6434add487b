"""The style guide shows every partial that pages use, in its states, as valid markup that stays accessible."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from portal import sheets, styleguide
from portal.samples import EMOJI, LONG, RTL
from tests.people import make_staff, staff_login
from tests.portal.test_frontend import Marks

pytestmark = pytest.mark.django_db
PARTIALS = Path(settings.BASE_DIR) / "templates" / "_partials"
# Frames and carriers of data: nothing of them is seen.
UNSEEN = {"leave_stage.html", "upload_words.html", "part.html", "share.html"}


@pytest.fixture
def shown(client: Client):
    return staff_login(client, make_staff("editors", "editor@example.org")).get("/styleguide/")


def test_every_partial_is_shown(shown) -> None:
    used = {f"{template.name}".rpartition("/")[2] for template in shown.templates}

    assert {p.name for p in PARTIALS.glob("*.html")} - used <= UNSEEN


def test_every_partial_is_what_pages_use() -> None:
    root = Path(settings.BASE_DIR)
    sources = [p for p in (root / "templates").rglob("*.html") if "styleguide" not in p.name]
    apps = ("portal", "accounts", "consent", "articles", "strategy")
    sources += [p for app in apps for p in (root / app).rglob("*.py")]
    text = "".join(p.read_text("utf-8") for p in sources if p.name != "samples.py")

    assert [p.name for p in PARTIALS.glob("*.html") if f"_partials/{p.name}" not in text] == []


def test_every_component_says_when_to_use_it_and_shows_its_states(shown) -> None:
    for item in shown.context["components"]:
        component = item["component"]
        assert component.when.endswith("。"), component.key
        assert len(component.samples) >= 2, component.key
        assert len({sample.state for sample in component.samples}) == len(component.samples), component.key

    page = shown.content.decode()
    for state in ("初始", "悬停", "聚焦", "不可用", "有误", "等待中", "成功", "长文字", "从右到左", "表情符号"):
        assert f">{state}</p>" in page, state
    assert all(text in page for text in (LONG, RTL, EMOJI))


def test_its_ids_are_unique_and_its_links_lead_somewhere(shown) -> None:
    page = shown.content.decode()
    ids = re.findall(r'\bid="([^"]+)"', page)

    assert sorted(set(ids)) == sorted(ids)
    assert {name for name in Marks(page).wanted if name} <= set(ids)


def test_the_states_of_the_pointer_are_the_rules_of_the_pages() -> None:
    pages, guide = sheets.composed("css/portal.css"), sheets.composed(sheets.GUIDE)

    assert ".btn:hover" in pages
    assert ".btn:is(:hover, .as-hover *)" in guide
    assert re.search("as-(hover|focus)", pages) is None


def test_a_component_of_an_app_above_comes_by_itself(shown) -> None:
    assert "path" in {item["component"].key for item in shown.context["components"]}
    assert 'class="path tall"' in shown.content.decode()
    assert styleguide.Sample("", made=None).within == ""
