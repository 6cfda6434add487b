"""What changed between two versions, as a reader is shown it."""

from __future__ import annotations

import pytest
from django.utils import translation

from consent.differences import compare
from consent.models import Agreement, AgreementVersion
from portal.differences import in_one_line, words_changed

pytestmark = pytest.mark.pure
TERMS = Agreement(kind="TERMS")


def version(body, *, title="协议", body_en="<p>Text.</p>"):
    texts = {"title_zh": title, "title_en": "Agreement", "summary_zh": "一句", "summary_en": "One", "body_zh": body}
    return AgreementVersion(agreement=TERMS, number=1, body_en=body_en, **texts)


def rows(old, new):
    return [(row.kind, *((row.count,) if row.kind == "same" else (row.pieces,))) for row in compare(old, new).rows]


def test_a_changed_character_stands_alone_in_its_sentence():
    assert in_one_line("满三十天销毁密钥。", "满六十天销毁密钥。") == [
        ("same", "满"),
        ("old", "三"),
        ("new", "六"),
        ("same", "十天销毁密钥。"),
    ]


def test_no_crumb_of_a_character_is_left_between_two_changes():
    pieces = in_one_line("由审核员人工核对", "请管理者自动比对")

    assert all(len(words) > 2 for mark, words in pieces[1:-1] if mark == "same")


def test_both_sides_put_together_are_the_texts():
    old, new = "第 1 条：保存 30 天，之后删除。", "第 1 条：保存 90 天，此后销毁密钥。"
    pieces, (left, right) = in_one_line(old, new), words_changed(old, new)

    assert "".join(words for mark, words in pieces if mark != "new") == old == "".join(words for _m, words in left)
    assert "".join(words for mark, words in pieces if mark != "old") == new == "".join(words for _m, words in right)


def test_paragraphs_that_stay_are_one_fold_and_a_reworded_one_is_no_replacement():
    old = version("<h2>收集什么</h2><p>甲甲甲甲。</p><p>只用于资格认证，不用于营销。</p><p>乙乙乙乙。</p>")
    new = version("<h2>收集什么</h2><p>甲甲甲甲。</p><p>只用于资格认证和统计，不用于营销。</p><p>乙乙乙乙。</p>")

    found = compare(old, new)

    assert [row.kind for row in found.rows] == ["same", "changed", "same"]
    assert found.changes == 1
    assert found.rows[1].under == "收集什么"
    assert ("new", "和统计") in found.rows[1].pieces


def test_what_came_and_what_went_is_said_so():
    old, new = version("<p>一二三四。</p><p>要删去的话。</p>"), version("<p>一二三四。</p><ul><li>新的 ABC</li></ul>")

    assert ("removed", [("old", "要删去的话。")]) in rows(old, new)
    assert ("added", [("new", "新的 ABC")]) in rows(old, new)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('<p><a href="/terms/">协议</a></p>', '<p><a href="/privacy/">协议</a></p>'),
        ("<p>不<strong>出售</strong></p>", "<p>不出售</p>"),
    ],
)
def test_a_link_that_leads_elsewhere_or_an_emphasis_that_went_is_a_change(one, other):
    assert ("markup", [("same", compare(None, version(other)).rows[-1].pieces[0][1])]) in rows(
        version(one), version(other)
    )


def test_words_outside_every_paragraph_are_compared_too():
    assert compare(version("<p>甲</p>散落的话"), version("<p>甲</p>")).changes == 1


def test_title_and_language_are_compared_as_shown():
    old, new = version("<p>甲</p>"), version("<p>甲</p>", title="新协议", body_en="<p>Text anew.</p>")

    assert compare(old, new).changes == 1
    with translation.override("en"):
        assert compare(old, new).rows[-1].pieces == [("same", "Text"), ("new", " anew"), ("same", ".")]


def test_the_same_text_has_no_change_and_a_first_version_is_all_new():
    assert compare(version("<p>甲</p>"), version("<p>甲</p>")).changes == 0
    assert compare(None, version("<p>甲</p>")).changes == 3


def test_enormous_texts_are_compared_too():
    old, new = version("<p>" + "甲乙丙丁" * 5000 + "</p>"), version("<p>" + "戊己庚辛" * 5000 + "</p>")

    assert compare(old, new).changes in {1, 2}
