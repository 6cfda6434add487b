"""One whole proof of a rule set: every property over the whole space, the findings, and what was counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from strategy.prover import PROVER_VERSION
from strategy.prover.checks import CHECKS, Facts
from strategy.prover.crosscheck import agree, random_patients, z3_agrees
from strategy.prover.encoding import Conditions, Encoded
from strategy.prover.findings import KINDS, Finding
from strategy.prover.invariants import asked, broken_invariants
from strategy.prover.properties import PROPERTIES
from strategy.prover.solving import VERSION, Space
from strategy.prover.space import consistent_size, core_grid, size
from strategy.rules import RuleSet, Text

Progress = Callable[[str, int], None]  # stage, per cent done
SAMPLES, Z3_SAMPLES = 1_000, 20


@dataclass(frozen=True, slots=True)
class Property:
    """What was asked: in words, of how many things, and how many findings came of it."""

    key: str
    text: Text
    asked: int
    findings: int


@dataclass(frozen=True, slots=True)
class Proof:
    """The result of proving one rule set. Times and hashes are the caller's."""

    space: int
    consistent: int | None
    grid: int
    statuses: dict[str, int]
    counts: dict[str, int]
    properties: tuple[Property, ...]
    findings: tuple[Finding, ...]
    facts: dict[str, str]  # the verdict of each cited fact at the time
    questions: int
    samples: int
    z3: str = VERSION
    prover: str = PROVER_VERSION

    def as_json(self) -> dict[str, Any]:
        """Plain data; exact numbers beyond 2^53 as text."""
        data = asdict(self)
        data["space"], data["consistent"] = str(self.space), None if self.consistent is None else str(self.consistent)
        data["properties"] = [asdict(found) for found in self.properties]
        data["findings"] = [finding.as_json() for finding in self.findings]
        return data


def _silent(stage: str, percent: int) -> None:
    """Nobody watches."""


def prove(ruleset: RuleSet, facts: Facts, progress: Progress = _silent, *, samples: int = SAMPLES) -> Proof:
    """Prove or refute every property. Disagreement: the encoding is not the engine. Undecided: z3 gave up."""
    progress("crosscheck", 2)
    space = Space(ruleset)
    patients = random_patients(ruleset, samples)
    agree(ruleset, patients)
    z3_agrees(space, patients[:Z3_SAMPLES])
    findings: list[Finding] = []
    properties = []
    checks = {**CHECKS, "invariant": broken_invariants}
    sizes = _asked(space)
    for at, (kind, check) in enumerate(checks.items()):
        progress(kind, 10 + 80 * at // len(checks))
        new = list(check(space, facts))
        findings += new
        properties.append(Property(kind, PROPERTIES[kind], sizes[kind], len(new)))
    progress("counting", 92)
    agree(ruleset, [finding.patient for finding in findings if finding.patient is not None])
    grid, statuses = _statuses(ruleset)
    return Proof(
        space=size(ruleset),
        consistent=consistent_size(ruleset),
        grid=grid,
        statuses=statuses,
        counts=_counts(space),
        properties=tuple(properties),
        findings=tuple(findings),
        facts={fact: facts[fact] for fact in sorted(ruleset.facts) if fact in facts},
        questions=space.questions,
        samples=len(patients),
    )


def _statuses(ruleset: RuleSet) -> tuple[int, dict[str, int]]:
    """How many situations of the core grid are consistent, and how many meet each status."""
    conditions = Conditions(ruleset, core_grid(ruleset))
    encoded = Encoded(conditions)
    kept = conditions.consistent
    return kept.bit_count(), {name: (term & kept).bit_count() for name, term in encoded.status.items()}


def _counts(space: Space) -> dict[str, int]:
    ruleset = space.ruleset
    return {
        "inputs": len(ruleset.inputs),
        "derived": len(ruleset.derived),
        "rules": len(ruleset.rules),
        "effects": sum(len(found) for found in space.encoded.effects.values()),
        "options": len(ruleset.options),
        "cautions": len(ruleset.cautions),
        "checks": len(ruleset.validations),
        "invariants": sum(1 for _found in asked(space)),
    }


def _asked(space: Space) -> dict[str, int]:
    """How many things each property was asked of."""
    ruleset, counts = space.ruleset, _counts(space)
    drugs = sum(1 for o in ruleset.options.values() if o.kind in ("systemic", "local", "trial"))
    return {
        "gap": 3,
        "unreachable": counts["rules"] + counts["options"] + counts["checks"] + len(space.conditions.derived),
        "idle": counts["effects"],
        "contradiction": counts["effects"],
        "relisted": drugs,
        "pregnancy": drugs,
        "evidence": counts["options"],
        "uncautioned": counts["rules"],
        "invariant": counts["invariants"],
    }


assert set(PROPERTIES) == set(KINDS)
