"""What would change the answer: the smallest changes of the input, one or two answers, that do.

An answer changes when its status, the options listed with their strengths and order, or what is ruled out changes.
A change gives one question another answer that can be known (never "unknown"); of a question with several answers it
adds or takes away one, or says none. Changes that only contradict the rest of the input are left out. Two questions
are changed together only where neither changes anything alone and no change of one question has the same outcome.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from strategy.answers import Answer, Given
from strategy.engine import evaluate
from strategy.rules import UNKNOWN, RuleSet

MAX_PAIRS = 400  # evaluations spent on changes of two questions
SHOWN_PAIRS = 8

Outline = tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Flip:
    """One question answered otherwise."""

    key: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def was_unknown(self) -> bool:
        return self.before == (UNKNOWN,)


@dataclass(frozen=True, slots=True)
class Change:
    """Questions answered otherwise, and the answer that gives."""

    flips: tuple[Flip, ...]
    answer: Answer


@dataclass(frozen=True, slots=True)
class Changes:
    """`is_complete`: every pair that could matter was tried and is shown."""

    single: tuple[Change, ...]
    pairs: tuple[Change, ...]
    is_complete: bool


def outline(answer: Answer) -> Outline:
    """What must differ for an answer to have changed."""
    listed = tuple((option.option, option.strength) for option in answer.options)
    return answer.status, listed, tuple(out.option for out in answer.ruled_out)


def flips_of(ruleset: RuleSet, given: Given) -> Iterator[Flip]:
    """Every change of one question, in the order of the form: about a hundred."""
    for key, question in ruleset.inputs.items():
        now = given[key]
        for value in question.values:
            if value == UNKNOWN:
                continue
            after: tuple[str, ...] = (value,)
            if question.multiple and value not in question.exclusive:
                plain = [other for other in now if other not in question.exclusive and other != UNKNOWN]
                wanted = {value}.symmetric_difference(plain) if value in plain else {value, *plain}
                after = tuple(other for other in question.values if other in wanted)
            if after and after != now:
                yield Flip(key, now, after)


def find_changes(ruleset: RuleSet, answer: Answer) -> Changes:
    """The smallest changes that lead away from this answer, what is not known yet first."""
    if answer.status == "blocked":
        return Changes((), (), is_complete=True)
    now, before = outline(answer), frozenset(answer.fired)
    single, silent, effects = [], [], {}
    for flip in flips_of(ruleset, answer.given):
        changed = evaluate(ruleset, _with(answer.given, flip))
        if changed.status == "blocked":
            continue
        if outline(changed) != now:
            single.append(Change((flip,), changed))
        else:
            silent.append(flip)
            effects[flip] = before != frozenset(changed.fired)
    single.sort(key=lambda change: not change.flips[0].was_unknown)
    reached = {now, *(outline(change.answer) for change in single)}
    pairs, is_complete = _pairs(ruleset, answer.given, _joint(ruleset, silent, effects), reached)
    return Changes(tuple(single), pairs, is_complete)


def _joint(ruleset: RuleSet, silent: Sequence[Flip], effects: dict[Flip, bool]) -> list[tuple[Flip, Flip]]:
    """The pairs that can do together what neither does alone.

    Where no rule depends on both questions, the rules that fire change by what each flip changes alone: unless both
    change some, the answer is that of one of them.
    """
    partners = ruleset.partners
    pairs = [
        (one, other)
        for one, other in combinations(silent, 2)
        if one.key != other.key and (other.key in partners[one.key] or (effects[one] and effects[other]))
    ]
    pairs.sort(key=lambda pair: sum(not flip.was_unknown for flip in pair))
    return pairs


def _pairs(
    ruleset: RuleSet, given: Given, tried: Sequence[tuple[Flip, Flip]], reached: set[Outline]
) -> tuple[tuple[Change, ...], bool]:
    found: list[Change] = []
    for pair in tried[:MAX_PAIRS]:
        changed = evaluate(ruleset, _with(given, *pair))
        there = outline(changed)
        if changed.status != "blocked" and there not in reached:
            reached.add(there)  # one way to each outcome is enough
            found.append(Change(pair, changed))
    return tuple(found[:SHOWN_PAIRS]), len(tried) <= MAX_PAIRS and len(found) <= SHOWN_PAIRS


def _with(given: Given, *flips: Flip) -> dict[str, tuple[str, ...]]:
    return {**given, **{flip.key: flip.after for flip in flips}}
