"""Questions that cannot change the answer any more really cannot; those of every case that do are asked."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategy.engine import evaluate
from strategy.possible import answered_in, questions_that_matter, vetoes_still_open
from tests.strategy.cases import CASES, DATA, RULESET, patients

pytestmark = pytest.mark.pure


def shown(patient):
    answer = evaluate(RULESET, patient)
    listed = [(option.option, option.strength, option.rules, option.cautions) for option in answer.options]
    return answer.status, listed, answer.ruled_out, answer.conflicts, answer.cautions, answer.warnings


@settings(max_examples=60, deadline=None)
@given(patients(), patients(), st.data())
def test_a_folded_question_changes_nothing_whatever_the_rest_turns_out_to_be(patient, rest, data):
    keys = data.draw(st.sets(st.sampled_from(list(RULESET.inputs)), max_size=20))
    keys.add("disease_state")
    answered = answered_in({key: [v] if isinstance(v := patient[key], str) else v for key in keys})
    folded = set(RULESET.inputs) - keys - questions_that_matter(RULESET, answered)
    whole = {**{key: value for key, value in rest.items() if key not in keys}, **answered}

    for key in sorted(folded):
        values = [value["key"] for item in DATA["inputs"] if item["key"] == key for value in item["values"]]
        assert len({repr(shown({**whole, key: [value]})) for value in values}) == 1


@pytest.mark.parametrize("case", sorted(CASES)[::6])
def test_a_question_that_changes_the_answer_is_never_folded(case):
    """Each answer of a vignette is taken back in turn: if it mattered, it is asked."""
    rng, patient = random.Random(case), CASES[case]
    for key in patient:
        answered = answered_in({k: [v] if isinstance(v, str) else v for k, v in patient.items() if k != key})
        others = [value for value in RULESET.inputs[key].values]
        outcomes = {repr(shown({**answered, key: [value]})) for value in rng.sample(others, len(others))}

        assert len(outcomes) == 1 or key in questions_that_matter(RULESET, answered)


def test_an_answered_question_is_never_among_them():
    answered = answered_in({"disease_state": ["unknown"], "ecog": ["ecog_2"], "last_tki": []})

    assert questions_that_matter(RULESET, answered).isdisjoint({"disease_state", "ecog"})


def test_first_line_patients_are_not_asked_what_only_matters_after_progression():
    left = questions_that_matter(RULESET, {"disease_state": ("tki_naive",)})

    assert left.isdisjoint({"ecog", "preference", "lesion_count", "progression_pattern"})
    assert {"bm_status", "epilepsy", "reproductive"} <= left


@settings(max_examples=40, deadline=None)
@given(patients(), patients(), st.sets(st.sampled_from(list(RULESET.inputs)), max_size=12))
def test_whatever_turns_out_of_the_unknown_rules_out_only_what_was_said(patient, rest, asked):
    before = {**patient, **{key: ["unknown"] for key in asked}}
    answer = evaluate(RULESET, before)
    unknown = [key for key, values in answer.given.items() if values == ("unknown",)]
    after = evaluate(RULESET, {**before, **{key: rest[key] for key in unknown}})
    vetoing = {rule.key for rule in RULESET.rules if rule.vetoes}

    assert vetoing & set(after.fired) <= vetoes_still_open(RULESET, answer.given) | set(answer.fired)
