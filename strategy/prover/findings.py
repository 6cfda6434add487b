"""What the prover reports: a fault, the rows it concerns, and a patient in whom it shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from strategy.prover.encoding import effects_of
from strategy.prover.words import condition_words
from strategy.rules import Rule, RuleSet, Text

KINDS: dict[str, Text] = {
    "gap": Text("没有答案，也没有如实说明未覆盖", 'No answer and no honest "not covered"'),
    "unreachable": Text("永远用不到", "Never reached"),
    "idle": Text("不起作用的效果", "An effect that never decides"),
    "contradiction": Text("条目互相矛盾", "Rows that contradict each other"),
    "relisted": Text("再次列出已失败或已致严重不良反应的药物", "A drug listed after it failed or did harm"),
    "pregnancy": Text("妊娠或哺乳期仍列出药物", "A drug listed in pregnancy or lactation"),
    "evidence": Text("列出的选项没有依据", "An option without evidence"),
    "uncautioned": Text("依据存疑而没有编辑注", "Rests on a disputed fact without its caution"),
    "invariant": Text("违反决策模型的不变量", "An invariant of the decision model does not hold"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. `patient`: what is known of somebody in whom it shows; None where nobody can be named."""

    kind: str
    subject: str
    rules: tuple[str, ...]
    text: Text
    patient: Mapping[str, Sequence[str]] | None = None
    fingerprint: str = ""

    def as_json(self) -> dict[str, Any]:
        patient = None if self.patient is None else {key: list(values) for key, values in self.patient.items()}
        return {**asdict(self), "patient": patient}


def found(
    ruleset: RuleSet,
    kind: str,
    subject: str,
    text: Text,
    *,
    rules: Sequence[str] = (),
    patient: Mapping[str, Sequence[str]] | None = None,
) -> Finding:
    """Make a finding. Its fingerprint is the same in every run while the rows it names say the same."""
    rows = {rule.key: row_words(ruleset, rule) for rule in ruleset.rules if rule.key in rules}
    content = json.dumps([kind, subject, rows], ensure_ascii=False, sort_keys=True)
    fingerprint = hashlib.sha256(content.encode()).hexdigest()[:16]
    return Finding(kind, subject, tuple(rules), text, None if patient is None else dict(patient), fingerprint)


def from_json(data: Mapping[str, Any]) -> Finding:
    """Read back what as_json wrote."""
    patient = data["patient"]
    return Finding(
        kind=data["kind"],
        subject=data["subject"],
        rules=tuple(data["rules"]),
        text=Text(**data["text"]),
        patient=None if patient is None else {key: tuple(values) for key, values in patient.items()},
        fingerprint=data["fingerprint"],
    )


def row_words(ruleset: RuleSet, rule: Rule) -> list[str]:
    """Everything of a row that decides an answer, as text."""
    effects = [f"{e.do} {e.target} {e.strength}" for e in effects_of(rule)]
    return [condition_words(ruleset, rule.when).zh, *sorted(effects), *sorted(rule.facts)]
