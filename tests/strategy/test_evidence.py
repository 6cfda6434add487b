"""What an answer shows of the article: claims with their verdict and note, linked to the place that states them."""

import html

import pytest
from django.utils import timezone

from articles.install import install_article
from articles.models import Fact
from strategy.evidence import evidence_for
from tests.people import make_person
from tests.strategy.conftest import TOOL

pytestmark = pytest.mark.django_db
ARTICLE = "/zones/alk/articles/alk-pretreated-strategy/"

FACE = """
slug: alk-pretreated-strategy
zone: alk
title_zh: 一篇文章
title_en: An article
abstract_zh: 摘要。
abstract_en: Abstract.
kind: NEWS
source: {title: 来源, author: 某人, publisher: 某刊, date: 2025-06-12, note_zh: 改写}
checked_up_to: 2026-06
is_draft_clinically: true
comment_mode: after
"""
BODY = """<h2 id="b-aaaaaaaa">三、策略</h2>
<h3 id="b-aaaaaaab">（二）处理</h3>
<h4 id="b-aaaaaaac" data-section="sec-3-2-2">2. 广泛进展</h4>
<p id="b-aaaaaaad"><span data-fact="mut-l1196m-2g">论断甲</span>，
<span data-fact="wide-by-mechanism">论断乙</span>。</p>
<h2 id="b-aaaaaaae" data-section="sec-8">结语</h2>
"""
FACTS = """
references: []
sections: []
facts:
  - {key: mut-l1196m-2g, section: sec-3-2-2, kind: efficacy, claim_zh: 论断甲, claim_en: claim a, check: ok}
  - {key: wide-by-mechanism, section: sec-3-2-2, kind: efficacy, claim_zh: 论断乙, claim_en: claim b,
     check: disputed, note_zh: 这一句存疑的缘由}
"""


@pytest.fixture
def article(zone, tmp_path):
    for name, text in (("article.yaml", FACE), ("body.html", BODY), ("facts.yaml", FACTS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return install_article(tmp_path, zone, at=timezone.now())


def test_claims_and_sections_link_to_their_blocks(article, rule_set, clinician):
    evidence = evidence_for(clinician, rule_set, {"mut-l1196m-2g", "wide-by-mechanism"})

    section = evidence.section("sec-3-2-2")
    assert (section.title, section.url) == ("三（二）2 广泛进展", f"{ARTICLE}#b-aaaaaaac")
    assert evidence.section("sec-8").title == "结语"
    assert f'<a href="{ARTICLE}#b-aaaaaaad">看原文</a>' in evidence.claim("mut-l1196m-2g").item
    assert not evidence.claim("mut-l1196m-2g").is_doubtful
    doubtful = evidence.claim("wide-by-mechanism")
    assert doubtful.is_doubtful
    assert "这一句存疑的缘由" in doubtful.item
    assert evidence.sentence(("no-such", "mut-l1196m-2g"), "sec-3-2-2") == f"{ARTICLE}#b-aaaaaaad"
    assert evidence.sentence(("no-such",), "sec-3-2-2") == f"{ARTICLE}#b-aaaaaaac"


def test_a_fact_the_article_does_not_state_is_shown_as_missing(article, rule_set, clinician):
    claim = evidence_for(clinician, rule_set, {"no-such"}).claim("no-such")

    assert "no-such" in claim.item
    assert claim.is_doubtful


def test_who_may_not_read_the_article_gets_none_of_it(article, rule_set):
    evidence = evidence_for(make_person(), rule_set, {"mut-l1196m-2g"})

    assert not evidence.facts
    assert "<a " not in evidence.claim("mut-l1196m-2g").item


def test_the_answer_shows_claims_verdicts_notes_and_links(article, reader):
    posted = {
        "disease_state": "progressed",
        "last_tki": "crizotinib",
        "progression_pattern": "widespread",
        "alk_mutation": "L1196M",
    }

    body = html.unescape(reader.post(TOOL, posted).content.decode())

    start = f'<a class="from" href="{ARTICLE}#b-aaaaaaad" lang="zh-Hans">'
    assert f'{start}三（二）2<span class="hide"> 广泛进展</span></a>' in body
    assert f'<a href="{ARTICLE}#b-aaaaaaad">看原文</a>' in body
    assert "论断甲" in body
    assert "这一句存疑的缘由" in body
    assert "存疑" in body


def test_the_answer_takes_as_many_queries_for_few_facts_as_for_many(article, reader, django_assert_max_num_queries):
    reader.post(TOOL, {})

    with django_assert_max_num_queries(10):
        reader.post(TOOL, {"disease_state": "progressed"})
    with django_assert_max_num_queries(10):
        reader.post(TOOL, {"disease_state": "unknown"})


def test_an_editors_note_counts_with_the_next_answer(article, rule_set, clinician):
    evidence_for(clinician, rule_set, {"wide-by-mechanism"}).claim("wide-by-mechanism")
    Fact.objects.filter(key="wide-by-mechanism").update(note_zh="改过的缘由")

    item = evidence_for(clinician, rule_set, {"wide-by-mechanism"}).claim("wide-by-mechanism").item

    assert "改过的缘由" in item
    assert "这一句存疑的缘由" not in item
