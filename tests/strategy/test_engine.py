"""The engine against the vignettes, against a second evaluator, and against what the tool must never do."""

import random
import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from strategy.answers import UnknownInput, UnknownValue
from strategy.engine import evaluate, first_failure, normalise
from strategy.reading import read_ruleset
from strategy.rules import STATUSES, STRENGTHS, TREATMENTS
from tests.strategy.cases import DATA, FULL, RULESET, SOURCE, VIGNETTES, inputs_of, patients
from tests.strategy.naive import naive

pytestmark = pytest.mark.pure
MANY = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
TKIS = ("crizotinib", "ceritinib", "alectinib", "brigatinib", "ensartinib", "iruplinalkib", "lorlatinib")


def listed(answer):
    return {option.option: option.strength for option in answer.options}


@pytest.mark.parametrize("vignette", VIGNETTES["vignettes"], ids=lambda v: v["id"])
def test_a_vignette_gets_the_expected_answer(vignette):
    answer = evaluate(RULESET, inputs_of(vignette))
    options, rank = listed(answer), STRENGTHS.index

    for wanted in vignette.get("include", []):
        option, _, strength = wanted.partition(">=")
        assert option in options
        assert not strength or rank(options[option]) <= rank(strength)
    for limit in vignette.get("max", []):
        option, _, strength = limit.partition("<=")
        assert option not in options or rank(options[option]) >= rank(strength)
    assert not set(vignette.get("exclude", [])) & set(options)
    assert set(vignette.get("ruled_out", [])) <= {out.option for out in answer.ruled_out}
    assert set(vignette.get("cautions", [])) <= set(answer.cautions)
    assert answer.status == vignette.get("status", answer.status)


@MANY
@given(patients())
def test_a_second_evaluator_agrees(patient):
    answer, other = evaluate(RULESET, patient), naive(DATA, patient)

    assert answer.status == other["status"]
    assert [(o.option, o.strength) for o in answer.options] == other["options"]
    assert [out.option for out in answer.ruled_out] == other["ruled_out"]
    assert set(answer.cautions) == other["cautions"]


@MANY
@given(patients())
def test_what_the_tool_must_never_do(patient):
    answer = evaluate(RULESET, patient)
    options = listed(answer)
    used = {patient["last_tki"], *patient["earlier_tkis"]}

    assert answer.status in STATUSES
    assert bool(answer.options) == (answer.status != "blocked") == (not answer.contradictions)
    assert not {"tki_crizotinib", "io_monotherapy", "wbrt"} & set(options)
    if patient["disease_state"] == "progressed":
        assert not {f"tki_{drug}" for drug in used} & set(options)
    assert not {f"tki_{drug}" for drug in patient["severe_tox"]} & set(options)
    if patient["reproductive"] in ("pregnant", "breastfeeding"):
        kinds = {RULESET.options[option].kind for option in options}
        assert not TREATMENTS & kinds
    for option, strength in options.items():
        assert strength != "required" or RULESET.options[option].kind not in TREATMENTS
    assert not set(options) & {out.option for out in answer.ruled_out}
    for out in answer.ruled_out:
        assert bool(out.proposed_by) == (out.option in {c.option for c in answer.conflicts if c.resolution == "veto"})
        assert out.reasons


@MANY
@given(patients())
def test_no_caution_of_a_shown_row_is_lost(patient):
    answer = evaluate(RULESET, patient)
    rules = {rule.key: rule for rule in RULESET.rules}

    for key in answer.fired:
        assert set(rules[key].cautions) <= set(answer.cautions)
    for option in answer.options:
        assert set(RULESET.options[option.option].cautions) <= set(option.cautions) <= set(answer.cautions)
        for key in option.rules:
            assert set(rules[key].cautions) <= set(option.cautions)
            assert not rules[key].editorial or any(
                RULESET.cautions[name].severity == "editorial" for name in option.cautions
            )


@MANY
@given(patients())
def test_the_first_failed_condition_tells_why_a_rule_did_not_fire(patient):
    answer = evaluate(RULESET, patient)

    for rule in RULESET.rules:
        failed = first_failure(RULESET, rule, normalise(RULESET, patient))
        if answer.status != "blocked":
            assert (failed is None) == (rule.key in answer.fired)
        assert failed is None or failed in rule.when.parts


def test_nothing_known_asks_for_the_state():
    answer = evaluate(RULESET, {})

    assert answer.status == "needs_data"
    assert list(listed(answer)) == ["clarify_disease_state", "mdt"]


def test_an_unknown_input_is_an_error():
    with pytest.raises(UnknownInput) as raised:
        evaluate(RULESET, {"patient_name": "x"})
    assert raised.value.key == "patient_name"


@pytest.mark.parametrize("value", ["osimertinib", "", "Alectinib", "alectinib "])
def test_an_unknown_value_is_an_error(value):
    with pytest.raises(UnknownValue) as raised:
        evaluate(RULESET, {"last_tki": value})
    assert (raised.value.key, raised.value.value) == ("last_tki", value)


def test_two_values_of_a_single_input_block():
    answer = evaluate(RULESET, FULL | {"last_tki": ["alectinib", "lorlatinib"]})

    assert answer.status == "blocked"
    assert [(c.kind, c.keys) for c in answer.contradictions] == [("single", ("last_tki",))]


def test_an_exclusive_value_with_another_blocks():
    answer = evaluate(RULESET, FULL | {"severe_tox": ["none", "alectinib"]})

    assert answer.status == "blocked"
    assert [(c.kind, c.keys) for c in answer.contradictions] == [("exclusive", ("severe_tox",))]


def test_a_contradiction_names_every_input_to_correct():
    answer = evaluate(RULESET, FULL | {"specimen": ["none"]})

    assert [(c.kind, c.keys) for c in answer.contradictions] == [
        ("v-result-without-specimen", ("specimen", "alk_mutation", "bypass"))
    ]


def test_a_demotion_is_reported_as_a_conflict():
    answer = evaluate(RULESET, FULL | {"bypass": ["none_detected"], "epilepsy": "yes"})

    assert listed(answer)["tki_lorlatinib"] == "consider"
    assert [(c.option, c.rules_against, c.resolution) for c in answer.conflicts] == [
        ("tki_lorlatinib", ("a-epilepsy",), "preferred -> consider")
    ]


def test_demotions_lower_by_one_level_in_all():
    answer = evaluate(RULESET, FULL | {"bypass": ["none_detected"], "epilepsy": "yes", "preference": "supportive_only"})

    assert listed(answer)["tki_lorlatinib"] == "consider"


def test_equal_values_given_twice_count_once():
    twice = evaluate(RULESET, {"alk_mutation": ["G1202R", "G1202R"]})

    assert twice == evaluate(RULESET, {"alk_mutation": "G1202R"})


def test_the_statuses_of_the_core_grid_are_spread_as_published():
    """A sample of the core grid of the decision model, which gives the share of each status."""
    rng, count = random.Random(11), Counter()
    keys = [
        "disease_state",
        "last_tki",
        "progression_pattern",
        "lesion_count",
        "alk_mutation",
        "bypass",
        "failed_lines",
        "bm_status",
    ]
    keys += ["bm_burden", "bm_symptoms", "ecog", "reproductive"]
    for _ in range(8000):
        count[evaluate(RULESET, {key: rng.choice(list(RULESET.inputs[key].values)) for key in keys}).status] += 1

    assert count["blocked"] / 8000 == pytest.approx(0.5687, abs=0.03)
    assert count["needs_data"] / 8000 == pytest.approx(0.2673, abs=0.03)
    assert count["partly_covered"] / 8000 == pytest.approx(0.0558, abs=0.015)


def test_the_rule_set_is_read_and_judged_fast_enough():
    started = time.process_time()
    ruleset = read_ruleset(SOURCE)
    read = time.process_time() - started
    started = time.process_time()
    for _ in range(1000):
        evaluate(ruleset, FULL)
    judged = time.process_time() - started

    assert read < 0.5  # aims: 0.1 s and 5,000 a second; a shared machine gets slack, `make bench` measures
    assert judged < 1
