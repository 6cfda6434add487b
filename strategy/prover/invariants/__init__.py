"""The invariants of the decision model (its sections 9, 10 and 12), each as words and as the patients who break it.

A rule set without a name that an invariant speaks of is not asked about it; the certificate lists what was asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from strategy.prover.checks import Facts
from strategy.prover.findings import Finding, found
from strategy.prover.invariants.coverage import COVERAGE
from strategy.prover.invariants.judgement import JUDGEMENT
from strategy.prover.invariants.language import Invariant, NotAsked, Terms
from strategy.prover.invariants.missing import MISSING
from strategy.prover.invariants.safety import SAFETY
from strategy.prover.solving import Space
from strategy.rules import Text

INVARIANTS = (*MISSING, *COVERAGE, *SAFETY, *JUDGEMENT)


def asked(space: Space) -> Iterator[tuple[Invariant, Any]]:
    """The invariants this rule set can be asked about, with the term of who breaks each."""
    terms = Terms(space)
    for invariant in INVARIANTS:
        try:
            yield invariant, invariant.broken(terms)
        except NotAsked:
            continue


def broken_invariants(space: Space, facts: Facts) -> Iterator[Finding]:
    """Each invariant of the decision model that fails for some patient."""
    for invariant, broken in asked(space):
        patient = space.holds_for(broken)
        if patient is not None:
            zh = f"应当：{invariant.text.zh}。这位患者不是这样"
            yield found(
                space.ruleset,
                "invariant",
                invariant.key,
                Text(zh, f"should: {invariant.text.en}; not so here"),
                patient=patient,
            )
