"""A rule set as terms: what the engine answers, written once for any algebra (decision model, sections 3 to 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from strategy.conditions import Condition, Either, Not, Part, Test
from strategy.prover.algebra import Algebra
from strategy.rules import (
    EXPLORATORY,
    NOTE_ALL_VETOED,
    NOTE_NOT_COVERED,
    PREFERRED,
    REQUIRED,
    STATE,
    STATE_STABLE,
    STRENGTHS,
    UNKNOWN,
    Rule,
    RuleSet,
)

T = TypeVar("T")
CONSIDER = EXPLORATORY - 1
Component = tuple[str, ...]  # ("status", s), ("option", o, strength), ("out", o), ("card", o, c), …


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing one rule does. `do` as in the YAML; `target` an option or a caution; `strength` of a recommendation."""

    rule: str
    do: str
    target: str
    strength: int = PREFERRED


def effects_of(rule: Rule) -> list[Effect]:
    """Everything a rule does, one by one."""
    found = [Effect(rule.key, "recommend", option, strength) for option, strength in rule.recommends]
    for do, targets in (
        ("promote", rule.promotes),
        ("demote", rule.demotes),
        ("veto", rule.vetoes),
        ("gap", rule.gaps),
        ("caution", rule.cautions),
    ):
        found += [Effect(rule.key, do, target) for target in targets]
    return list(dict.fromkeys(found))


@dataclass(slots=True)
class Outcome(Generic[T]):
    """One option: by strength where it is proposed (after promotion and demotion), and where it is vetoed."""

    proposed: T
    after: tuple[T, T, T, T]
    demoted: T
    vetoed: T


class Conditions(Generic[T]):
    """The conditions of a rule set: derived facts, contradictions, and which rules fire. Shared by its mutants."""

    def __init__(self, ruleset: RuleSet, algebra: Algebra[T]) -> None:
        self.ruleset, self.algebra = ruleset, algebra
        self.derived: dict[tuple[str, str], T] = {}
        for key, fact in ruleset.derived.items():
            earlier: list[T] = []
            cases: dict[str, list[T]] = {value: [] for value in fact.values}
            for when, value in fact.cases:
                holds = self.term(when)
                cases[value].append(algebra.every([holds, algebra.negate(algebra.some(earlier))]))
                earlier.append(holds)
            cases[fact.default].append(algebra.negate(algebra.some(earlier)))
            self.derived |= {(key, value): algebra.some(found) for value, found in cases.items()}
        self.checks = {check.key: self.term(check.when) for check in ruleset.validations}
        blocked = algebra.some(self.checks[check.key] for check in ruleset.validations if check.blocks)
        self.consistent = algebra.negate(blocked)
        self.fires = {rule.key: self.term(rule.when) for rule in ruleset.rules}
        self.memo: dict[Any, Any] = {}

    def atom(self, key: str, value: str) -> T:
        return self.derived[key, value] if key in self.ruleset.derived else self.algebra.atom(key, value)

    def any_of(self, key: str, values: Iterable[str]) -> T:
        return self.algebra.some(self.atom(key, value) for value in values)

    def term(self, condition: Condition) -> T:
        return self.algebra.every(self.part(part) for part in condition.parts)

    def part(self, part: Part) -> T:
        algebra = self.algebra
        if isinstance(part, Test):
            if part.how == "none":
                return algebra.negate(self.any_of(part.key, part.values))
            return self._at_least(part.count, [self.atom(part.key, value) for value in part.values])
        if isinstance(part, Either):
            return algebra.some(self.term(branch) for branch in part.branches)
        assert isinstance(part, Not)
        return algebra.negate(self.term(part.condition))

    def _at_least(self, count: int, terms: list[T]) -> T:
        if count == 0:
            return self.algebra.true
        if len(terms) < count:
            return self.algebra.false
        if count == 1:
            return self.algebra.some(terms)
        first, rest = terms[0], terms[1:]
        with_first = self.algebra.every([first, self._at_least(count - 1, rest)])
        return self.algebra.some([with_first, self._at_least(count, rest)])


class Encoded(Generic[T]):
    """What a rule set answers: one term for each thing an answer may hold. Mutants share what they do not change."""

    def __init__(
        self,
        conditions: Conditions[T],
        effects: Mapping[str, list[Effect]] | None = None,
        *,
        base: Encoded[T] | None = None,
        touched: frozenset[str] = frozenset(),
    ) -> None:
        self.conditions, self.ruleset, self.algebra = conditions, conditions.ruleset, conditions.algebra
        self.effects = effects or {rule.key: effects_of(rule) for rule in self.ruleset.rules}
        self.by_target: dict[tuple[str, str], list[Effect]] = {}
        for found in self.effects.values():
            for effect in found:
                self.by_target.setdefault((effect.do, effect.target), []).append(effect)
        options = self.ruleset.options
        changed = [option for option in options if base is None or option in touched]
        self.outcomes: dict[str, Outcome[T]] = {
            **(base.outcomes if base else {}),
            **{option: self._outcome(option) for option in changed},
        }
        self._left: dict[str, tuple[T, ...]] = {
            **(base._left if base else {}),
            **{option: self._kept(option) for option in changed},
        }
        self.gap = self._fires(e for found in self.effects.values() for e in found if e.do == "gap")
        self.status = self._status()
        if self.ruleset.fallback not in changed:
            changed.append(self.ruleset.fallback)  # it is listed where nothing else is
        self.listed: dict[str, tuple[T, ...]] = {
            **(base.listed if base else {}),
            **{option: self._listed(option) for option in changed},
        }
        self._parts: dict[str, dict[Component, T]] = {
            **(base._parts if base else {}),
            **{option: self._part(option) for option in changed},
        }
        self._cautions = self._said()

    def without(self, *gone: Effect) -> Encoded[T]:
        """The same rule set less these effects."""
        taken = {effect.rule for effect in gone}
        left = {
            rule: [effect for effect in found if effect not in gone] if rule in taken else found
            for rule, found in self.effects.items()
        }
        touched = {effect.target for rule in taken for effect in self.effects[rule]}  # cautions act on all of them
        return Encoded(self.conditions, left, base=self, touched=frozenset(touched))

    def is_listed(self, option: str) -> T:
        """Where the option is listed, at any strength."""
        return self.algebra.some(self.listed[option])

    def components(self) -> dict[Component, T]:
        """Everything the answer shows, for consistent input: two answers are the same when all of these are."""
        found: dict[Component, T] = {("status", name): term for name, term in self.status.items()}
        for part in self._parts.values():
            found.update(part)
        return found | {("caution", caution): term for caution, term in self._cautions.items()}

    def _part(self, option: str) -> dict[Component, T]:
        """Everything the answer shows of one option."""
        outcome, algebra = self.outcomes[option], self.algebra
        found: dict[Component, T] = {
            ("option", option, STRENGTHS[strength]): term for strength, term in enumerate(self.listed[option])
        }
        found["out", option] = outcome.vetoed
        against = algebra.some([outcome.vetoed, outcome.demoted])
        found["conflict", option] = algebra.every([outcome.proposed, against])
        found |= {("card", option, caution): term for caution, term in self._card(option).items()}
        beside = self._spoken(option, ("veto",))
        return found | {("beside", option, caution): term for caution, term in beside.items()}

    def _said(self) -> dict[str, T]:
        """By caution, where the answer shows it anywhere."""
        places: dict[str, list[T]] = {}
        for part in self._parts.values():
            for name, term in part.items():
                if name[0] == "card":
                    places.setdefault(name[2], []).append(term)
        said = {}
        for caution in self.ruleset.cautions:
            rules = self._fires(self.by_target.get(("caution", caution), ()))
            checks = [self.conditions.checks[c.key] for c in self.ruleset.validations if c.caution == caution]
            said[caution] = self.algebra.some([*places.get(caution, ()), rules, *checks])
        return said

    def _fires(self, effects: Iterable[Effect]) -> T:
        rules = tuple(dict.fromkeys(effect.rule for effect in effects))
        memo = self.conditions.memo
        if rules not in memo:
            memo[rules] = self.algebra.some(self.conditions.fires[rule] for rule in rules)
        term: T = memo[rules]
        return term

    def _outcome(self, option: str) -> Outcome[T]:
        recommends = self.by_target.get(("recommend", option), [])
        gaps = [replace(effect, strength=PREFERRED) for effect in self.by_target.get(("gap", option), [])]
        others = [self.by_target.get((do, option), []) for do in ("promote", "demote", "veto")]
        key = (option, *((e.do, e.rule, e.strength) for found in (recommends, gaps, *others) for e in found))
        memo = self.conditions.memo
        if key not in memo:
            memo[key] = self._settled([*recommends, *gaps], *(self._fires(found) for found in others))
        outcome: Outcome[T] = memo[key]
        return outcome

    def _settled(self, proposals: list[Effect], promoted: T, demoted: T, vetoed: T) -> Outcome[T]:
        """The strongest proposal, one level up, one level down."""
        every, some, negate = self.algebra.every, self.algebra.some, self.algebra.negate
        at = [self._fires(e for e in proposals if e.strength == strength) for strength in range(len(STRENGTHS))]
        first = [every([at[s], *(negate(at[stronger]) for stronger in range(s))]) for s in range(len(STRENGTHS))]
        stays, keeps = negate(promoted), negate(demoted)
        preferred = some([first[PREFERRED], every([promoted, first[CONSIDER]])])
        consider = some([every([stays, first[CONSIDER]]), every([promoted, first[EXPLORATORY]])])
        exploratory = every([stays, first[EXPLORATORY]])
        after = (
            first[REQUIRED],
            every([preferred, keeps]),
            some([every([consider, keeps]), every([preferred, demoted])]),
            some([exploratory, every([consider, demoted])]),
        )
        return Outcome(some(at), after, demoted, vetoed)

    def _kept(self, option: str) -> tuple[T, ...]:
        outcome = self.outcomes[option]
        kept = self.algebra.negate(outcome.vetoed)
        return tuple(self.algebra.every([term, kept]) for term in outcome.after)

    def _status(self) -> dict[str, T]:
        every, some, negate = self.algebra.every, self.algebra.some, self.algebra.negate
        options = self.ruleset.options.values()
        treatments = [option.key for option in options if option.is_treatment]
        treated = some(term for option in treatments for term in self._left[option])
        tests = [option.key for option in options if option.kind == "diagnostic"]
        waiting = some(self._left[option][REQUIRED] for option in tests)
        proposed = some(self.outcomes[option].proposed for option in treatments)
        unknown, stable = (self.conditions.atom(STATE, value) for value in (UNKNOWN, STATE_STABLE))
        open_ = every([negate(unknown), negate(stable)])
        nothing = every([open_, negate(treated), negate(waiting)])
        something, no_gap = every([open_, treated]), negate(self.gap)
        return {
            "needs_data": some([unknown, every([open_, negate(treated), waiting])]),
            "all_vetoed": every([nothing, proposed]),
            "not_covered": every([nothing, negate(proposed)]),
            "partly_covered": some([every([stable, self.gap]), every([something, self.gap])]),
            "provisional": every([something, no_gap, waiting]),
            "monitoring": every([stable, no_gap]),
            "ok": every([something, no_gap, negate(waiting)]),
        }

    def _listed(self, option: str) -> tuple[T, ...]:
        left = list(self._left[option])
        if option == self.ruleset.fallback:
            added = self.algebra.some([self.status["all_vetoed"], self.status["not_covered"]])
            absent = self.algebra.negate(self.algebra.some(left))
            left[PREFERRED] = self.algebra.some([left[PREFERRED], self.algebra.every([added, absent])])
        return tuple(left)

    def _card(self, option: str) -> dict[str, T]:
        """The cautions inside the card of a listed option."""
        listed, algebra = self.is_listed(option), self.algebra
        found: dict[str, list[T]] = {caution: [algebra.true] for caution in self.ruleset.options[option].cautions}
        for caution, rules in self._spoken(option, ("recommend", "gap", "promote", "demote")).items():
            found.setdefault(caution, []).append(rules)
        if option == self.ruleset.fallback:
            found.setdefault(NOTE_ALL_VETOED, []).append(self.status["all_vetoed"])
            found.setdefault(NOTE_NOT_COVERED, []).append(self.status["not_covered"])
        return {caution: algebra.every([listed, algebra.some(terms)]) for caution, terms in found.items()}

    def _spoken(self, option: str, ways: tuple[str, ...]) -> dict[str, T]:
        """By caution, where a rule that acts on the option in one of these ways shows it."""
        speakers: dict[str, list[Effect]] = {}
        for do in ways:
            for effect in self.by_target.get((do, option), ()):
                for other in self.effects[effect.rule]:
                    if other.do == "caution":
                        speakers.setdefault(other.target, []).append(other)
        return {caution: self._fires(found) for caution, found in speakers.items()}
