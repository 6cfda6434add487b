"""render: marks, notes, references, contents, the place of the tool."""

from __future__ import annotations

import pytest

from articles.body import clean_body
from articles.models import Fact
from articles.rendering import SLOT, load_facts, render
from tests.articles.conftest import BODY, make_facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    make_facts()
    return render(clean_body(BODY), load_facts(BODY))


def test_a_doubtful_figure_has_its_mark_in_the_line_and_its_note_beside_the_block(made):
    place = made.html.index('data-fact="fact-doubt"')
    note = made.html.index('<aside class="ed" id="n-fact-doubt"')

    assert 'href="#n-fact-doubt">存疑</a>' in made.html[place:note]
    assert made.html[place:note].count("</p>") == 1
    assert "未查到这一数字。" in made.html[note:]
    assert 'lang="en">it says so' in made.html[note:]


def test_every_place_of_a_doubtful_fact_has_a_note_of_its_own():
    make_facts()
    bound = '<span data-fact="fact-doubt">一句</span>'
    body = clean_body(f"<p>{bound}</p><ul><li>{bound}</li></ul>")
    html = render(body, load_facts(body)).html

    assert html.count("<aside") == 2
    assert 'id="n-fact-doubt"' in html
    assert 'id="n-fact-doubt-2"' in html


def test_the_note_of_a_list_item_stands_in_that_item():
    make_facts()
    item = '<li>甲<span data-fact="fact-doubt">一句</span><ul><li>下层</li></ul></li>'
    body = clean_body(f"<ul>{item}<li>乙</li></ul>")
    html = render(body, load_facts(body)).html

    assert html.index("<aside") < html.index("下层") < html.index("乙")
    assert "noted" not in html


def test_notes_stand_in_the_margin_where_there_is_room_and_else_under_their_block():
    make_facts()
    doubt, long = '<span data-fact="fact-doubt">一句</span>', "长" * 400
    body = clean_body(f"<p>{long}{doubt}</p><h2>章</h2><p>{doubt}</p><h2>章</h2><p>{doubt}</p><p>{long}</p><p>末</p>")
    html = render(body, load_facts(body)).html

    assert html.count('class="noted"') == 2
    assert html.count('class="noted under"') == 1
    assert html.rstrip().endswith("末</p>")
    assert html.count("<aside") == 3


def test_references_are_numbered_as_used_and_facts_without_one_say_so(made):
    assert [(item["n"], item["key"]) for item in made.references["items"]] == [(1, "ref-a")]
    assert '<sup class="cite"><a href="#ref-1">[1]</a></sup>' in made.html
    assert [item["key"] for item in made.references["unsourced"]] == ["fact-bare"]


def test_contents_anchors_and_reading_time(made):
    assert [(entry["level"], entry["text"]) for entry in made.contents] == [(2, "一、背景"), (3, "（一）工具")]
    assert made.anchors["section:sec-2"] == "b-dddddddd"
    assert made.anchors["fact:fact-doubt"] == "b-cccccccc"
    assert made.minutes == 1


def test_the_tools_place_is_marked_once(made):
    assert made.html.count(SLOT) == 1
    assert 'id="b-eeeeeeee"' in made.html


def test_what_a_fact_says_is_escaped():
    Fact.objects.create(key="f", claim_zh="x", verdict="DISPUTED", note_zh="<img src=x onerror=alert(1)> & 注")
    body = '<p id="b-aaaaaaaa"><span data-fact="f">&lt;b&gt;x&lt;/b&gt;</span></p>'
    html = render(body, load_facts(body)).html

    assert "<img" not in html
    assert "&lt;img" in html
    assert "<b>x</b>" not in html


def test_a_wide_table_scrolls_in_a_region_of_its_own():
    html = render('<table id="b-aaaaaaaa"><tbody><tr><td>甲</td></tr></tbody></table>', {}).html

    assert html.startswith('<div class="scroll" tabindex="0" role="region" aria-label="表格 1"><table')
