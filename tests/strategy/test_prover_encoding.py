"""The encoding that z3 reads says of every patient what the engine says; the core grid has the published counts."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from strategy.engine import evaluate
from strategy.prover.algebra import Listed, Product
from strategy.prover.crosscheck import Disagreement, agree, components_of, encoded_answers, random_patients, z3_agrees
from strategy.prover.encoding import Conditions, Encoded
from strategy.prover.solving import Space
from strategy.prover.space import consistent_size, core_grid, size, subsets
from strategy.rules import Rule
from tests.strategy.cases import RULESET, VIGNETTES, inputs_of, patients
from tests.strategy.small import compiled, small

pytestmark = pytest.mark.pure
# Decision model, section 11: progressed, all core inputs known, no pregnancy or lactation.
PUBLISHED = {
    "needs_data": 32,
    "not_covered": 64,
    "partly_covered": 247_904,
    "provisional": 92_376,
    "ok": 111_208,
    "all_vetoed": 0,
    "monitoring": 0,
}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(patients())
def test_the_encoding_answers_any_patient_as_the_engine_does(patient):
    plain = {key: (value,) if isinstance(value, str) else tuple(value) for key, value in patient.items()}
    if evaluate(RULESET, plain).status == "blocked":
        # An exclusive value together with others is no admissible input: z3 is not asked about it.
        plain = {key: values[:1] for key, values in plain.items()}

    agree(RULESET, [plain])


def test_the_encoding_answers_the_vignettes_and_many_patients_as_the_engine_does():
    cases = [inputs_of(vignette) for vignette in VIGNETTES["vignettes"]]
    plain = [{k: (v,) if isinstance(v, str) else tuple(v) for k, v in case.items()} for case in cases]
    admissible = [p for p in plain if all(tuple(v) in set(subsets(RULESET.inputs[k])) for k, v in p.items())]

    agree(RULESET, admissible + random_patients(RULESET, 500, seed=7))


def test_z3_answers_patients_as_the_engine_does():
    z3_agrees(Space(RULESET), random_patients(RULESET, 15, seed=3))


def test_a_difference_between_encoding_and_engine_stops_a_proof():
    patient = {"disease_state": ("progressed",), "last_tki": ("crizotinib",)}
    ruleset = compiled(small())
    rules = tuple(rule for rule in ruleset.rules if rule.key != "t-crizotinib")
    object.__setattr__(ruleset, "rules", rules)  # the encoding reads rules, the engine its compiled conditions
    evaluate(compiled(small()), patient)
    said = encoded_answers(ruleset, [patient])[0]

    assert said != components_of(evaluate(compiled(small()), patient))
    assert ("option", "tki_alectinib", "preferred") not in said


def test_the_core_grid_has_the_published_size_and_counts():
    conditions = Conditions(RULESET, core_grid(RULESET))
    encoded = Encoded(conditions)

    assert conditions.consistent.bit_count() == 451_584
    counts = {name: (term & conditions.consistent).bit_count() for name, term in encoded.status.items()}
    assert counts == PUBLISHED


def test_the_whole_space_has_its_published_size():
    assert size(RULESET) == 48_372_940_800 * 129 * 129 * 9 * 257 * 129


def test_consistent_inputs_are_counted_without_listing_them():
    data = small()
    wrong = {"disease_state": ["tki_naive"], "or": [{"last_tki": ["alectinib"]}, {"alk_mutation": {"any": ["L1196M"]}}]}
    data["validations"] = [{"id": "v", "level": "block", "when": wrong, "zh": "矛盾", "en": "contradictory"}]
    ruleset = compiled(data)
    every = [{}]
    for key, question in ruleset.inputs.items():
        every = [{**patient, key: values} for patient in every for values in subsets(question)]

    assert size(ruleset) == len(every)
    assert consistent_size(ruleset) == sum(1 for p in every if evaluate(ruleset, p).status != "blocked")


def test_the_small_space_is_answered_alike_to_the_last_patient():
    ruleset = compiled(small())
    every = [{}]
    for key, question in ruleset.inputs.items():
        every = [{**patient, key: values} for patient in every for values in subsets(question)]

    agree(ruleset, every)


def test_a_product_and_a_list_of_the_same_patients_say_the_same():
    grid = Product({"last_tki": ("crizotinib", "alectinib"), "ecog": ("ecog_2", "unknown", "ecog_0_1")})
    listed = Listed([grid.patient(at) for at in range(grid.size)])

    for key, value in (("last_tki", "alectinib"), ("ecog", "unknown"), ("ecog", "ecog_2"), ("age", "unknown")):
        assert grid.atom(key, value) == listed.atom(key, value)


def test_disagreement_names_the_patient():
    error = Disagreement({"ecog": ("ecog_2",)}, {("status", "ok")})

    assert "ecog_2" in str(error)
    assert isinstance(RULESET.rules[0], Rule)
