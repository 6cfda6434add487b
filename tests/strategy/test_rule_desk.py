"""The editor of rule sets as a person meets it: tables, a row's form without a script, review, publication, import."""

from __future__ import annotations

import random

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Fact
from portal.models import RecordEntry
from strategy.document import Document
from strategy.models import RuleSet, RuleSetVersion
from tests.people import staff_login
from tests.strategy.small import FACTS, proven_run, small, source_of

pytestmark = pytest.mark.django_db
READER = "/zones/alk/strategy/small/"


def desk(name: str, *args: object) -> str:
    return reverse(f"admin:strategy_rulesetversion_{name}", args=args)


@pytest.fixture
def rule_set(zone):
    for key, verdict in FACTS.items():
        Fact.objects.create(key=key, claim_zh=f"论断 {key}", claim_en=key, verdict=verdict.upper(), note_zh="存疑")
    made = RuleSet.objects.create(zone=zone, slug="small", title_zh="小规则集", title_en="Small")
    data = small()
    for row in data["rules"]:
        row["table"] = "T1"
    RuleSetVersion.draft(made, source_of(data), by=None, at=timezone.now()).publish(by=None, at=timezone.now())
    return made


@pytest.fixture
def writing(editor):
    return staff_login(Client(), editor)


@pytest.fixture
def reviewing(editor2):
    return staff_login(Client(), editor2)


@pytest.fixture
def draft(rule_set, writing):
    writing.post(desk("start", rule_set.pk))
    return RuleSetVersion.objects.get(status="DRAFT")


def row(version: RuleSetVersion, **changes: object) -> dict[str, object]:
    """What the form of t-alectinib holds."""
    return {
        "version": version.version,
        "act": "save",
        "id": "t-alectinib",
        "table": "T1",
        "when.0.kind": "test",
        "when.0.key": "disease_state",
        "when.0.values": ["progressed"],
        "when.1.kind": "test",
        "when.1.key": "last_tki",
        "when.1.values": ["alectinib"],
        "then.0.do": "recommend",
        "then.0.strength": "preferred",
        "then.0.options": ["tki_lorlatinib"],
        "because": ["f-ok"],
        "why.zh": "换用另一种药",
        "why.en": "another drug",
        "section": "sec-1",
        "priority": "50",
        **changes,
    }


def at(version: RuleSetVersion) -> str:
    return desk("part", version.pk, "rules", "t-alectinib")


def test_from_a_row_edited_without_a_script_to_the_readers_next_request(
    rule_set, draft, writing, reviewing, clinician, client
):
    client.force_login(clinician)
    patient = {"disease_state": "progressed", "last_tki": "alectinib"}
    assert 'data-strength="preferred"' in client.post(READER, patient).content.decode()
    assert 'href="' + at(draft) + '"' in writing.get(desk("change", draft.pk)).content.decode()

    saved = writing.post(at(draft), row(draft, **{"then.0.strength": "exploratory"}))
    assert saved.status_code == 302
    draft.refresh_from_db()
    assert Document(draft.source).part("rules", "t-alectinib")["then"][0]["strength"] == "exploratory"
    submit = {"version": draft.version, "note": "证据不足，降为探索性"}
    assert writing.post(desk("submit", draft.pk), submit).status_code == 302
    draft.refresh_from_db()
    page = reviewing.get(desk("publish", draft.pk)).content.decode()
    assert "还不能发布" in page
    post = {"version": draft.version, "note": ""}
    assert reviewing.post(desk("publish", draft.pk), post).status_code == 422
    proven_run(draft)
    assert writing.post(desk("publish", draft.pk), post).status_code == 403
    assert reviewing.post(desk("publish", draft.pk), post).status_code == 302

    answer = client.post(READER, patient).content.decode()
    assert 'data-option="tki_lorlatinib" data-strength="exploratory"' in answer
    assert RecordEntry.objects.filter(kind="ruleset.published", payload__sha256=draft.sha256).count() == 1


def test_buttons_change_the_shape_and_lose_nothing_typed(draft, writing):
    typed = row(draft, **{"why.zh": "打了一半", "priority": "abc", "when.add": "alk_mutation"})
    page = writing.post(at(draft), typed | {"act": "clause:when"}).content.decode()
    assert 'name="when.2.values" value="G1202R"' in page
    assert "打了一半" in page
    assert 'value="abc"' in page
    page = writing.post(at(draft), typed | {"act": "or:when"}).content.decode()
    assert 'name="when.2.b1.is"' in page
    page = writing.post(at(draft), typed | {"act": "drop:when.1"}).content.decode()
    assert "when.1.key" not in page
    page = writing.post(at(draft), typed | {"act": "effect:then", "then.add": "veto"}).content.decode()
    assert 'name="then.1.do" value="veto"' in page
    page = writing.post(at(draft), typed | {"act": "search:because", "because.q": "disputed"}).content.decode()
    assert 'name="because" value="f-disputed"' in page

    draft.refresh_from_db()
    assert draft.version == typed["version"]


def test_groups_of_conditions_are_stored_as_they_read(draft, writing):
    groups = {
        "when.1.kind": "or",
        "when.1.b0.is": "1",
        "when.1.b0.0.kind": "test",
        "when.1.b0.0.key": "last_tki",
        "when.1.b0.0.values": ["alectinib"],
        "when.1.b1.is": "1",
        "when.1.b1.0.kind": "not",
        "when.1.b1.0.b0.is": "1",
        "when.1.b1.0.b0.0.kind": "test",
        "when.1.b1.0.b0.0.key": "alk_mutation",
        "when.1.b1.0.b0.0.how": "at_least",
        "when.1.b1.0.b0.0.n": "2",
        "when.1.b1.0.b0.0.values": ["L1196M", "G1202R"],
    }
    post = {name: value for name, value in row(draft).items() if not name.startswith("when.1")} | groups
    assert writing.post(at(draft), post).status_code == 302

    draft.refresh_from_db()
    counted = {"alk_mutation": {"at_least": {"n": 2, "of": ["L1196M", "G1202R"]}}}
    assert Document(draft.source).part("rules", "t-alectinib")["when"] == {
        "disease_state": ["progressed"],
        "or": [{"last_tki": ["alectinib"]}, {"not": counted}],
    }
    assert 'value="at_least" selected' in writing.get(at(draft)).content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"why.zh": ""}, "请填写中文。"),
        ({"priority": "1001"}, "请填 0 至 1000 的整数。"),
        ({"because": []}, "请至少选一项。"),
        ({"because": ["f-none"]}, "有一项不在列表中"),
        ({"when.1.values": []}, "请至少选一个值。"),
        ({"when.1.values": ["aspirin"]}, "有一项不在列表中"),
        ({"when.1.key": "blood_type"}, "没有这个问题。"),
        ({"when.1.key": "disease_state", "when.1.values": ["unknown"]}, "已经有一行了"),
        ({"then.0.options": []}, "请至少选一项。"),
        ({"then.0.do": "cure"}, "没有这种效果。"),
        ({"then.0.strength": "required"}, "required 只用于检查与咨询"),
        ({"editorial": "1"}, "编辑添加的规则须带编辑注"),
        ({"why.zh": "甲\x00乙"}, "不可见的控制字符"),
    ],
)
def test_a_mistake_is_said_at_its_field_and_nothing_is_lost(draft, writing, wrong, words):
    answer = writing.post(at(draft), row(draft, **{"why.en": "half a thought"}) | wrong)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "half a thought" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.version == 1


def test_a_stale_page_is_refused_with_what_was_typed_and_may_be_sent_again(draft, writing, reviewing):
    first, second = row(draft, priority="51"), row(draft, priority="52", **{"why.zh": "第二个窗口"})
    assert writing.post(at(draft), first).status_code == 302
    lost = writing.post(at(draft), second)
    assert lost.status_code == 409
    assert "第二个窗口" in lost.content.decode()
    draft.refresh_from_db()
    assert f'name="version" value="{draft.version}"' in lost.content.decode()
    assert writing.post(at(draft), second | {"version": draft.version}).status_code == 302

    draft.refresh_from_db()
    assert reviewing.post(at(draft), row(draft, priority="53")).status_code == 409  # held by somebody else
    assert reviewing.post(desk("take_over", draft.pk), {"version": draft.version}).status_code == 302
    draft.refresh_from_db()
    assert writing.post(at(draft), row(draft, priority="54")).status_code == 409
    assert reviewing.post(at(draft), row(draft, priority="53")).status_code == 302


def test_a_row_is_added_and_removed_but_not_what_others_need(draft, writing):
    new = row(draft) | {"id": "", "why.zh": "新的一条"}
    assert writing.post(desk("add_part", draft.pk, "rules"), new).status_code == 302
    draft.refresh_from_db()
    assert Document(draft.source).part("rules", "r-1")["why"]["zh"] == "新的一条"
    again = writing.post(desk("add_part", draft.pk, "rules"), new | {"version": draft.version, "id": "r-1"})
    assert again.status_code == 422
    assert "已经有了" in again.content.decode()

    gone = writing.post(desk("remove_part", draft.pk, "rules", "r-1"), {"version": draft.version})
    assert gone.status_code == 302
    draft.refresh_from_db()
    assert Document(draft.source).part("rules", "r-1") is None
    kept = writing.post(desk("remove_part", draft.pk, "options", "mdt"), {"version": draft.version})
    assert kept.status_code == 422
    assert "还有别处用到它" in kept.content.decode()


def test_every_kind_of_part_has_its_table_and_its_form(draft, writing):
    for section, key in (
        ("rules", "a-pregnant"),
        ("options", "mdt"),
        ("cautions", "c-note"),
        ("inputs", "last_tki"),
        ("groups", "drugs"),
        ("texts", "banner"),
    ):
        assert writing.get(desk("change", draft.pk) + f"?part={section}").status_code == 200
        assert writing.get(desk("part", draft.pk, section, key)).status_code == 200
    words = {"version": draft.version, "act": "save", "zh": "多学科", "en": "MDT", "kind": "supportive", "key": "mdt"}
    assert writing.post(desk("part", draft.pk, "options", "mdt"), words).status_code == 302

    draft.refresh_from_db()
    assert Document(draft.source).part("options", "mdt")["zh"] == "多学科"
    assert writing.get(desk("part", draft.pk, "rules", "nothing")).status_code == 404
    assert writing.get(desk("part", draft.pk, "meta", "x")).status_code == 404


@pytest.mark.parametrize("seed", range(3))
def test_posts_of_any_shape_are_answered_and_never_break_a_draft(draft, writing, seed):
    chance = random.Random(seed)
    names = [*row(draft), "when.0.b0.is", "when.9999.kind", "when..kind", "then.x.do", "then.1.do", "because.q", "key"]
    junk = [
        "",
        "save",
        "or",
        "not",
        "test",
        "\x00",
        "-1",
        "9" * 30,
        "drop:when",
        "branch:when.0",
        "甲" * 900,
        "[",
        "$x",
    ]
    for _round in range(12):
        post = row(draft) | {chance.choice(names): chance.choice(junk) for _field in range(4)}
        answer = writing.post(at(draft), post)
        assert answer.status_code in {200, 302, 409, 422}, post
        draft.refresh_from_db()
    assert Document(draft.source).part("rules", "a-pregnant")
