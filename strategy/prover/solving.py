"""z3 over the whole input space: is there a consistent patient for whom this holds? Never in a web worker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import z3

from strategy.prover.algebra import Patient
from strategy.prover.encoding import Component, Conditions, Encoded
from strategy.rules import UNKNOWN, Input, RuleSet

Chosen = dict[str, tuple[str, ...]]
VERSION: str = z3.get_version_string()


class Undecided(RuntimeError):
    """z3 gave up: nothing may be concluded."""


class Terms:
    """The algebra of z3's Boolean terms: one variable for each value of each input."""

    def __init__(self) -> None:
        self.true, self.false = z3.BoolVal(True), z3.BoolVal(False)
        self._atoms: dict[tuple[str, str], z3.BoolRef] = {}
        self._made: dict[Any, z3.BoolRef] = {}  # keeps every term, so that no id is used again

    def atom(self, key: str, value: str) -> z3.BoolRef:
        if (key, value) not in self._atoms:
            self._atoms[key, value] = z3.Bool(f"{key}={value}")
        return self._atoms[key, value]

    def every(self, terms: Iterable[z3.BoolRef]) -> z3.BoolRef:
        return self._joined(z3.And, terms, self.true, self.false)

    def some(self, terms: Iterable[z3.BoolRef]) -> z3.BoolRef:
        return self._joined(z3.Or, terms, self.false, self.true)

    def _joined(self, join: Any, terms: Iterable[z3.BoolRef], empty: z3.BoolRef, absorbs: z3.BoolRef) -> z3.BoolRef:
        """Join terms, each once, without what changes nothing; the same terms give the same object."""
        kept = {term.get_id(): term for term in terms if term is not empty}
        if absorbs.get_id() in kept:
            return absorbs
        if len(kept) < 2:
            return next(iter(kept.values()), empty)
        key = (join, *kept)
        if key not in self._made:
            self._made[key] = join(list(kept.values()))
        return self._made[key]

    def negate(self, term: z3.BoolRef) -> z3.BoolRef:
        if term is self.true or term is self.false:
            return self.false if term is self.true else self.true
        key = (z3.Not, term.get_id())
        if key not in self._made:
            self._made[key] = z3.Not(term)
            self._made[z3.Not, self._made[key].get_id()] = term
        return self._made[key]


class Solver:
    """Every admissible patient of these inputs, and what is required of them besides."""

    def __init__(self, inputs: Mapping[str, Input], terms: Terms, required: Iterable[z3.BoolRef] = ()) -> None:
        self.inputs, self.terms, self.questions = inputs, terms, 0
        self._solver = z3.SolverFor("QF_FD")
        self._solver.add(*_admissible(inputs, terms), *required)

    def holds_for(self, term: z3.BoolRef) -> dict[str, tuple[str, ...]] | None:
        """Return a patient for whom the term holds, with as little known as possible; None when there is none."""
        self._solver.push()
        try:
            self._solver.add(term)
            if not self._check():
                return None
            patient = self._read()
            for key in self.inputs:
                patient = self._prefer(self.terms.atom(key, UNKNOWN), patient, patient[key] == (UNKNOWN,))
            for key, values in patient.items():
                for value in values if len(values) > 1 else ():
                    patient = self._prefer(z3.Not(self.terms.atom(key, value)), patient, value not in patient[key])
            return {key: values for key, values in patient.items() if values != (UNKNOWN,)}
        finally:
            self._solver.pop(self._solver.num_scopes())

    def _prefer(self, wish: z3.BoolRef, patient: Chosen, is_so: bool) -> Chosen:
        """Keep the wish where some patient still meets it; `is_so`: this one does."""
        self._solver.push()
        self._solver.add(wish)
        if is_so:
            return patient
        if self._check():
            return self._read()
        self._solver.pop()
        return patient

    def is_possible(self, term: z3.BoolRef) -> bool:
        """Whether the term holds for any patient."""
        self._solver.push()
        try:
            self._solver.add(term)
            return self._check()
        finally:
            self._solver.pop()

    def _check(self) -> bool:
        self.questions += 1
        answer = self._solver.check()
        if answer == z3.unknown:
            raise Undecided(self._solver.reason_unknown())
        return bool(answer == z3.sat)

    def _read(self) -> Chosen:
        model = self._solver.model()
        return {
            key: tuple(
                value
                for value in question.values
                if z3.is_true(model.eval(self.terms.atom(key, value), model_completion=True))
            )
            for key, question in self.inputs.items()
        }


class Space(Solver):
    """Every consistent patient of a rule set (with `allow_blocked`, every admissible one), and its answers."""

    def __init__(self, ruleset: RuleSet, *, allow_blocked: bool = False) -> None:
        self.ruleset, terms = ruleset, Terms()
        self.conditions: Conditions[z3.BoolRef] = Conditions(ruleset, terms)
        self.encoded: Encoded[z3.BoolRef] = Encoded(self.conditions)
        super().__init__(ruleset.inputs, terms, [] if allow_blocked else [self.conditions.consistent])

    def components_of(self, patient: Patient) -> set[Component]:
        """What z3 says of one patient; Undecided when it holds the patient for contradictory."""
        self._solver.push()
        try:
            for key, question in self.inputs.items():
                chosen = patient.get(key, (UNKNOWN,))
                atoms = ((value, self.terms.atom(key, value)) for value in question.values)
                self._solver.add(*(atom if value in chosen else z3.Not(atom) for value, atom in atoms))
            if not self._check():
                raise Undecided(f"no such patient: {dict(patient)}")
            model = self._solver.model()
            return {
                name
                for name, term in self.encoded.components().items()
                if z3.is_true(model.eval(term, model_completion=True))
            }
        finally:
            self._solver.pop()


def _admissible(inputs: Mapping[str, Input], terms: Terms) -> list[z3.BoolRef]:
    """One value of a single input; at least one of a multiple one, an exclusive value alone."""
    rules = []
    for key, question in inputs.items():
        values = [terms.atom(key, value) for value in question.values]
        rules.append(z3.Or(values))
        if not question.multiple:
            rules.append(z3.AtMost(*values, 1))
            continue
        for exclusive in question.exclusive:
            alone = terms.atom(key, exclusive)
            rules += [z3.Or(z3.Not(alone), z3.Not(other)) for other in values if other is not alone]
    return rules


def differ(terms: Terms, one: dict[Component, z3.BoolRef], other: dict[Component, z3.BoolRef]) -> z3.BoolRef:
    """Where two answers differ in anything they show."""
    pairs = [(one.get(name, terms.false), other.get(name, terms.false)) for name in one.keys() | other.keys()]
    return terms.some(z3.Xor(a, b) for a, b in pairs if a is not b)
