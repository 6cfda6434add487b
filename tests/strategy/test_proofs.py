"""At length (`make proofs`): the engine against the second evaluator over many thousands of patients."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from strategy.engine import evaluate
from tests.strategy.cases import DATA, RULESET, patients
from tests.strategy.naive import naive

pytestmark = [pytest.mark.pure, pytest.mark.slow]
AT_LENGTH = settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@AT_LENGTH
@given(patients())
def test_two_evaluators_agree_on_everything_they_say(patient):
    answer, other = evaluate(RULESET, patient), naive(DATA, patient)

    assert answer.status == other["status"]
    assert [(option.option, option.strength) for option in answer.options] == other["options"]
    assert [out.option for out in answer.ruled_out] == other["ruled_out"]
    assert set(answer.cautions) == other["cautions"]
