"""Which questions can still change an answer, given what has been answered: three-valued, over every completion.

An unanswered input may still take any value. A rule that fires, or does not, whatever they are is settled; the
questions that matter are those behind a rule or a check that is not. It never leaves out one that matters (a property
test tries); it may keep one that in the end does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from strategy.answers import Given
from strategy.conditions import Condition, Either, Part, Test
from strategy.rules import STATE, UNKNOWN, RuleSet

Verdict = bool | None  # holds, fails, or depends on what is not answered


def questions_that_matter(ruleset: RuleSet, answered: Given) -> frozenset[str]:
    """The unanswered inputs that can still change what is listed, ruled out, warned of or said."""
    known = _Known(ruleset, answered)
    found = {STATE} - set(answered)
    conditions = [rule.when for rule in ruleset.rules] + [check.when for check in ruleset.validations]
    for condition in conditions:
        if known.judge(condition) is None:
            found |= known.open_in(condition.parts)
    return frozenset(found)


def vetoes_still_open(ruleset: RuleSet, given: Given) -> frozenset[str]:
    """The rules that rule something out and may still fire, once what counts as unknown is known."""
    known = _Known(ruleset, {key: values for key, values in given.items() if values != (UNKNOWN,)})
    return frozenset(rule.key for rule in ruleset.rules if rule.vetoes and known.judge(rule.when) is None)


class _Known:
    """What each key may still be: for an answered input its bits, for any other key all that are possible."""

    def __init__(self, ruleset: RuleSet, answered: Given) -> None:
        self.vocabulary = ruleset.vocabulary
        self.possible: dict[str, int] = {}
        self.behind: dict[str, frozenset[str]] = {}  # of a key that is not settled: the unanswered inputs it hangs on
        for key, question in ruleset.inputs.items():
            values = answered.get(key)
            self.possible[key] = self.vocabulary.mask(key, values or tuple(question.values))
            if values is None:
                self.behind[key] = frozenset({key})
        for key, fact in ruleset.derived.items():
            self._derive(key, fact.cases, fact.default)

    def _derive(self, key: str, cases: Iterable[tuple[Condition, str]], default: str) -> None:
        possible = 0
        behind: set[str] = set()
        for when, value in cases:
            verdict = self.judge(when)
            if verdict is False:
                continue
            possible |= self.vocabulary.bit(key, value)
            if verdict:
                break
            behind |= self.open_in(when.parts)
        else:
            possible |= self.vocabulary.bit(key, default)
        self.possible[key] = possible
        if possible.bit_count() > 1:
            self.behind[key] = frozenset(behind)

    def judge(self, condition: Condition) -> Verdict:
        verdict: Verdict = True
        for part in condition.parts:
            found = self._judge_part(part)
            if found is False:
                return False
            if found is None:
                verdict = None
        return verdict

    def _judge_part(self, part: Part) -> Verdict:
        if isinstance(part, Test):
            return self._judge_test(part)
        if isinstance(part, Either):
            found = [self.judge(branch) for branch in part.branches]
            return True if True in found else None if None in found else False
        inner = self.judge(part.condition)
        return None if inner is None else not inner

    def _judge_test(self, test: Test) -> Verdict:
        possible = self.possible[test.key]
        if test.key not in self.behind:
            return test.holds(possible)
        several = test.key in self.vocabulary.multiple
        can = (possible & test.mask).bit_count() >= (test.count if several or test.how == "none" else 1)
        if not several and test.count > 1:
            can = False
        must = not possible & ~test.mask and test.count == 1
        if test.how == "none":
            can, must = not must, not can
        return True if must else None if can else False

    def open_in(self, parts: Iterable[Part]) -> frozenset[str]:
        """The unanswered inputs behind the parts that are not settled."""
        found: set[str] = set()
        for part in parts:
            if self._judge_part(part) is not None:
                continue
            for key in part.tested():
                found |= self.behind.get(key, frozenset())
        return frozenset(found)


def answered_in(posted: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """What was answered, an explicit "unknown" too."""
    return {key: tuple(values) for key, values in posted.items() if values}
