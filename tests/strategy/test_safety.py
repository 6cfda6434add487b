"""What the tool must never do, and the texts that must always stand: over many random patients."""

import re
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings

from strategy.engine import evaluate
from strategy.figures import TERMS
from tests.strategy.cases import CASES, DATA, RULESET, patients
from tests.strategy.conftest import TOOL

MANY = settings(max_examples=80, deadline=None)
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
DRUGS = ("crizotinib", "ceritinib", "alectinib", "brigatinib", "ensartinib", "iruplinalkib", "lorlatinib")
WORDS = [text.zh for text in (option.label for option in RULESET.options.values())]
WORDS += [caution.text.zh for caution in RULESET.cautions.values()] + [rule.why.zh for rule in RULESET.rules]
WORDS += [text.zh for text in RULESET.texts.values()] + list(TERMS.values())
DOSE = re.compile(
    r"\d+(?:\.\d+)?\s*(?:mg|毫克|μg|ug|mg/m|片|粒|支|次/日|次每日|bid|qd|tid)\b|每日\s*[一二三两\d]+\s*次|给药剂量为",
    re.I,
)
BRANDS = ("赛可瑞", "安圣莎", "安伯瑞", "博瑞纳", "赞可达", "贝美纳", "启欣可", "泰瑞沙", "沃瑞沙", "安维汀")
BRANDS += ("xalkori", "alecensa", "alunbrig", "lorbrena", "lorviqua", "zykadia", "tagrisso", "avastin")
PROMISES = ("治愈", "最佳选择", "首推", "疗效最好", "神药", "推荐指数", "评分")


def page_of(reader, posted):
    response = reader.post(TOOL, posted)
    assert response.status_code == 200
    return response.content.decode().replace("<wbr>", "")


@pytest.mark.pure
def test_no_text_of_the_tool_gives_a_dose_or_names_a_brand():
    for text in WORDS:
        assert not DOSE.search(text), text
        assert not any(brand in text.lower() for brand in BRANDS), text
        assert "治愈" not in text, text


@pytest.mark.pure
@MANY
@given(patients())
def test_a_drug_already_used_or_not_tolerated_is_never_listed(patient):
    answer = evaluate(RULESET, patient)
    listed = {option.option for option in answer.options}
    toxic = {f"tki_{drug}" for drug in DRUGS if drug in patient["severe_tox"]}
    used = {f"tki_{drug}" for drug in DRUGS if drug == patient["last_tki"] or drug in patient["earlier_tkis"]}

    assert not listed & toxic
    if patient["disease_state"] == "progressed":
        assert not listed & used


@pytest.mark.pure
@MANY
@given(patients())
def test_no_drug_no_combination_and_no_trial_in_pregnancy_or_lactation(patient):
    for state in ("pregnant", "breastfeeding"):
        answer = evaluate(RULESET, patient | {"reproductive": state})
        kinds = {RULESET.options[option.option].kind for option in answer.options}

        if patient["disease_state"] != "unknown":
            assert not kinds & {"systemic", "trial", "local"}


@pytest.mark.pure
@MANY
@given(patients())
def test_what_may_only_be_ruled_out_is_never_an_option(patient):
    listed = {option.option for option in evaluate(RULESET, patient).options}

    assert not listed & {"tki_crizotinib", "io_monotherapy", "wbrt"}


@pytest.mark.pure
@MANY
@given(patients())
def test_the_order_of_equals_is_the_rule_sets_and_nothing_finer(patient):
    """Within one strength and priority the order is the list's: nothing weighs equal options against each other."""
    options = evaluate(RULESET, patient).options
    for one, other in pairwise(options):
        if (one.strength, one.priority) == (other.strength, other.priority):
            assert RULESET.options[one.option].position < RULESET.options[other.option].position


@pytest.mark.django_db
@FEW
@given(patient=patients())
def test_the_page_gives_no_dose_no_brand_no_score_and_no_promise(reader, patient):
    text = re.sub(r"<[^>]+>", " ", page_of(reader, patient))

    assert not DOSE.search(text)
    assert not any(brand in text.lower() for brand in BRANDS)
    assert not any(word in text for word in PROMISES)
    assert not re.search(r"第\s*[一二三123]\s*(?:推荐|选择)|匹配度|获益概率", text)


@pytest.mark.django_db
@FEW
@given(patient=patients())
def test_every_caution_every_exclusion_and_every_conflict_stands_in_the_open(reader, patient):
    page, answer = page_of(reader, patient), evaluate(RULESET, patient)
    folded = "".join(re.findall(r"<details(?! class=\"step\").*?</details>", page, re.DOTALL))

    assert {out.option for out in answer.ruled_out} == set(re.findall(r'data-ruled-out="(\w+)"', page))
    assert [conflict.option for conflict in answer.conflicts] == re.findall(r'data-conflict="(\w+)"', page)
    assert set(answer.cautions) == set(re.findall(r'data-caution="([\w-]+)"', page))
    assert not re.search(r"data-(?:caution|conflict|ruled-out)=", folded)


@pytest.mark.django_db
@FEW
@given(patient=patients())
def test_equals_are_called_equals(reader, patient):
    page = page_of(reader, patient)
    for strength in ("preferred", "consider", "exploratory"):
        cards = re.findall(rf'<article class="opt {strength}"', page)
        if len(cards) > 1:
            assert f"{len(cards)} 项并列，先后不代表推荐次序" in page


@pytest.mark.django_db
@pytest.mark.parametrize("case", ["v01", "v31", "v44", "v59", "v80", "v104"])
@pytest.mark.parametrize("partly", [False, True])
def test_banner_draft_date_and_no_dose_stand_on_every_answer(reader, case, partly):
    headers = {"HX-Request": "true", "HX-Target": "strategy-answer"} if partly else {}
    page = reader.post(TOOL, CASES[case], headers=headers).content.decode()

    assert "草稿，未经临床审核" in page
    for key in ("banner", "no_dose", "currency") if partly else ("banner", "no_dose", "currency", "local_only"):
        assert DATA["texts"][key]["zh"] in page
    assert "2025-06-12" in page


@pytest.mark.pure
def test_the_reader_is_told_that_nothing_is_kept():
    assert DATA["texts"]["local_only"]["zh"] == "输入只用于计算本次结果，不保存。"


@pytest.mark.django_db
def test_there_is_no_free_text_no_file_no_date_and_no_number_to_enter(reader):
    page = reader.get(TOOL).content.decode()
    kinds = set(re.findall(r'<input type="(\w+)"', page))

    assert kinds <= {"radio", "checkbox", "hidden"}
    assert "<textarea" not in page
