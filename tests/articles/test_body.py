"""clean_body: what stays, what goes, and that ids outlive edits."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError

from articles.body import ALLOWED, ATTRIBUTES, BLOCK_ID, BLOCKS, INLINE, blocks_of, clean_body, facts_of, parse

pytestmark = pytest.mark.pure

VECTORS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><circle/></svg>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='jAvAsCrIpT:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<a href='//evil.example/'>x</a>",
    "<a href='/\\evil.example/'>x</a>",
    "<a href='https:/\\evil.example/' onclick=alert(1)>x</a>",
    "<p onmouseover=alert(1)>x</p>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<style>@import url(//evil.example/);</style>",
    "<link rel=stylesheet href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example/'>",
    "<base href=//evil.example/>",
    "<form action=//evil.example/><input name=x><button>y</button></form>",
    "<p id='x\" onclick=\"alert(1)'>x</p>",
    "<span data-fact='\"><script>alert(1)</script>'>x</span>",
    "<p hx-get='/x' hx-trigger=load>x</p>",
    "<table><td background=javascript:alert(1)>x</td></table>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>x</p></noscript>",
    "<template><script>alert(1)</script></template>",
    "<<script>script>alert(1)<</script>/script>",
    "<p class='nb btn main'>x</p>",
]


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_but_the_subset_survives(vector):
    clean = clean_body(f"<p>前</p>{vector}<p>后</p>")

    for node in parse(clean).iter():
        if node.tag == "body":
            continue
        assert node.tag in BLOCKS | INLINE
        assert set(node.attrib) <= ATTRIBUTES.get(node.tag, set())
        for name, value in node.attrib.items():
            assert ALLOWED[name].fullmatch(value)
    assert not re.search(r"<[^>]*(javascript:|data:|evil\.example|\son)", clean, re.IGNORECASE)
    assert clean_body(clean) == clean


def test_blocks_without_an_id_get_one_and_those_with_one_keep_it():
    clean = clean_body('<p id="b-aaaaaaaa">甲</p><p>乙</p>')
    ids = [block.block_id for block in blocks_of(parse(clean))]

    assert ids[0] == "b-aaaaaaaa"
    assert BLOCK_ID.fullmatch(ids[1])
    assert clean_body(clean) == clean


def test_an_edited_or_moved_block_keeps_its_id_and_a_copy_gets_another():
    first = clean_body("<p>甲</p><p>乙</p>")
    one, other = (block.block_id for block in blocks_of(parse(first)))

    moved = clean_body(f'<p id="{other}">乙，改过</p><p id="{one}">甲</p><p id="{one}">甲的副本</p>')
    ids = [block.block_id for block in blocks_of(parse(moved))]

    assert ids[:2] == [other, one]
    assert ids[2] not in ids[:2]


def test_an_id_of_another_shape_is_replaced():
    assert "main" not in clean_body('<p id="main">甲</p>')


def test_the_hash_is_of_the_text_alone_white_space_folded():
    texts = ("<p>甲  乙\n丙</p>", "<p>甲 <em>乙</em> 丙</p>")
    one, other = (next(blocks_of(parse(clean_body(text)))) for text in texts)

    assert one.sha256 == other.sha256


def test_facts_sections_slots_and_whole_words_stay():
    source = (
        '<h2 id="b-aaaaaaaa" data-section="sec-6-2">六</h2><ul id="b-bbbbbbbb"><li id="b-cccccccc">'
        '<span data-fact="f-1">含 <span class="nb">ALK-TKI</span> 的一句</span></li></ul>'
        '<p id="b-dddddddd" data-slot="strategy"></p>'
    )
    clean = clean_body(source)

    assert clean.replace("\n", "") == source
    assert facts_of(parse(clean)) == [("f-1", "b-cccccccc")]


def test_loose_text_becomes_a_paragraph_and_an_editors_wrappings_go():
    clean = clean_body("散文<br>换行<div>块</div><ul><li><p>项</p></li></ul><p></p><span>无意义</span>")

    texts = [block.text for block in blocks_of(parse(clean)) if block.tag in {"p", "li"}]

    assert texts == ["散文换行块", "项", "无意义"]
    assert "<li><p" not in clean
    assert "<span" not in clean


def test_words_written_into_the_tools_place_stay_and_the_place_is_a_paragraph():
    assert "data-slot" not in clean_body('<p data-slot="strategy">写在这里</p>')


@pytest.mark.parametrize(
    "bad", ["<p>\x00</p>", "<p>\ud800</p>", "<p>\x1b[31m</p>", "<blockquote>" * 60 + "x", "字" * 400_001]
)
def test_what_cannot_be_stored_is_refused_in_words(bad):
    with pytest.raises(ValidationError):
        clean_body(bad)


def test_bidi_marks_and_zero_widths_are_taken_out():
    assert "\u202e" not in clean_body("<p>甲\u202e乙\u200b丙</p>")
