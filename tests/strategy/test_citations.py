"""待复核: a changed sentence marks exactly the rules that rest on it, until somebody confirms them or writes anew."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Fact
from portal.models import RecordEntry
from portal.workflow import TransitionError
from strategy import citations
from strategy.citations import confirm, place_of, stale_rules
from strategy.models import RuleCitation, RuleSet, RuleSetVersion
from tests.people import make_person, make_staff, staff_login
from tests.strategy import articles
from tests.strategy.small import FACTS, recommend, rule, small, source_of

pytestmark = pytest.mark.django_db
CHANGED = articles.BODY.replace("存疑的话", "改过的话")
WHY = "改的只是措辞，结论未变"


def desk(name: str, *args: object) -> str:
    return reverse(f"admin:strategy_rulesetversion_{name}", args=args)


@pytest.fixture(autouse=True)
def nothing_kept():
    """Each test's rows have the numbers of the last one's."""
    citations._kept.clear()


@pytest.fixture
def article(zone):
    for key, verdict in FACTS.items():
        Fact.objects.create(key=key, claim_zh=key, claim_en=key, verdict=verdict.upper(), note_zh="存疑")
    return articles.install(zone)


@pytest.fixture
def version(zone, article):
    """Two rules that rest on the second sentence, the others on the first."""
    made = RuleSet.objects.create(
        zone=zone, slug="small", title_zh="小规则集", title_en="Small", article_slug=article.slug
    )
    data = small()
    when = {"disease_state": ["progressed"], "last_tki": ["crizotinib"]}
    for key in ("x-one", "x-two"):
        data["rules"].append(rule(key, when, recommend("consider", "tki_lorlatinib"), facts=("f-disputed",)))
    found = RuleSetVersion.draft(made, source_of(data), by=None, at=timezone.now())
    found.publish(by=None, at=timezone.now())
    return found


@pytest.fixture
def lead(db):
    return make_staff("clinical_leads", "lead@example.org", display_name="临床审核者")


def test_publishing_cites_every_fact_of_every_rule(version):
    row = RuleCitation.objects.get(version=version, rule_key="x-one")

    assert (row.fact, row.block_id, row.revision_number, row.signed_by) == ("f-disputed", articles.SECOND, 1, None)
    assert place_of(version, "f-ok") == articles.FIRST
    assert place_of(version, "f-none") == ""
    assert stale_rules(version) == frozenset()


def test_a_changed_sentence_marks_exactly_its_rules_at_once(version, article, editor, editor2):
    articles.revise(article, editor, editor2, CHANGED)

    assert stale_rules(version) == {"x-one", "x-two"}


def test_markup_and_other_sentences_mark_nothing(version, article, editor, editor2):
    body = articles.BODY.replace("另一句", "<strong>另一句</strong>") + '<p id="b-cccccccc">新的一段。</p>'
    articles.revise(article, editor, editor2, body)

    assert stale_rules(version) == frozenset()


def test_a_changed_item_of_a_list_marks_the_rules_on_it_not_those_on_the_item_above(zone, editor, editor2):
    above = '<span data-fact="f-ok">按突变选药</span>：'
    body = f'<ul id="b-cccccccc"><li id="{articles.FIRST}">{above}<ul id="b-dddddddd"><li id="{articles.SECOND}">'
    body += '<span data-fact="f-disputed">存疑的话</span>；</li></ul></li></ul>'
    for key, verdict in FACTS.items():
        Fact.objects.create(key=key, claim_zh=key, claim_en=key, verdict=verdict.upper(), note_zh="存疑")
    article = articles.install(zone, body)
    when = {"disease_state": ["progressed"], "last_tki": ["crizotinib"]}
    data = small()
    data["rules"].append(rule("x-one", when, recommend("consider", "tki_lorlatinib"), facts=("f-disputed",)))
    made = RuleSet.objects.create(zone=zone, slug="small", title_zh="小", title_en="S", article_slug=article.slug)
    version = RuleSetVersion.draft(made, source_of(data), by=None, at=timezone.now())
    version.publish(by=None, at=timezone.now())

    articles.revise(article, editor, editor2, body.replace("存疑的话", "改过的话"))
    assert stale_rules(version) == {"x-one"}
    assert [(c.old, c.new) for c in citations.changed_sentences(version)] == [("存疑的话；", "改过的话；")]

    articles.revise(article, editor, editor2, body.replace("按突变选药", "依突变选药"))
    assert "x-one" not in stale_rules(version)
    assert stale_rules(version)


def test_a_sentence_that_is_gone_marks_its_rules_and_cannot_be_confirmed(version, article, editor, editor2, lead):
    articles.revise(article, editor, editor2, articles.BODY[: articles.BODY.index(f'<p id="{articles.SECOND}"')])

    assert stale_rules(version) == {"x-one", "x-two"}
    with pytest.raises(PermissionDenied, match="f-disputed"):
        confirm(version, "x-one", by=lead, reason=WHY, revision=2, at=timezone.now())


def test_staleness_costs_one_query_when_nothing_moved(version, django_assert_num_queries):
    stale_rules(version)

    with django_assert_num_queries(1):
        assert stale_rules(version) == frozenset()


def test_a_rule_confirmed_with_a_reason_is_no_longer_stale_until_the_next_change(
    version, article, editor, editor2, lead
):
    articles.revise(article, editor, editor2, CHANGED)

    confirm(version, "x-one", by=lead, reason=WHY, revision=2, at=timezone.now())

    assert stale_rules(version) == {"x-two"}
    row = RuleCitation.objects.get(rule_key="x-one", revision_number=2)
    assert (row.signed_by, row.reason) == (lead, WHY)
    assert RecordEntry.objects.get(kind="ruleset.rule_confirmed").payload["rule"] == "x-one"
    articles.revise(article, editor, editor2, articles.BODY)
    assert stale_rules(version) == {"x-one"}  # back to the old words: x-two rests on them again


@pytest.mark.parametrize("revision", [1, 3])
def test_a_confirmation_from_a_stale_page_changes_nothing(version, article, editor, editor2, lead, revision):
    articles.revise(article, editor, editor2, CHANGED)

    with pytest.raises(TransitionError):
        confirm(version, "x-one", by=lead, reason=WHY, revision=revision, at=timezone.now())
    with pytest.raises(TransitionError):
        confirm(version, "s-unknown", by=lead, reason=WHY, revision=2, at=timezone.now())
    with pytest.raises(PermissionDenied):
        confirm(version, "x-one", by=make_person(), reason=WHY, revision=2, at=timezone.now())


def test_citations_are_never_changed(version):
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleCitation.objects.update(block_hash="0" * 64)


def test_the_desk_shows_both_sentences_and_takes_the_confirmation(version, article, editor, editor2, lead):
    articles.revise(article, editor, editor2, CHANGED)
    signing = staff_login(Client(), lead)
    page = signing.get(desk("stale", version.pk)).content.decode()
    assert page.count("data-stale=") == 2
    assert "<del>存疑</del>" in page
    assert "<ins>改过</ins>" in page
    assert "2 条条目待复核" in staff_login(Client(), editor).get(desk("changelist")).content.decode()
    post = {"revision": "2", "reason": "短"}

    refused = signing.post(desk("still_holds", version.pk, "x-two"), post)
    assert refused.status_code == 422
    assert 'value="短"' in refused.content.decode()
    assert signing.post(desk("still_holds", version.pk, "x-two"), post | {"reason": WHY}).status_code == 302
    assert signing.post(desk("still_holds", version.pk, "x-two"), post | {"reason": WHY}).status_code == 409

    assert stale_rules(version) == {"x-one"}


def test_a_reader_sees_which_rules_rest_on_a_sentence(version, article, editor, editor2, clinician, client):
    client.force_login(clinician)
    address = "/zones/alk/strategy/small/sentences/"
    page = client.get(address)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert f'id="{articles.SECOND}"' in page.content.decode()
    assert 'data-rule="x-one"' in page.content.decode()
    assert "待复核" not in page.content.decode()

    marks = client.get(address + "?marks=1").content.decode()
    articles.revise(article, editor, editor2, CHANGED)

    assert f'data-hx-swap-oob="beforeend:#{articles.SECOND}"' in marks
    assert "规则&nbsp;2" in marks
    assert client.get(address).content.decode().count("待复核") == 2
