"""What would change the answer: against brute force, on random patients."""

from itertools import combinations

import pytest
from hypothesis import given, settings

from strategy.answers import Answer
from strategy.changes import MAX_PAIRS, find_changes, flips_of, outline
from strategy.engine import evaluate
from strategy.rules import UNKNOWN
from tests.strategy.cases import CASES, FULL, RULESET, patients

pytestmark = pytest.mark.pure


def changed(answer: Answer, *flips) -> Answer:
    return evaluate(RULESET, {**answer.given, **{flip.key: flip.after for flip in flips}})


@settings(max_examples=25, deadline=None)
@given(patients())
def test_exactly_the_changes_of_one_answer_that_change_the_list_are_named(patient):
    answer = evaluate(RULESET, patient)
    named = {change.flips[0] for change in find_changes(RULESET, answer).single}

    for flip in flips_of(RULESET, answer.given):
        there = changed(answer, flip)
        differs = answer.status != "blocked" and there.status != "blocked" and outline(there) != outline(answer)
        assert (flip in named) == differs


@settings(max_examples=25, deadline=None)
@given(patients())
def test_a_change_of_two_answers_does_what_no_smaller_change_does(patient):
    answer = evaluate(RULESET, patient)
    found = find_changes(RULESET, answer)
    alone = {outline(changed(answer, flip)) for flip in flips_of(RULESET, answer.given)} if found.pairs else set()

    for change in found.pairs:
        assert outline(changed(answer, *change.flips)) == outline(change.answer) != outline(answer)
        for flip in change.flips:
            assert outline(changed(answer, flip)) == outline(answer)
        assert outline(change.answer) not in alone


@pytest.mark.parametrize("case", ["v01", "v04", "v46", "v70"])
def test_no_outcome_of_two_silent_changes_is_missed(case):
    """Brute force over every pair of the input: the pruning leaves nothing out."""
    answer = evaluate(RULESET, CASES[case])
    found = find_changes(RULESET, answer)
    now = outline(answer)
    flips = list(flips_of(RULESET, answer.given))
    single = {flip: changed(answer, flip) for flip in flips}
    reached = {outline(there) for there in single.values() if there.status != "blocked"}
    silent = [flip for flip, there in single.items() if outline(there) == now]
    outcomes = {
        outline(there)
        for one, other in combinations(silent, 2)
        if one.key != other.key and (there := changed(answer, one, other)).status != "blocked"
    }

    assert found.is_complete
    assert {outline(change.answer) for change in found.pairs} == outcomes - reached - {now}


def test_what_is_not_known_yet_comes_first():
    found = find_changes(RULESET, evaluate(RULESET, {"disease_state": "progressed", "last_tki": "alectinib"}))
    unknown = [change.flips[0].was_unknown for change in found.single]

    assert unknown == sorted(unknown, reverse=True)
    assert unknown[0]
    assert not unknown[-1]


def test_the_search_is_small():
    for patient in ({}, FULL):
        assert len(list(flips_of(RULESET, evaluate(RULESET, patient).given))) <= 120
    assert MAX_PAIRS <= 400


def test_a_change_never_takes_knowledge_away_and_keeps_values_that_go_together():
    for flip in flips_of(RULESET, evaluate(RULESET, FULL).given):
        question = RULESET.inputs[flip.key]
        assert UNKNOWN not in flip.after
        assert len(flip.after) == 1 or question.multiple
        assert len(flip.after) == 1 or not set(flip.after) & set(question.exclusive)


def test_a_contradiction_has_nothing_to_change():
    answer = evaluate(RULESET, {"disease_state": "progressed", "last_tki": "none"})

    assert answer.status == "blocked"
    assert find_changes(RULESET, answer).single == ()
