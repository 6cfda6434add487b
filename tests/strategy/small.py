"""A small rule set without a fault, to seed faults into. Its labels and texts are the shipped one's."""

from __future__ import annotations

import copy
import json
from typing import Any

from django.utils import timezone

from strategy.reading import read_ruleset
from strategy.rules import RuleSet
from tests.strategy.cases import DATA

FACTS = {"f-ok": "ok", "f-disputed": "disputed"}
INPUTS = {
    "disease_state": ["progressed", "on_tki_stable", "tki_naive", "unknown"],
    "last_tki": ["crizotinib", "alectinib", "unknown"],
    "reproductive": ["not_applicable", "pregnant", "unknown"],
    "alk_mutation": ["L1196M", "G1202R", "none_detected", "unknown"],
}
OPTIONS = ("clarify_disease_state", "tki_alectinib", "tki_lorlatinib", "mdt", "not_covered_mdt")
DRUGS = ["tki_alectinib", "tki_lorlatinib"]


def small() -> dict[str, Any]:
    """The parts of the rule set as plain data, to be changed and given to `compiled`."""
    shipped = copy.deepcopy(DATA)
    inputs = []
    for item in shipped["inputs"]:
        if item["key"] in INPUTS:
            item["values"] = [value for value in item["values"] if value["key"] in INPUTS[item["key"]]]
            inputs.append(item)
    known = [
        {"state": "unknown", "then": [recommend("required", "clarify_disease_state"), recommend("preferred", "mdt")]},
        {"state": "progressed", "then": [recommend("preferred", "mdt")]},
        {"state": "on_tki_stable", "then": [recommend("preferred", "mdt")]},
        {"state": "tki_naive", "then": [recommend("preferred", "mdt")]},
    ]
    rules = [rule(f"s-{item['state']}", {"disease_state": [item["state"]]}, *item["then"]) for item in known]
    for drug, after in (("tki_alectinib", "crizotinib"), ("tki_lorlatinib", "alectinib")):
        when = {"disease_state": ["progressed"], "last_tki": [after]}
        rules.append(rule(f"t-{after}", when, recommend("preferred", drug)))
    rules.append(rule("a-pregnant", {"reproductive": ["pregnant"]}, {"do": "veto", "options": DRUGS}))
    kept = {"c-not-covered": "f-ok", "c-all-vetoed": "f-ok"}
    cautions = [{**c, "facts": [kept[c["id"]]]} for c in shipped["cautions"] if c["id"] in kept]
    note = {"id": "c-note", "severity": "editorial", "facts": ["f-disputed"], "zh": "编辑注", "en": "A note."}
    return {
        **{key: shipped[key] for key in ("schema", "meta", "texts")},
        "groups": {"drugs": DRUGS},
        "inputs": inputs,
        "derived": [],
        "options": [{**o, "cautions": []} for o in shipped["options"] if o["key"] in OPTIONS],
        "cautions": [*cautions, note],
        "validations": [],
        "rules": rules,
    }


def recommend(strength: str, *options: str) -> dict[str, Any]:
    return {"do": "recommend", "strength": strength, "options": list(options)}


def rule(key: str, when: dict[str, Any], *then: dict[str, Any], facts: tuple[str, ...] = ("f-ok",)) -> dict[str, Any]:
    """One row, with words of its own."""
    return {
        "id": key,
        "table": "T",
        "priority": 50,
        "section": "sec-1",
        "when": when,
        "then": list(then),
        "because": list(facts),
        "why": {"zh": f"理由 {key}", "en": f"why {key}"},
    }


def source_of(data: dict[str, Any]) -> str:
    """The text of the rule set: JSON is YAML without aliases."""
    return json.dumps(data, ensure_ascii=False, indent=1)


def compiled(data: dict[str, Any]) -> RuleSet:
    """Read it as a rule set is read."""
    data["options"] = [{k: v for k, v in o.items() if k != "cautions" or v} for o in data["options"]]
    return read_ruleset(source_of(data))


def faulty(**more: Any) -> str:
    """The text with one fault: a drug listed again after it failed; `more` narrows who it is listed for."""
    data = small()
    when = {"disease_state": ["progressed"], "last_tki": ["alectinib"], **more}
    data["rules"].append(rule("x-again", when, recommend("consider", "tki_alectinib")))
    return source_of(data)


def proven_run(version: Any, by: Any = None) -> Any:
    """The run that proves the version here and now, as its child process would."""
    from strategy.management.commands.prove import take_up
    from strategy.models import ProofRun

    run = ProofRun.ask(version, by=by, at=timezone.now())
    take_up(run.pk)
    run.refresh_from_db()
    return run
