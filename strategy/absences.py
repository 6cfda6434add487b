"""Why an option is not in the answer: the veto, or the first condition that failed of the rule that came nearest."""

from __future__ import annotations

from dataclasses import dataclass

from strategy.answers import Answer
from strategy.conditions import Part
from strategy.engine import known_state
from strategy.rules import Rule, RuleSet


@dataclass(frozen=True, slots=True)
class Absence:
    """An option that is not listed. Vetoed: `vetoes`. Else `rule` came nearest and failed at `part` first.

    Neither: the option is one that may only be ruled out.
    """

    option: str
    vetoes: tuple[Rule, ...] = ()
    rule: Rule | None = None
    part: Part | None = None
    failed: int = 0  # how many of the rule's conditions are not met


def absences(ruleset: RuleSet, answer: Answer) -> list[Absence]:
    """Every option that is not listed, in the rule set's order. A blocked answer lists nothing and explains nothing."""
    if answer.status == "blocked":
        return []
    listed = {option.option for option in answer.options}
    vetoed = {out.option: out.rules for out in answer.ruled_out}
    rules = {rule.key: rule for rule in ruleset.rules}
    state = known_state(ruleset, answer.given)
    found = []
    for option in ruleset.options:
        if option in listed:
            continue
        if option in vetoed:
            found.append(Absence(option, vetoes=tuple(rules[key] for key in vetoed[option])))
        else:
            found.append(_nearest(ruleset, option, state))
    return found


def _nearest(ruleset: RuleSet, option: str, state: int) -> Absence:
    nearest = Absence(option)
    for rule in ruleset.proposing.get(option, ()):
        failed = [part for part in rule.when.parts if not part.holds(state)]
        if nearest.rule is None or (len(failed), -rule.priority) < (nearest.failed, -nearest.rule.priority):
            nearest = Absence(option, rule=rule, part=failed[0], failed=len(failed))
    return nearest
