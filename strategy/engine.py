"""The engine: a rule set and what is known about a patient give one answer. Pure: no clock, no I/O, nothing kept.

The order of evaluation is the decision model's (section 5): validate, derive, collect, promote, demote, veto, gap,
order, status.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from strategy.answers import (
    Answer,
    Conflict,
    Contradiction,
    Given,
    Listed,
    RuledOut,
    UnknownInput,
    UnknownValue,
)
from strategy.conditions import Part
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
    Text,
)


def evaluate(ruleset: RuleSet, inputs: Mapping[str, str | Iterable[str]]) -> Answer:
    """Answer for these inputs; what is not given is unknown. Raises UnknownInput or UnknownValue."""
    given = normalise(ruleset, inputs)
    state = ruleset.vocabulary.state(given)
    contradictions = list(_exclusive(ruleset, given))
    if contradictions:  # derived facts of an impossible input mean nothing
        return Answer("blocked", given, tuple(contradictions))
    state, derived = _derive(ruleset, state)
    warnings = []
    for check in ruleset.validations:
        if not check.when.holds(state):
            continue
        if check.blocks:
            keys = ruleset.inputs_behind(check.when)
            contradictions.append(Contradiction(check.key, keys, check.text))
        elif check.caution:
            warnings.append(check.caution)
    if contradictions:
        return Answer("blocked", given, tuple(contradictions), derived=derived)
    fired = [rule for rule, holds in ruleset.conditions if holds(state)]
    return _Collected(ruleset, given, fired).answer(warnings, derived)


def normalise(ruleset: RuleSet, inputs: Mapping[str, str | Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Every input of the rule set with its values in the rule set's order; unknown where nothing was given."""
    for key in inputs:
        if key not in ruleset.inputs:
            raise UnknownInput(key)
    given: dict[str, tuple[str, ...]] = dict.fromkeys(ruleset.inputs, (UNKNOWN,))
    for key, named in inputs.items():
        values = ruleset.inputs[key].values
        chosen = (named,) if isinstance(named, str) else tuple(named)
        for value in chosen:
            if value not in values:
                raise UnknownValue(key, value)
        if len(chosen) == 1:
            given[key] = chosen
        elif chosen:
            given[key] = tuple(value for value in values if value in chosen)
    return given


def known_state(ruleset: RuleSet, given: Given) -> int:
    """The bits of everything given and derived: what conditions are tested against."""
    return _derive(ruleset, ruleset.vocabulary.state(given))[0]


def first_failure(ruleset: RuleSet, rule: Rule, given: Given) -> Part | None:
    """The first condition of the rule, as written, that this input does not meet; None when the rule fires."""
    return rule.when.first_failure(known_state(ruleset, given))


def _exclusive(ruleset: RuleSet, given: Given) -> Iterator[Contradiction]:
    for key, values in given.items():
        if len(values) > 1:
            question = ruleset.inputs[key]
            if not question.multiple:
                yield Contradiction("single", (key,))
            elif not set(question.exclusive).isdisjoint(values):
                yield Contradiction("exclusive", (key,))


def _derive(ruleset: RuleSet, state: int) -> tuple[int, dict[str, str]]:
    derived = {}
    for key, fact in ruleset.derived.items():
        value = next((value for when, value in fact.cases if when.holds(state)), fact.default)
        derived[key] = value
        state |= ruleset.vocabulary.bit(key, value)
    return state, derived


class _Collected:
    """The effects of the rules that fired, gathered by option, and the answer they make."""

    def __init__(self, ruleset: RuleSet, given: Given, fired: list[Rule]) -> None:
        self.ruleset, self.given, self.fired = ruleset, given, fired
        self.strengths: dict[str, int] = {}
        self.proposers: dict[str, list[Rule]] = {}
        self.promoters: dict[str, list[Rule]] = {}
        self.demoters: dict[str, list[Rule]] = {}
        self.vetoers: dict[str, list[Rule]] = {}
        self.has_gap = False
        for rule in fired:
            for option, strength in rule.recommends:
                self._propose(option, strength, rule)
            for option in rule.gaps:
                self.has_gap = True
                self._propose(option, PREFERRED, rule)
            for names, gathered in (
                (rule.promotes, self.promoters),
                (rule.demotes, self.demoters),
                (rule.vetoes, self.vetoers),
            ):
                for option in names:
                    gathered.setdefault(option, []).append(rule)

    def _propose(self, option: str, strength: int, rule: Rule) -> None:
        self.strengths[option] = min(strength, self.strengths.get(option, strength))
        proposers = self.proposers.setdefault(option, [])
        if not proposers or proposers[-1] is not rule:
            proposers.append(rule)

    def answer(self, warnings: list[str], derived: dict[str, str]) -> Answer:
        conflicts = self._settle()
        left = {option: strength for option, strength in self.strengths.items() if option not in self.vetoers}
        status, note = self._status(left)
        if note:
            left.setdefault(self.ruleset.fallback, PREFERRED)
        options = [self._listed(option, strength, note) for option, strength in left.items()]
        positions = self.ruleset.options
        options.sort(key=lambda o: (left[o.option], -o.priority, positions[o.option].position))
        ruled_out = [self._ruled_out(option) for option in self.vetoers]
        ruled_out.sort(key=lambda out: (not out.proposed_by, positions[out.option].position))
        shown = {name for listed in options for name in listed.cautions}
        shown.update(warnings, *(rule.cautions for rule in self.fired))
        return Answer(
            status=status,
            given=self.given,
            options=tuple(options),
            ruled_out=tuple(ruled_out),
            conflicts=tuple(sorted(conflicts, key=lambda c: positions[c.option].position)),
            cautions=self._by_gravity(shown),
            warnings=tuple(warnings),
            derived=derived,
            fired=tuple(rule.key for rule in self.fired),
        )

    def _settle(self) -> list[Conflict]:
        """Promote, then demote, at most one level each; say where rules disagree."""
        conflicts = []
        for option, before in self.strengths.items():
            if option in self.promoters and before > PREFERRED:  # required is not for treatments
                before -= 1
            after = before
            if option in self.demoters and before != REQUIRED:
                after = min(before + 1, EXPLORATORY)
            self.strengths[option] = after
            against = self.vetoers.get(option, []) + self.demoters.get(option, [])
            if against:
                vetoed = option in self.vetoers
                resolution = "veto" if vetoed else f"{STRENGTHS[before]} -> {STRENGTHS[after]}"
                supporters = self.proposers[option] + self.promoters.get(option, [])
                conflicts.append(Conflict(option, _keys(supporters), _keys(against), resolution))
        return conflicts

    def _status(self, left: dict[str, int]) -> tuple[str, str | None]:
        """The status, and the note that goes with listing the fallback when there is nothing else."""
        kinds = self.ruleset.options
        treated = any(kinds[option].is_treatment for option in left)
        outstanding = any(s == REQUIRED and kinds[o].kind == "diagnostic" for o, s in left.items())
        state = self.given[STATE][0]
        if state == UNKNOWN:
            return "needs_data", None
        if state == STATE_STABLE:
            return ("partly_covered" if self.has_gap else "monitoring"), None
        if not treated and outstanding:
            return "needs_data", None
        if not treated:
            vetoed = any(kinds[option].is_treatment for option in self.strengths)
            return ("all_vetoed", NOTE_ALL_VETOED) if vetoed else ("not_covered", NOTE_NOT_COVERED)
        if self.has_gap:
            return "partly_covered", None
        return ("provisional" if outstanding else "ok"), None

    def _listed(self, option: str, strength: int, note: str | None) -> Listed:
        proposers = self.proposers.get(option, [])
        raisers = proposers + self.promoters.get(option, [])
        known = self.ruleset.options[option]
        cautions = set(known.cautions)
        for rule in raisers + self.demoters.get(option, []):
            cautions.update(rule.cautions)
        if known.fallback and note:
            cautions.add(note)
        return Listed(
            option=option,
            strength=STRENGTHS[strength],
            priority=max([rule.priority for rule in raisers], default=0),
            rules=_keys(proposers),
            reasons=_reasons(proposers),
            facts=_facts(proposers),
            sections=_sections(proposers),
            cautions=self._by_gravity(cautions),
        )

    def _ruled_out(self, option: str) -> RuledOut:
        vetoers = self.vetoers[option]
        return RuledOut(
            option=option,
            rules=_keys(vetoers),
            reasons=_reasons(vetoers),
            proposed_by=_keys(self.proposers.get(option, [])),
            cautions=self._by_gravity({name for rule in vetoers for name in rule.cautions}),
        )

    def _by_gravity(self, names: set[str]) -> tuple[str, ...]:
        return tuple(sorted(names, key=self.ruleset.caution_order.__getitem__)) if len(names) > 1 else tuple(names)


def _keys(rules: list[Rule]) -> tuple[str, ...]:
    if len(rules) == 1:  # by far the commonest; the answer must be quick
        return (rules[0].key,)
    return tuple(dict.fromkeys([rule.key for rule in rules]))


def _reasons(rules: list[Rule]) -> tuple[Text, ...]:
    """The words of these rules, those that say the same once."""
    if len(rules) == 1:
        return (rules[0].why,)
    return tuple({rule.why.zh: rule.why for rule in rules}.values())


def _facts(rules: list[Rule]) -> tuple[str, ...]:
    if len(rules) == 1:
        return rules[0].facts
    return tuple(dict.fromkeys([fact for rule in rules for fact in rule.facts]))


def _sections(rules: list[Rule]) -> tuple[str, ...]:
    if len(rules) == 1:
        return (rules[0].section,)
    return tuple(dict.fromkeys([rule.section for rule in rules]))
