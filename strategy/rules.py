"""What a rule set is: inputs, derived facts, options, cautions, checks and rules. reading.py makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from strategy.conditions import Condition, Vocabulary

STRENGTHS = ("required", "preferred", "consider", "exploratory")  # strongest first
REQUIRED, PREFERRED, _CONSIDER, EXPLORATORY = range(4)
STATUSES = (
    "blocked",
    "needs_data",
    "all_vetoed",
    "not_covered",
    "partly_covered",
    "provisional",
    "monitoring",
    "ok",
)
KINDS = ("systemic", "local", "diagnostic", "supportive", "monitoring", "trial")
TREATMENTS = frozenset({"systemic", "local", "trial"})
SEVERITIES = ("contraindication", "caution", "editorial", "info")  # gravest first
TEXTS = (
    "banner",
    "no_dose",
    "no_identifiers",
    "source",
    "currency",
    "unknown_ok",
    "emergency",
    "local_only",
)
UNKNOWN = "unknown"

# The one supportive option that answers the question "what to do": with it a patient is not left without a treatment.
SUPPORTIVE_CARE = "best_supportive_care"
# The names by which the order of evaluation (decision model, section 5) knows the state of the disease
# and the two notes it adds itself. A rule set without them is refused.
STATE, STATE_STABLE = "disease_state", "on_tki_stable"
NOTE_NOT_COVERED, NOTE_ALL_VETOED = "c-not-covered", "c-all-vetoed"


@dataclass(frozen=True, slots=True)
class Text:
    """Words in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Input:
    """One question. An input that is not given counts as unknown."""

    key: str
    step: int
    multiple: bool
    label: Text
    help: Text
    values: dict[str, Text]
    exclusive: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact computed from inputs and earlier derived facts: the first case that holds, else the default."""

    key: str
    label: Text
    values: tuple[str, ...]
    cases: tuple[tuple[Condition, str], ...]
    default: str
    note: str


@dataclass(frozen=True, slots=True)
class Option:
    """Something the answer may list. `avoid_only`: may only be ruled out; `fallback`: stands where no rule covers."""

    key: str
    position: int
    kind: str
    label: Text
    cautions: tuple[str, ...]
    avoid_only: bool
    fallback: bool

    @property
    def is_treatment(self) -> bool:
        """Whether a patient for whom it is listed has something to be treated with."""
        return self.kind in TREATMENTS or self.key == SUPPORTIVE_CARE


@dataclass(frozen=True, slots=True)
class Caution:
    """A warning; `editorial` ones say that the article is in doubt or that the editors added the rule."""

    key: str
    position: int
    severity: str
    facts: tuple[str, ...]
    text: Text


@dataclass(frozen=True, slots=True)
class Validation:
    """A check of the input against itself: blocks the answer, or (with a caution) warns."""

    key: str
    blocks: bool
    when: Condition
    caution: str | None
    text: Text


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One row of a decision table, its effects sorted by what they do."""

    key: str
    line: int
    table: str
    priority: int
    section: str
    editorial: bool
    when: Condition
    recommends: tuple[tuple[str, int], ...]  # option, strength
    promotes: tuple[str, ...]
    demotes: tuple[str, ...]
    vetoes: tuple[str, ...]
    gaps: tuple[str, ...]
    cautions: tuple[str, ...]
    facts: tuple[str, ...]
    why: Text

    @property
    def options(self) -> frozenset[str]:
        """Every option it acts on, in whatever way."""
        proposed = (option for option, _strength in self.recommends)
        return frozenset((*proposed, *self.promotes, *self.demotes, *self.vetoes, *self.gaps))


@dataclass(frozen=True)
class RuleSet:
    """A whole rule set, checked: every key that anything refers to exists."""

    title: Text
    version: str
    signoff: str
    statuses: dict[str, Text]
    strength_labels: dict[str, Text]
    texts: dict[str, Text]
    groups: dict[str, tuple[str, ...]]
    inputs: dict[str, Input]
    derived: dict[str, Derived]
    options: dict[str, Option]
    cautions: dict[str, Caution]
    validations: tuple[Validation, ...]
    rules: tuple[Rule, ...]
    vocabulary: Vocabulary

    @cached_property
    def fallback(self) -> str:
        """The option that says the article has no row here."""
        return next(option.key for option in self.options.values() if option.fallback)

    @cached_property
    def conditions(self) -> tuple[tuple[Rule, Callable[[int], bool]], ...]:
        """Each rule with the test of its condition."""
        return tuple((rule, rule.when.holds) for rule in self.rules)

    @cached_property
    def caution_order(self) -> dict[str, tuple[int, int]]:
        """Sorts cautions: the gravest first, then as listed."""
        return {c.key: (SEVERITIES.index(c.severity), c.position) for c in self.cautions.values()}

    @cached_property
    def facts(self) -> frozenset[str]:
        """Every fact that a rule or a caution rests on."""
        cited = [rule.facts for rule in self.rules] + [caution.facts for caution in self.cautions.values()]
        return frozenset(fact for facts in cited for fact in facts)

    @cached_property
    def sections(self) -> frozenset[str]:
        """Every section of the article that a rule stands under."""
        return frozenset(rule.section for rule in self.rules)

    @cached_property
    def proposing(self) -> dict[str, tuple[Rule, ...]]:
        """The rules that list each option, a gap's among them."""
        found: dict[str, tuple[Rule, ...]] = {}
        for rule in self.rules:
            for option in dict.fromkeys([*(name for name, _strength in rule.recommends), *rule.gaps]):
                found[option] = (*found.get(option, ()), rule)
        return found

    @cached_property
    def partners(self) -> dict[str, frozenset[str]]:
        """For each input those that some rule or check tests together with it."""
        found: dict[str, set[str]] = {key: set() for key in self.inputs}
        for condition in [rule.when for rule in self.rules] + [check.when for check in self.validations]:
            together = self.inputs_behind(condition)
            for key in together:
                found[key].update(together)
        return {key: frozenset(keys) for key, keys in found.items()}

    def inputs_behind(self, condition: Condition) -> tuple[str, ...]:
        """The inputs a condition depends on, through derived facts too, in the order of the form."""
        seen: set[str] = set()
        todo = list(condition.tested())
        while todo:
            key = todo.pop()
            if key not in seen and key in self.derived:
                todo.extend(name for when, _value in self.derived[key].cases for name in when.tested())
            seen.add(key)
        return tuple(key for key in self.inputs if key in seen)
