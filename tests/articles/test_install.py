"""What ships is put in force once, and nothing of it is lost on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.anchors import anchors_for
from articles.install import FOLDER, install_article, install_comments
from articles.models import Article, Comment, Fact, Revision
from tests.articles.conftest import make_zone
from tests.people import make_person

BODY = '<p id="b-aaaaaaaa"><span data-fact="f-1">一句</span></p>'
FACTS = {
    "references": [{"key": "r-1", "citation": "A. J 2020", "confidence": "high", "basis": "search"}],
    "facts": [
        {
            "key": "f-1",
            "section": "sec-1",
            "kind": "efficacy",
            "claim_zh": "一句",
            "claim_en": "one",
            "check": "disputed",
            "note_zh": "注",
            "verified": "search",
            "evidence": [{"reference": "r-1", "says": "so"}],
        }
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    head = {
        "slug": "a",
        "title_zh": "题",
        "title_en": "T",
        "abstract_zh": "摘",
        "abstract_en": "A",
        "kind": "资讯",
        "source": {"title": "源", "author": "人", "publisher": "报", "date": "2025-06-12"},
        "comment_mode": "after",
    }
    (tmp_path / "article.yaml").write_text(yaml.safe_dump(head, allow_unicode=True), encoding="utf-8")
    (tmp_path / "facts.yaml").write_text(yaml.safe_dump(FACTS, allow_unicode=True), encoding="utf-8")
    (tmp_path / "body.html").write_text(BODY, encoding="utf-8")
    return tmp_path


def test_installing_twice_is_installing_once(db, folder):
    zone = make_zone()
    first, again = (install_article(folder, zone, at=timezone.now(), tool_slug="t") for _ in range(2))

    assert first == again
    assert (first.published.number, first.published.published_by, first.comment_mode) == (1, None, "AFTER")
    assert (Article.objects.count(), Revision.objects.count(), Fact.objects.count()) == (1, 1, 1)
    assert first.published.blocks.get(block_id="b-aaaaaaaa").text == "一句"
    assert anchors_for("alk", "a") == {"fact:f-1": "b-aaaaaaaa"}
    assert anchors_for("alk", "none") == {}


def test_a_body_with_an_unknown_fact_is_refused_and_leaves_nothing(db, folder):
    (folder / "body.html").write_text(BODY.replace("f-1", "unknown"), encoding="utf-8")

    with pytest.raises(ValidationError):
        install_article(folder, make_zone(), at=timezone.now())
    assert not Article.objects.exists()


def test_the_discussion_is_written_once_in_its_order(db, folder):
    article = install_article(folder, make_zone(), at=timezone.now())
    people = {"p": make_person(display_name="甲")}
    rows = [
        {"key": "2", "author": "p", "hours_ago": 1, "body": "后", "parent": "1"},
        {"key": "1", "author": "p", "hours_ago": 2, "body": "先", "anchor": "block:b-aaaaaaaa"},
    ]

    assert [install_comments(article, rows, people, now=timezone.now()) for _ in range(2)] == [2, 0]
    first, second = Comment.objects.order_by("pk")
    assert (first.body, first.quote, second.parent_id) == ("先", "一句", first.pk)
    assert first.created_at < second.created_at


@pytest.mark.parametrize("slug", ["alk-pretreated-strategy", "reading-editorial-notes"])
def test_what_ships_installs_whole(db, slug):
    article = install_article(FOLDER / slug, make_zone(), at=timezone.now())
    shown = article.published

    assert all(key.startswith(("fact:", "section:")) for key in shown.anchors)
    assert shown.rendered.count("<aside") == shown.rendered.count('class="mark"')
