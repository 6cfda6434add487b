"""What a change of rules does to answers: counted exactly on the core grid, and asked of z3 everywhere else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import z3

from strategy.prover.algebra import Algebra, Product, first_bit
from strategy.prover.changes import WAYS
from strategy.prover.encoding import Component, Conditions, Encoded
from strategy.prover.solving import Solver, Terms
from strategy.prover.space import core_axes
from strategy.rules import STRENGTHS, UNKNOWN, Input, RuleSet, Text

BLOCKED: Component = ("status", "blocked")


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of change. `count` situations of the core grid; `elsewhere`: a patient off the grid too, or None."""

    way: str
    subject: str  # an option, a caution, or old>new status
    text: Text
    count: int
    example: Mapping[str, tuple[str, ...]] | None
    elsewhere: Mapping[str, tuple[str, ...]] | None


@dataclass(frozen=True, slots=True)
class Impact:
    """Everything that changes from one version to another. `grid`: situations both can be asked about."""

    grid: int
    changed: int
    is_elsewhere: bool
    changes: tuple[Change, ...]
    inputs_only_in_old: tuple[str, ...]
    inputs_only_in_new: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def impact(old: RuleSet, new: RuleSet) -> Impact:
    """Compare the answers of two rule sets for every patient that both can be asked about.

    Inputs and values that only one of them knows are named, and count as unknown in the comparison.
    """
    common = common_inputs(old, new)
    axes = {key: values for key, values in core_axes(new).items() if key in common}
    axes = {key: tuple(value for value in values if value in common[key].values) for key, values in axes.items()}
    grid = Product({key: values for key, values in axes.items() if values})
    counted = _Pair(old, new, grid)
    terms = Terms()
    solved = _Pair(old, new, terms)
    solver = Solver(common, terms, _only_common(old, new, common, terms))
    off_grid = terms.negate(_on_grid(common, grid.axes, terms))
    changes = []
    by_name = {(way, subject): term for way, subject, term in solved.changes()}
    numbers = {(way, subject): term for way, subject, term in counted.changes()}
    for (way, subject), term in by_name.items():
        bits = numbers.get((way, subject), 0)
        elsewhere = solver.holds_for(terms.every([term, off_grid]))
        if bits or elsewhere is not None:
            example = grid.patient(first_bit(bits)) if bits else None
            text = _words(old, new, way, subject)
            changes.append(Change(way, subject, text, bits.bit_count(), example, elsewhere))
    order = list(WAYS)
    changes.sort(key=lambda change: (order.index(change.way), -change.count, change.subject))
    return Impact(
        grid=grid.some([counted.open_old, counted.open_new]).bit_count(),
        changed=counted.anything().bit_count(),
        is_elsewhere=any(change.elsewhere is not None for change in changes),
        changes=tuple(changes),
        inputs_only_in_old=_only_in(old, new),
        inputs_only_in_new=_only_in(new, old),
    )


def without_rule(ruleset: RuleSet, key: str) -> RuleSet:
    """The rule set less one row."""
    return replace(ruleset, rules=tuple(rule for rule in ruleset.rules if rule.key != key))


def common_inputs(old: RuleSet, new: RuleSet) -> dict[str, Input]:
    """The inputs of either; what only one of them knows can but be unknown."""
    found = {}
    for key in {**old.inputs, **new.inputs}:
        mine, other = new.inputs.get(key) or old.inputs[key], old.inputs.get(key) or new.inputs[key]
        both = key in old.inputs and key in new.inputs
        values = {v: label for v, label in mine.values.items() if v == UNKNOWN or (both and v in other.values)}
        exclusive = tuple(v for v in values if v in mine.exclusive or v in other.exclusive)
        is_multiple = mine.multiple and other.multiple
        found[key] = replace(mine, values=values, exclusive=exclusive if is_multiple else (), multiple=is_multiple)
    return found


class _Pair:
    """Both answers over one algebra, and the terms where they differ."""

    def __init__(self, old: RuleSet, new: RuleSet, algebra: Algebra[Any]) -> None:
        self.algebra, self.old, self.new = algebra, old, new
        before, after = Conditions(old, algebra), Conditions(new, algebra)
        self.open_old, self.open_new = before.consistent, after.consistent
        self.before, self.after = self._answers(before), self._answers(after)

    def _answers(self, conditions: Conditions[Any]) -> dict[Component, Any]:
        shown = Encoded(conditions).components()
        found = {name: self.algebra.every([term, conditions.consistent]) for name, term in shown.items()}
        return {**found, BLOCKED: self.algebra.negate(conditions.consistent)}

    def anything(self) -> Any:
        """Where the answers differ in anything they show."""
        names = self.before.keys() | self.after.keys()
        return self.algebra.some(
            self._differs(name) for name in sorted(names) if self.before.get(name) is not self.after.get(name)
        )

    def changes(self) -> Iterator[tuple[str, str, Any]]:
        """Every way the answers can differ, with where they do; a term may hold nowhere."""
        yield from self._statuses()
        for option in {**self.old.options, **self.new.options}:
            yield from self._option(option)
        yield from self._cautions()

    def _cautions(self) -> Iterator[tuple[str, str, Any]]:
        """By caution: anywhere in the answer, or within a card that stands before and after."""
        places: dict[str, list[Component]] = {}
        for name in sorted(self.before.keys() | self.after.keys()):
            if name[0] in ("card", "beside", "caution") and self.before.get(name) is not self.after.get(name):
                places.setdefault(name[-1], []).append(name)
        for caution, names in places.items():
            for way, one, other in (
                ("caution_added", self.after, self.before),
                ("caution_removed", self.before, self.after),
            ):
                yield (
                    way,
                    caution,
                    self.algebra.some(self.algebra.every([self._only(n, one, other), self._stays(n)]) for n in names),
                )

    def _statuses(self) -> Iterator[tuple[str, str, Any]]:
        names = [name for name in self.before if name[0] == "status"]
        for before in names:
            for after in names:
                if before != after:
                    term = self.algebra.every([self.before[before], self.after.get(after, self.algebra.false)])
                    yield "status", f"{before[1]}>{after[1]}", term

    def _option(self, option: str) -> Iterator[tuple[str, str, Any]]:
        every, some, negate = self.algebra.every, self.algebra.some, self.algebra.negate
        before, after = ([self._at(found, option, name) for name in STRENGTHS] for found in (self.before, self.after))
        names = [("out", option), ("conflict", option), *(("option", option, name) for name in STRENGTHS)]
        if all(self.before.get(name) is self.after.get(name) for name in names):
            return
        yield "added", option, every([some(after), negate(some(before))])
        yield "removed", option, every([some(before), negate(some(after))])
        pairs = [(a, b) for a in range(len(STRENGTHS)) for b in range(len(STRENGTHS))]
        yield "stronger", option, some(every([before[a], after[b]]) for a, b in pairs if b < a)
        yield "weaker", option, some(every([before[a], after[b]]) for a, b in pairs if b > a)
        out = ("out", option)
        alike = [negate(self._differs(("option", option, name))) for name in STRENGTHS] + [negate(self._differs(out))]
        yield "conflict", option, every([self._differs(("conflict", option)), *alike])
        yield "ruled_out", option, self._only(out, self.after, self.before)
        yield "not_ruled_out", option, self._only(out, self.before, self.after)

    def _differs(self, name: Component) -> Any:
        return self.algebra.some([self._only(name, self.before, self.after), self._only(name, self.after, self.before)])

    def _stays(self, name: Component) -> Any:
        if name[0] == "caution":
            return self.algebra.true
        places = [("out", name[1])] if name[0] == "beside" else [("option", name[1], s) for s in STRENGTHS]
        return self.algebra.every(
            self.algebra.some(found.get(place, self.algebra.false) for place in places)
            for found in (self.before, self.after)
        )

    def _at(self, found: Mapping[Component, Any], option: str, strength: str) -> Any:
        return found.get(("option", option, strength), self.algebra.false)

    def _only(self, name: Component, one: Mapping[Component, Any], other: Mapping[Component, Any]) -> Any:
        first, second = (found.get(name, self.algebra.false) for found in (one, other))
        return self.algebra.every([first, self.algebra.negate(second)])


def _only_common(old: RuleSet, new: RuleSet, common: Mapping[str, Input], terms: Terms) -> list[z3.BoolRef]:
    """Values that only one rule set knows are nobody's."""
    return [
        terms.negate(terms.atom(key, value))
        for ruleset in (old, new)
        for key, question in ruleset.inputs.items()
        for value in question.values
        if value not in common[key].values
    ]


def _on_grid(common: Mapping[str, Input], axes: Mapping[str, tuple[str, ...]], terms: Terms) -> z3.BoolRef:
    """The patients of the core grid: on an axis exactly one of its values, anywhere else unknown."""
    parts = []
    for key, question in common.items():
        on_axis = axes.get(key, (UNKNOWN,))
        atoms = {value: terms.atom(key, value) for value in question.values}
        parts.append(
            terms.some(
                terms.every(atom if value == chosen else terms.negate(atom) for value, atom in atoms.items())
                for chosen in on_axis
            )
        )
    return terms.every(parts)


def _only_in(one: RuleSet, other: RuleSet) -> tuple[str, ...]:
    names = []
    for key, question in one.inputs.items():
        known = other.inputs[key].values if key in other.inputs else {}
        names += [key] if key not in other.inputs else [f"{key}={v}" for v in question.values if v not in known]
    return tuple(names)


def _words(old: RuleSet, new: RuleSet, way: str, subject: str) -> Text:
    """What changed, in words."""
    if way == "status":
        before, after = (new.statuses[name] for name in subject.split(">"))
        return Text(f"{before.zh} → {after.zh}", f"{before.en} → {after.en}")
    options, cautions = {**old.options, **new.options}, {**old.cautions, **new.cautions}
    return options[subject].label if subject in options else cautions[subject].text
