"""The encoding against the engine: what both say of the same patients. A difference stops a proof."""

from __future__ import annotations

import random
from collections.abc import Sequence

from strategy.answers import Answer
from strategy.engine import evaluate
from strategy.prover.algebra import Listed, Patient
from strategy.prover.encoding import Component, Conditions, Encoded
from strategy.prover.solving import Space
from strategy.prover.space import core_grid
from strategy.rules import RuleSet


class Disagreement(RuntimeError):
    """The encoding and the engine answer a patient differently: nothing the prover says holds."""

    def __init__(self, patient: Patient, components: set[Component]) -> None:
        super().__init__(f"{dict(patient)}: {sorted(components)[:6]}")
        self.patient, self.components = patient, components


def components_of(answer: Answer) -> set[Component]:
    """Everything an answer of the engine shows, as the encoding names it."""
    found: set[Component] = {("status", answer.status)}
    for listed in answer.options:
        found.add(("option", listed.option, listed.strength))
        found.update(("card", listed.option, caution) for caution in listed.cautions)
    for out in answer.ruled_out:
        found.add(("out", out.option))
        found.update(("beside", out.option, caution) for caution in out.cautions)
    found.update(("conflict", conflict.option) for conflict in answer.conflicts)
    found.update(("caution", caution) for caution in answer.cautions)
    return found


def encoded_answers(ruleset: RuleSet, patients: Sequence[Patient]) -> list[set[Component]]:
    """What the encoding says of each patient; a contradictory one is only `blocked`."""
    conditions = Conditions(ruleset, Listed(patients))
    components = Encoded(conditions).components()
    answers: list[set[Component]] = []
    for at in range(len(patients)):
        if conditions.consistent >> at & 1:
            answers.append({name for name, term in components.items() if term >> at & 1})
        else:
            answers.append({("status", "blocked")})
    return answers


def agree(ruleset: RuleSet, patients: Sequence[Patient]) -> None:
    """Raise Disagreement unless the encoding answers each of these patients as the engine does."""
    for patient, said in zip(patients, encoded_answers(ruleset, patients), strict=True):
        difference = said ^ components_of(evaluate(ruleset, patient))
        if difference:
            raise Disagreement(patient, difference)


def z3_agrees(space: Space, patients: Sequence[Patient]) -> None:
    """Raise Disagreement unless z3's terms, with each consistent patient put into them, say what the engine says."""
    for patient in patients:
        answer = evaluate(space.ruleset, patient)
        if answer.status != "blocked":
            difference = space.components_of(patient) ^ components_of(answer)
            if difference:
                raise Disagreement(patient, difference)


def random_patients(ruleset: RuleSet, count: int, *, seed: int = 1) -> list[dict[str, tuple[str, ...]]]:
    """Return admissible patients, some on the core grid; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  # a sample, not a secret
    grid, patients = core_grid(ruleset), []
    for _at in range(count):
        patient = grid.patient(chance.randrange(grid.size)) if chance.random() < 0.5 else {}
        for key, question in ruleset.inputs.items():
            if chance.random() < 0.3:
                plain = [value for value in question.values if value not in question.exclusive]
                several = question.multiple and chance.random() < 0.7
                some = chance.sample(plain, chance.randint(1, min(4, len(plain))))
                patient[key] = tuple(some) if several else (chance.choice(list(question.values)),)
        patients.append(patient)
    return patients
