"""The machine of tests/machine/machine.py: a short fixed run in every pass, a long one by `make proofs` (T41)."""

from __future__ import annotations

import pytest
from django.core import mail
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from accounts.models import Verification
from tests.machine.base import SEEN
from tests.machine.machine import Portal
from tests.machine.world import Ground

pytestmark = pytest.mark.django_db
ALL = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
SHORT = {"max_examples": 20, "stateful_step_count": 40, "derandomize": True}
EDGES = {f"{old}→{new}" for old, targets in Verification.TRANSITIONS.items() for new in targets}
RARE = {"verification.proposed", "verification.set_aside", "verification.held", "verification.resumed", "erased"}
RARE |= {"reminder 30", "reminder 7"}
LONG = {"max_examples": 2000, "stateful_step_count": 60}


@pytest.fixture(autouse=True)
def _ground(settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    mail.outbox.clear()


def play(**profile):
    Portal.ground = Ground()
    SEEN.clear()
    run_state_machine_as_test(
        Portal, settings=settings(deadline=None, database=None, suppress_health_check=ALL, **profile)
    )


def test_t41_no_sequence_of_acts_leaves_the_contract():
    """T40, T41: a run that never got anywhere would prove nothing, so it has to have come by nearly every edge."""
    play(**SHORT, phases=[Phase.generate, Phase.shrink])

    assert len(EDGES & set(+SEEN)) >= len(EDGES) - 1
    assert {"→PENDING", "killed", "refused", "keys destroyed"} <= set(+SEEN)


@pytest.mark.slow
def test_t41_no_long_sequence_of_acts_leaves_the_contract():
    play(**LONG, print_blob=True)

    assert set(+SEEN) >= EDGES | RARE
