"""Every option that is not listed says why: its veto, or the first condition that failed."""

import pytest
from hypothesis import given, settings

from strategy.absences import absences
from strategy.engine import evaluate, known_state
from tests.strategy.cases import CASES, RULESET, patients

pytestmark = pytest.mark.pure


@settings(max_examples=40, deadline=None)
@given(patients())
def test_listed_or_explained_and_the_explanation_is_true(patient):
    answer = evaluate(RULESET, patient)
    found = absences(RULESET, answer)
    state = known_state(RULESET, answer.given)

    if answer.status == "blocked":
        assert found == []
        return
    listed = [option.option for option in answer.options]
    assert sorted([*listed, *(absence.option for absence in found)]) == sorted(RULESET.options)
    for absence in found:
        if absence.vetoes:
            assert all(absence.option in rule.vetoes and rule.when.holds(state) for rule in absence.vetoes)
        elif absence.rule is None:
            assert RULESET.options[absence.option].avoid_only
        else:
            parts = absence.rule.when.parts
            assert all(part.holds(state) for part in parts[: parts.index(absence.part)])
            assert not absence.part.holds(state)


@settings(max_examples=25, deadline=None)
@given(patients())
def test_no_rule_comes_nearer_than_the_one_that_is_named(patient):
    answer = evaluate(RULESET, patient)
    state = known_state(RULESET, answer.given)
    for absence in absences(RULESET, answer):
        if absence.rule is not None:
            failed = [sum(not p.holds(state) for p in r.when.parts) for r in RULESET.proposing[absence.option]]
            assert absence.failed == min(failed) >= 1


def test_the_veto_of_a_drug_already_used_is_named():
    found = {absence.option: absence for absence in absences(RULESET, evaluate(RULESET, CASES["v02"]))}

    assert [rule.key for rule in found["tki_alectinib"].vetoes] == ["m-g1202r-veto-2g", "t-used-alectinib"]
    assert found["wbrt"].rule is None
