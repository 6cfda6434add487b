"""How large the input space is, and the core grid: the part of it that is enumerated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, product
from math import prod

from strategy.conditions import Condition, Either, Part, Test
from strategy.prover.algebra import Product
from strategy.rules import UNKNOWN, Input, RuleSet

# The core grid (decision model, section 11): progressed, every core input known, one drug of the article at
# progression, no pregnancy or lactation; every other input unknown. A multiple input has one value at a time.
CORE = (
    "disease_state",
    "last_tki",
    "progression_pattern",
    "lesion_count",
    "alk_mutation",
    "bypass",
    "failed_lines",
    "bm_status",
    "bm_burden",
    "bm_symptoms",
    "ecog",
    "reproductive",
)
NOT_IN_CORE = {
    "disease_state": {"on_tki_stable", "tki_naive"},
    "last_tki": {"none", "other"},
    "reproductive": {"pregnant", "breastfeeding"},
}
MOST_CLASSES = 2_000_000


def core_axes(ruleset: RuleSet) -> dict[str, tuple[str, ...]]:
    """Return the values of the core inputs that this rule set has."""
    axes = {}
    for key in CORE:
        if key in ruleset.inputs:
            left_out = NOT_IN_CORE.get(key, set()) | {UNKNOWN}
            axes[key] = tuple(value for value in ruleset.inputs[key].values if value not in left_out)
    return {key: values for key, values in axes.items() if values}


def core_grid(ruleset: RuleSet) -> Product:
    """Return the core grid of this rule set; some of its points may contradict themselves."""
    return Product(core_axes(ruleset))


def size(ruleset: RuleSet) -> int:
    """Return the number of admissible inputs: one value of a single input, any set of a multiple, exclusives alone."""
    return prod(_choices(question) for question in ruleset.inputs.values())


def consistent_size(ruleset: RuleSet) -> int | None:
    """Return the number of admissible inputs free of contradictions; None when there are too many classes to count.

    Values that no contradiction tells apart are counted together: one representative with its weight.
    """
    blocks = [check.when for check in ruleset.validations if check.blocks]
    keys = list(dict.fromkeys(key for when in blocks for key in ruleset.inputs_behind(when)))
    masks = _masks(ruleset, blocks)
    classes = {key: _classes(ruleset, key, masks) for key in keys}
    if prod(len(found) for found in classes.values()) > MOST_CLASSES:
        return None
    rest = prod(_choices(question) for key, question in ruleset.inputs.items() if key not in keys)
    total = 0
    for chosen in product(*classes.values()):
        state = 0
        for bits, _weight in chosen:
            state |= bits
        state = _derived(ruleset, state)
        if not any(when.holds(state) for when in blocks):
            total += prod(weight for _bits, weight in chosen)
    return total * rest


def subsets(question: Input) -> Iterator[tuple[str, ...]]:
    """Every admissible choice of one input."""
    yield from ((value,) for value in question.values)
    if question.multiple:
        plain = [value for value in question.values if value not in question.exclusive]
        for count in range(2, len(plain) + 1):
            yield from combinations(plain, count)


def _choices(question: Input) -> int:
    if not question.multiple:
        return len(question.values)
    return 2 ** (len(question.values) - len(question.exclusive)) - 1 + len(question.exclusive)


def _masks(ruleset: RuleSet, conditions: Iterable[Condition]) -> list[tuple[int, int]]:
    """The mask and count of every test that these conditions make, through derived facts too."""
    masks: set[tuple[int, int]] = set()
    seen: set[str] = set()
    todo: list[Condition | Part] = list(conditions)
    while todo:
        part = todo.pop()
        if isinstance(part, Condition):
            todo.extend(part.parts)
        elif isinstance(part, Either):
            todo.extend(part.branches)
        elif isinstance(part, Test):
            masks.add((part.mask, part.count))
            if part.key in ruleset.derived and part.key not in seen:
                seen.add(part.key)
                todo.extend(when for when, _value in ruleset.derived[part.key].cases)
        else:
            todo.append(part.condition)
    return sorted(masks)


def _classes(ruleset: RuleSet, key: str, masks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Choices of one input that no test tells apart, as state bits and how many they are."""
    found: dict[tuple[int, ...], tuple[int, int]] = {}
    for values in subsets(ruleset.inputs[key]):
        bits = ruleset.vocabulary.mask(key, values)
        signature = tuple(min((bits & mask).bit_count(), count) for mask, count in masks)
        first, weight = found.get(signature, (bits, 0))
        found[signature] = (first, weight + 1)
    return list(found.values())


def _derived(ruleset: RuleSet, state: int) -> int:
    """The state with its derived facts."""
    for key, fact in ruleset.derived.items():
        value = next((value for when, value in fact.cases if when.holds(state)), fact.default)
        state |= ruleset.vocabulary.bit(key, value)
    return state
