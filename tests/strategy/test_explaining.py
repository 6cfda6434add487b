"""Beside the answer: why not, what would change it, two scenarios, examples, the path, text to copy, folds."""

import html
import re
from pathlib import Path

import pytest
from django.utils import timezone

from articles.install import install_article
from strategy import citations
from strategy.changes import find_changes
from strategy.engine import evaluate
from strategy.examples import examples_for
from strategy.models import RuleCitation
from tests.people import make_person
from tests.strategy.cases import CASES, FULL, RULESET, VIGNETTES
from tests.strategy.conftest import TOOL

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}
ARTICLE = Path(__file__).parents[2] / "articles/data/alk-pretreated-strategy"


def text_of(response) -> str:
    """The page with its words unbroken: without the marks that say where a line may end."""
    plain = re.sub(r'<span class="nb[^"]*">([^<]*)</span>|<wbr>', r"\1", response.content.decode())
    return html.unescape(plain)


def marks(body: str, name: str) -> list[str]:
    return re.findall(rf' {name}="([^"]*)"', body)


@pytest.mark.parametrize("case", ["v01", "v31", "v46", "v59", "v70", "v104"])
def test_every_option_is_listed_ruled_out_or_its_absence_explained(reader, case):
    body = text_of(reader.post(TOOL, CASES[case]))
    listed, absent = marks(body, "data-option"), marks(body, "data-absent")

    assert len(listed) == len(set(listed))
    assert sorted([*listed, *absent]) == sorted(RULESET.options)


def test_why_not_names_the_condition_and_what_was_entered(reader):
    body = text_of(reader.post(TOOL, CASES["v01"]))
    reason = re.search(r'data-absent="tki_ensartinib"><dt>[^<]*</dt><dd>([^<]*)', body)

    assert reason
    assert reason[1].strip() == "需费用/可及性受限为是；现为否。"


def test_why_not_gives_the_veto_where_there_is_one(reader):
    body = text_of(reader.post(TOOL, CASES["v02"]))

    assert re.search(r'data-absent="tki_brigatinib"><dt>[^<]*</dt><dd>已排除：原文称 G1202R 仅洛拉替尼敏感', body)


def test_what_would_change_comes_as_a_second_part(reader):
    first = text_of(reader.post(TOOL, FULL, headers=PART | {"HX-Target": "strategy-answer"}))
    second = text_of(reader.post(TOOL, FULL, headers=PART | {"HX-Target": "strategy-changes"}))

    assert "data-turn" not in first
    assert 'id="strategy-changes"' in first
    assert 'name="show" value="changes"' in first
    found = find_changes(RULESET, evaluate(RULESET, FULL))
    assert marks(second, "data-turn").count("pair") == len(found.pairs)
    assert len([m for m in marks(second, "data-turn") if m != "pair"]) == len({c.flips[0].key for c in found.single})
    for mark in ("data-option", "data-status", "data-ruled-out", "data-caution"):
        assert not marks(second, mark)


def test_without_a_script_the_button_gives_both_on_one_page(reader):
    body = text_of(reader.post(TOOL, {"disease_state": "progressed", "show": "changes"}))

    assert "<html" in body
    assert marks(body, "data-status") == ["needs_data"]
    assert "unknown" in marks(body, "data-turn")
    assert "若为 克唑替尼" in body
    assert ' id="i-disease_state-progressed" checked' in body


def test_two_scenarios_stand_side_by_side_and_the_marks_are_of_one(reader):
    other = {f"a.{key}": value for key, value in CASES["v01"].items()}
    body = text_of(reader.post(TOOL, CASES["v02"] | other))
    alone = text_of(reader.post(TOOL, CASES["v02"]))

    assert "data-comparison" in body
    for mark in ("data-option", "data-status", "data-ruled-out", "data-conflict"):
        assert marks(body, mark) == marks(alone, mark)
    assert re.search(r'<div class="differs"><dt>[^<]*TKI <span class="badge">不同</span></dt>', body)
    assert "<dd><b>甲</b> 克唑替尼</dd><dd><b>乙（表单）</b> 阿来替尼</dd>" in body
    assert "<dd><b>甲</b> 优先</dd><dd><b>乙（表单）</b> 排除</dd>" in body
    assert body.count('<input type="hidden" name="a.') == sum(
        len(v) if isinstance(v, list) else 1 for v in other.values()
    )


def test_a_comparison_begins_with_the_same_patient_twice_and_ends(reader):
    begun = text_of(reader.post(TOOL, FULL | {"show": "compare"}, headers=PART | {"HX-Target": "strategy-work"}))
    assert 'name="a.last_tki" value="alectinib"' in begun
    assert "甲、乙目前相同" in begun
    assert 'id="strategy-form"' in begun

    ended = text_of(reader.post(TOOL, FULL | {"a.last_tki": "crizotinib", "show": "single"}))
    assert 'name="a.' not in ended
    assert "data-comparison" not in ended


@pytest.mark.parametrize(
    "posted", [{"a.last_tki": "zz"}, {"a.zz": "1"}, {"a.a.last_tki": "none"}, {"show": "zz"}, {"example": "zz"}]
)
def test_what_no_page_sends_is_refused(reader, posted):
    assert reader.post(TOOL, posted).status_code == 400


def test_examples_are_vignettes_and_are_called_examples(reader):
    by_key = {vignette["id"]: vignette for vignette in VIGNETTES["vignettes"]}
    body = text_of(reader.get(TOOL))

    shown = examples_for(RULESET)
    assert len(shown) >= 8
    assert "示例患者" in body
    for one in shown:
        assert one.label.zh == by_key[one.key]["zh"]
        assert one.label.zh in body
        given = {key: (value,) if isinstance(value, str) else tuple(value) for key, value in CASES[one.key].items()}
        assert one.inputs == given


def test_an_example_fills_the_form_and_answers(reader):
    for headers in ({}, PART | {"HX-Target": "strategy-work"}):
        body = text_of(reader.post(TOOL, {"example": "v02"}, headers=headers))

        assert ' id="i-alk_mutation-G1202R" checked' in body
        assert marks(body, "data-option") == marks(text_of(reader.post(TOOL, CASES["v02"])), "data-option")


def test_the_path_marks_the_branches_taken_in_the_picture_and_in_words(reader):
    body = text_of(reader.post(TOOL, CASES["v02"]))
    pictures = re.findall(r'<svg class="path (tall|wide)".*?</svg>', body, re.DOTALL)
    taken = re.findall(r'<g class="taken">.*?<text[^>]*>(✓ [^<]*)</text>', body, re.DOTALL)

    assert pictures == ["tall", "wide"]
    assert taken == ["✓ 广泛进展", "✓ ALK 依赖性", "✓ 二代", "✓ 无", "✓ 0–1 分"] * 2
    words = re.search(r'<ol class="hide">(.*?)</ol>', body, re.DOTALL)
    assert words
    assert "进展模式：所走分支为广泛进展，其余为寡进展、局部进展、未评估" in words[1]


def test_the_text_to_copy_holds_the_whole_answer_with_versions_and_date(reader, rule_set):
    answer = evaluate(RULESET, FULL)
    found = re.search(r"<textarea[^>]*readonly>(.*?)</textarea>", text_of(reader.post(TOOL, FULL)), re.DOTALL)

    assert found
    text = found[1]
    for option in answer.options:
        assert RULESET.options[option.option].label.zh in text
    for key in answer.cautions:
        assert RULESET.cautions[key].text.zh in text
    for out in answer.ruled_out:
        assert f"[排除] {RULESET.options[out.option].label.zh}" in text
    assert f"规则集第 1 版（{rule_set.current_version().sha256[:12]}），文章第" in text
    assert str(timezone.localtime().year) in text
    assert "草稿，未经临床审核" in text


def test_questions_that_no_longer_matter_are_folded_with_their_count(reader):
    body = text_of(reader.post(TOOL, {"disease_state": "tki_naive"}))
    folds = re.findall(
        r'<details class="rest" data-rest><summary[^>]*>.*?<span data-rest-count>(\d+)</span>(.*?)</details>',
        body,
        re.DOTALL,
    )

    hidden = {key for _count, inside in folds for key in re.findall(r'id="q-(\w+)"', inside)}
    assert {"progression_pattern", "lesion_count", "ecog"} <= hidden
    assert sum(int(count) for count, _inside in folds) == len(hidden)
    assert not hidden & set(marks(body, "data-matters")[0].split())

    kept = text_of(reader.post(TOOL, {"disease_state": "tki_naive", "ecog": "unknown"}))
    assert not re.search(r'class="rest"(?:(?!</details>).)*id="q-ecog"', kept, re.DOTALL)


def test_the_reasons_name_the_rule_and_lead_to_its_sentence(reader, rule_set, zone):
    install_article(ARTICLE, zone, at=timezone.now(), tool_slug="alk-pretreated")
    body = text_of(reader.post(TOOL, CASES["v02"]))
    listed = next(option for option in evaluate(RULESET, CASES["v02"]).options if option.option == "tki_lorlatinib")

    card = re.search(r'data-option="tki_lorlatinib".*?</article>', body, re.DOTALL)
    assert card
    assert marks(card[0], "data-rule") == list(listed.rules)
    assert all(f">{number}<" in card[0] for number in ("三（二）2", "六（二）"))
    assert card[0].count("/articles/alk-pretreated-strategy/#b-") >= len(listed.rules)
    assert '<rect class="solid"' in card[0]
    assert '<rect class="hollow"' in card[0]
    assert "<table" in card[0]
    assert "不适用于" in card[0]
    assert "接下来" in card[0]


def cite_what_has_changed(version, rule: str, fact: str) -> None:
    citations._kept.clear()  # each test's rows have the numbers of the last one's
    revision = version.rule_set.zone.articles.get(slug="alk-pretreated-strategy").published
    RuleCitation.objects.create(
        version=version,
        rule_key=rule,
        fact=fact,
        block_id="b-zzzzzzzz",
        block_hash="0" * 64,
        revision=revision,
        revision_number=revision.number,
        at=timezone.now(),
    )


@pytest.mark.parametrize(
    ("rule", "fact", "case", "option"),
    [
        ("m-g1202r-veto-2g", "mut-g1202r-lorlatinib-only", CASES["v02"], 'data-ruled-out="tki_brigatinib"'),
        ("a-epilepsy", "sp-epilepsy-lorlatinib", CASES["v02"] | {"epilepsy": "yes"}, 'data-option="tki_lorlatinib"'),
        ("a-elderly", "sp-elderly", CASES["v01"] | {"age": "gt_70"}, 'data-option="tki_alectinib"'),
    ],
)
def test_what_a_rule_on_a_changed_sentence_rules_out_lowers_or_raises_is_marked(
    reader, rule_set, zone, rule, fact, case, option
):
    install_article(ARTICLE, zone, at=timezone.now(), tool_slug="alk-pretreated")
    before = text_of(reader.post(TOOL, case))
    assert option in before
    assert "data-stale" not in before

    cite_what_has_changed(rule_set.current_version(), rule, fact)

    after = text_of(reader.post(TOOL, case))
    assert re.search(rf"{option}(?:(?!</article>|</li>).)*data-stale", after, re.DOTALL)


def test_an_option_on_a_changed_sentence_is_marked(reader, rule_set, zone):
    install_article(ARTICLE, zone, at=timezone.now(), tool_slug="alk-pretreated")
    cite_what_has_changed(rule_set.current_version(), "m-g1202r", "mut-g1202r-lorlatinib-only")

    body = text_of(reader.post(TOOL, CASES["v02"]))

    assert body.count("data-stale") == 1
    assert re.search(r'data-option="tki_lorlatinib"(?:(?!</article>).)*data-stale', body, re.DOTALL)
    assert "data-stale" not in text_of(reader.post(TOOL, CASES["v01"]))


def test_who_signed_and_when_is_said(reader, rule_set):
    person = make_person()
    rule_set.versions.update(clinically_signed_at=timezone.now(), clinically_signed_by=person)

    body = text_of(reader.post(TOOL, FULL))

    assert person.display_name in body
    assert "草稿，未经临床审核" not in body


def test_a_test_that_is_only_advised_is_not_called_first(reader):
    answer = evaluate(RULESET, CASES["v52"])
    assert {option.strength for option in answer.options if option.option == "csf_ctdna"} == {"consider"}

    body = text_of(reader.post(TOOL, CASES["v52"]))

    assert "strategy-first" not in body
    assert "先补" not in body
    assert "先完成" not in body
    tests = re.search(r'id="strategy-tests"[^>]*>可补做的检查</h3>.*?</section>', body, re.DOTALL)
    assert tests
    assert marks(tests[0], "data-option")[0] == "csf_ctdna"


def treatments(answer) -> set[tuple[str, str]]:
    return {(o.option, o.strength) for o in answer.options if RULESET.options[o.option].is_treatment}


@pytest.mark.parametrize("case", [{"disease_state": "progressed", "last_tki": "alectinib"}, CASES["v01"], CASES["v46"]])
def test_what_changes_the_treatments_leads_and_the_full_list_is_folded(reader, case):
    answer = evaluate(RULESET, case)
    turned = [c.flips[0] for c in find_changes(RULESET, answer).single if treatments(c.answer) != treatments(answer)]
    body = text_of(reader.post(TOOL, case, headers=PART | {"HX-Target": "strategy-changes"}))
    open_part = re.sub(r"<details>.*?</details>", "", body, flags=re.DOTALL)
    leads = "".join(re.findall(r"<dl[^>]* data-leads>(.*?)</dl>", body, re.DOTALL))

    asked = {RULESET.inputs[flip.key].label.zh for flip in turned}
    assert {html.unescape(label).strip() for label in re.findall(r"<dt>([^<]*?)\s*(?:<span|</dt>)", leads)} >= asked
    for flip in turned:
        label = RULESET.inputs[flip.key].label.zh
        assert (f"<dt>{label}</dt>" in open_part) == flip.was_unknown
    assert "data-turn" not in open_part
    whole = body.rpartition('<dl class="rows small turns">')[2]
    assert len(re.findall("<dd>", whole)) == int(re.search(r"（(\d+) 处）", body)[1])
