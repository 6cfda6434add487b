"""At length (`make proofs`): the whole core grid by the engine, every row taken away, an impact counted one by one."""

from __future__ import annotations

import json
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import django
import pytest

from strategy.engine import evaluate
from strategy.management.commands.prove import shipped_facts
from strategy.prover.algebra import first_bit
from strategy.prover.crosscheck import agree, components_of, random_patients, z3_agrees
from strategy.prover.encoding import Conditions, Encoded
from strategy.prover.impact import impact, without_rule
from strategy.prover.proof import prove
from strategy.prover.solving import Space
from strategy.prover.space import core_grid
from strategy.proving import SHIPPED
from tests.strategy.cases import RULESET

pytestmark = [pytest.mark.pure, pytest.mark.slow]
PIECES = 64
# Rows whose removal changes no patient's answer; docs/proof.md says why each is kept.
SURVIVORS = {"m-on-target-g1", "m-on-target-g2"}


def _piece(number: int) -> tuple[dict[str, int], list[int]]:
    """One piece of the core grid by the engine: situations by status, and where the encoding says something else."""
    grid = core_grid(RULESET)
    conditions = Conditions(RULESET, grid)
    components = Encoded(conditions).components()
    counts: dict[str, int] = {}
    wrong = []
    for at in range(number, grid.size, PIECES):
        answer = evaluate(RULESET, grid.patient(at))
        counts[answer.status] = counts.get(answer.status, 0) + 1
        is_consistent = bool(conditions.consistent >> at & 1)
        if is_consistent != (answer.status != "blocked"):
            wrong.append(at)
        elif is_consistent and at % 97 == 0:  # everything the answer shows; the status of each is compared below
            said = {name for name, term in components.items() if term >> at & 1}
            if said != components_of(answer):
                wrong.append(at)
    return counts, wrong


def _on_both_cores(work, items):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=django.setup) as pool:
        return list(pool.map(work, items))


def test_the_engine_meets_each_status_of_the_core_grid_as_often_as_the_encoding_says():
    found = _on_both_cores(_piece, range(PIECES))
    counts: dict[str, int] = {}
    for piece, _wrong in found:
        for status, count in piece.items():
            counts[status] = counts.get(status, 0) + count
    blocked = counts.pop("blocked")

    assert [at for _counts, wrong in found for at in wrong] == []
    published = json.loads(SHIPPED.read_text(encoding="utf-8"))["proof"]
    assert counts == {status: count for status, count in published["statuses"].items() if count}
    assert sum(counts.values()) == published["grid"] == 451_584
    assert blocked == core_grid(RULESET).size - 451_584


def test_encoding_z3_and_engine_agree_on_many_patients():
    agree(RULESET, random_patients(RULESET, 30_000, seed=11))
    z3_agrees(Space(RULESET), random_patients(RULESET, 500, seed=12))


def test_a_full_proof_takes_far_less_than_five_minutes():
    began = time.monotonic()
    proof = prove(RULESET, shipped_facts())

    assert time.monotonic() - began < 30  # the limit of a re-proof after an edit: a full proof stays under it
    assert len(proof.findings) == 10


@pytest.mark.parametrize("key", [rule.key for rule in RULESET.rules])
def test_every_row_taken_away_names_the_situations_lost(key):
    mutant = without_rule(RULESET, key)
    found = impact(RULESET, mutant)

    if key in SURVIVORS:
        assert (found.changed, found.is_elsewhere) == (0, False)
        return
    assert found.changes
    for change in found.changes:
        for patient in (p for p in (change.example, change.elsewhere) if p is not None):
            assert key in evaluate(RULESET, patient).fired
            assert components_of(evaluate(RULESET, patient)) != components_of(evaluate(mutant, patient))
    _check_count(mutant, key, found.changed)


def _check_count(mutant, key, changed):
    """The engine itself on up to 300 situations where the row fires, and the exact count over all of them by sets."""
    grid = core_grid(RULESET)
    before, after = Conditions(RULESET, grid), Conditions(mutant, grid)
    one, other = Encoded(before).components(), Encoded(after).components()
    differs = grid.some(one.get(name, 0) ^ other.get(name, 0) for name in one.keys() | other.keys())
    differs &= before.consistent
    assert differs.bit_count() == changed
    assert differs & ~before.fires[key] == 0  # nobody is touched for whom the row did not fire
    fires, step = before.fires[key] & before.consistent, 0
    while fires and step < 300:
        at = first_bit(fires)
        fires &= ~((1 << (at + 1 + grid.size // 400)) - 1)
        patient, step = grid.patient(at), step + 1
        is_changed = components_of(evaluate(RULESET, patient)) != components_of(evaluate(mutant, patient))
        assert is_changed == bool(differs >> at & 1)


def _changed_by_hand(number: int) -> int:
    """One piece of the core grid: situations whose answer an edit changes, by the engine alone."""
    grid, edited = core_grid(RULESET), _edited()
    consistent = Conditions(RULESET, grid).consistent  # shown above to be what the engine does not block
    return sum(
        1
        for at in range(number, grid.size, PIECES)
        if consistent >> at & 1
        and components_of(evaluate(RULESET, grid.patient(at))) != components_of(evaluate(edited, grid.patient(at)))
    )


def _edited():
    """An edit of two rows: second-generation drugs are only considered after crizotinib; a veto is dropped."""
    rules = []
    for rule in RULESET.rules:
        if rule.key == "t-g1":
            rule = replace(rule, recommends=tuple((option, 2) for option, _strength in rule.recommends))
        if rule.key != "t-used-lorlatinib":
            rules.append(rule)
    return replace(RULESET, rules=tuple(rules))


def test_the_impact_of_an_edit_is_exact_on_the_whole_core_grid():
    found = impact(RULESET, _edited())

    assert found.changed == sum(_on_both_cores(_changed_by_hand, range(PIECES))) > 0
    assert found.is_elsewhere
