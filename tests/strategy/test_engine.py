"""The engine against the vignettes, against a second evaluator, and against what the tool must never do."""

from collections import Counter
from itertools import product
from math import prod

import pytest
from hypothesis import HealthCheck, given, settings

from strategy.answers import UnknownInput, UnknownValue
from strategy.engine import evaluate, first_failure, normalise
from strategy.rules import STATUSES, STRENGTHS, TREATMENTS
from tests.strategy.cases import DATA, FULL, RULESET, VIGNETTES, inputs_of, patients
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


def test_the_statuses_of_the_core_grid_are_those_published():
    """The decision model counts 451,584 answers for progressed patients with everything known; so does this engine.

    Values that no rule of the grid tells apart are evaluated once and counted as often as they stand for others.
    """
    axes = {
        "last_tki": dict.fromkeys(TKIS, 1),
        "progression_pattern": {"oligo": 1, "local": 1, "widespread": 1},
        "lesion_count": {"one_to_three": 1, "four_plus": 1},
        "alk_mutation": {"L1196M": 1, "G1202R": 1, "compound": 1, "none_detected": 1, "other_alk": 4},
        "bypass": {"met_amp": 2, "sclc": 1, "none_detected": 1, "other_bypass": 4},
        "failed_lines": {"one": 1, "two_plus": 1},
        "bm_status": {"none": 1, "baseline": 1, "new_onset": 1},
        "bm_burden": {"oligo": 1, "extensive": 1, "not_applicable": 1},
        "ecog": {"ecog_0_1": 2, "ecog_3_4": 1},
    }
    others = 2 * 2  # symptoms yes or no; not pregnant, or of childbearing potential
    count: Counter[str] = Counter()
    for point in product(*axes.values()):
        patient = dict(zip(axes, point, strict=True)) | {"disease_state": "progressed", "bm_symptoms": "absent"}
        weight = prod(axes[key][value] for key, value in zip(axes, point, strict=True))
        count[evaluate(RULESET, patient | {"reproductive": "not_applicable"}).status] += weight * others

    answered = count.total() - count["blocked"]
    assert answered == 451_584
    assert (count["not_covered"], count["needs_data"]) == (64, 32)
    assert round(100 * count["ok"] / answered, 2) == 24.63
    assert round(100 * count["provisional"] / answered, 2) == 20.46
    assert round(100 * count["partly_covered"] / answered, 2) == 54.90
