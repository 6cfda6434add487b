"""Each kind of fault, seeded into a rule set without one, is found at the right row with a patient who shows it."""

from __future__ import annotations

import pytest

from strategy.engine import evaluate
from strategy.prover.proof import prove
from strategy.rules import RuleSet
from tests.strategy.small import FACTS, compiled, recommend, rule, small

pytestmark = pytest.mark.pure
PROGRESSED = {"disease_state": ["progressed"]}


def _found(ruleset: RuleSet) -> dict[str, dict[str, object]]:
    """Findings by kind and subject."""
    by_kind: dict[str, dict[str, object]] = {}
    for finding in prove(ruleset, FACTS, samples=50).findings:
        by_kind.setdefault(finding.kind, {})[finding.subject] = finding
    return by_kind


def _listed(ruleset, patient):
    return {option.option: option.strength for option in evaluate(ruleset, patient).options}


def test_the_rule_set_without_a_fault_is_proven():
    assert _found(compiled(small())) == {}


def test_a_patient_who_is_told_to_wait_for_data_but_not_which_is_a_gap():
    data = small()
    data["rules"] = [row for row in data["rules"] if row["id"] != "s-unknown"]
    ruleset = compiled(data)

    found = _found(ruleset)["gap"]

    assert set(found) == {"nothing", "no-test"}
    answer = evaluate(ruleset, found["no-test"].patient)
    assert (answer.status, answer.options) == ("needs_data", ())


def test_a_gap_that_is_ruled_out_is_not_said():
    data = small()
    data["rules"] += [
        rule("g-naive", {"disease_state": ["tki_naive"]}, {"do": "gap", "option": "not_covered_mdt"}),
        rule("x-quiet", {"alk_mutation": {"any": ["G1202R"]}}, {"do": "veto", "options": ["not_covered_mdt"]}),
        rule("t-naive", {"disease_state": ["tki_naive"]}, recommend("consider", "tki_lorlatinib")),
    ]
    ruleset = compiled(data)

    finding = _found(ruleset)["gap"]["silent"]

    answer = evaluate(ruleset, finding.patient)
    assert answer.status == "partly_covered"
    assert "not_covered_mdt" not in _listed(ruleset, finding.patient)


def test_a_row_that_no_consistent_patient_meets_is_named():
    data = small()
    wrong = {"disease_state": ["tki_naive"], "last_tki": ["alectinib"]}
    data["validations"] = [{"id": "v-naive", "level": "block", "when": wrong, "zh": "矛盾", "en": "contradictory"}]
    data["rules"].append(rule("x-dead", wrong, recommend("consider", "tki_alectinib")))

    found = _found(compiled(data))["unreachable"]

    assert [finding.rules for finding in found.values()] == [("x-dead",)]


def test_an_effect_that_never_decides_is_named_with_its_row():
    data = small()
    when = {**PROGRESSED, "last_tki": ["crizotinib"], "alk_mutation": {"any": ["L1196M"]}}
    data["rules"].append(rule("x-idle", when, recommend("exploratory", "tki_alectinib")))
    ruleset = compiled(data)

    finding = _found(ruleset)["idle"]["recommend:tki_alectinib"]

    assert finding.rules == ("x-idle",)
    assert _listed(ruleset, finding.patient)["tki_alectinib"] == "preferred"
    assert "x-idle" in evaluate(ruleset, finding.patient).fired


def test_a_row_whose_option_is_always_ruled_out_contradicts_the_veto():
    data = small()
    data["rules"].append(
        rule("x-vain", {**PROGRESSED, "reproductive": ["pregnant"]}, recommend("consider", "tki_alectinib"))
    )
    ruleset = compiled(data)

    finding = _found(ruleset)["contradiction"]["tki_alectinib"]

    assert finding.rules == ("x-vain", "a-pregnant")
    assert "tki_alectinib" in {out.option for out in evaluate(ruleset, finding.patient).ruled_out}


def test_rows_with_the_same_condition_and_different_strengths_contradict_each_other():
    data = small()
    same = {"last_tki": ["crizotinib"], "or": [{"disease_state": ["progressed"]}]}
    data["rules"].append(rule("x-alike", same, recommend("consider", "tki_alectinib")))

    finding = _found(compiled(data))["contradiction"]["alike:tki_alectinib"]

    assert finding.rules == ("t-crizotinib", "x-alike")


def test_a_drug_that_failed_and_is_listed_again_is_found():
    data = small()
    data["rules"].append(
        rule("x-again", {**PROGRESSED, "last_tki": ["alectinib"]}, recommend("consider", "tki_alectinib"))
    )
    ruleset = compiled(data)

    finding = _found(ruleset)["relisted"]["tki_alectinib:last_tki"]

    assert finding.rules == ("x-again",)
    assert finding.patient["last_tki"] == ("alectinib",)
    assert "tki_alectinib" in _listed(ruleset, finding.patient)


def test_a_drug_listed_in_pregnancy_is_found():
    data = small()
    data["rules"][-1]["then"][0]["options"] = ["tki_alectinib"]
    ruleset = compiled(data)

    finding = _found(ruleset)["pregnancy"]["tki_lorlatinib:pregnant"]

    assert finding.rules == ("t-alectinib",)
    assert finding.patient["reproductive"] == ("pregnant",)
    assert "tki_lorlatinib" in _listed(ruleset, finding.patient)


def test_an_option_that_rests_on_no_known_fact_is_found():
    data = small()
    data["rules"][4]["because"] = ["f-made-up"]
    ruleset = compiled(data)

    finding = _found(ruleset)["evidence"]["tki_alectinib"]

    assert finding.rules == ("t-crizotinib",)
    assert "tki_alectinib" in _listed(ruleset, finding.patient)


@pytest.mark.parametrize("has_note", [False, True])
def test_a_row_on_a_disputed_fact_needs_a_note_that_names_it(has_note):
    data = small()
    data["rules"][4]["because"] = ["f-disputed"]
    if has_note:
        data["rules"][4]["then"].append({"do": "caution", "cautions": ["c-note"]})
    ruleset = compiled(data)

    found = _found(ruleset).get("uncautioned", {})

    assert bool(found) is not has_note
    for finding in found.values():
        assert finding.rules == ("t-crizotinib",)
        assert evaluate(ruleset, finding.patient).cautions == ()


def test_an_invariant_that_fails_is_found_with_who_breaks_it():
    data = small()
    data["rules"].append(
        rule("x-g1202r", {**PROGRESSED, "alk_mutation": {"any": ["G1202R"]}}, recommend("preferred", "tki_lorlatinib"))
    )
    data["rules"].append(
        rule("x-stable", {"disease_state": ["on_tki_stable"]}, recommend("consider", "tki_lorlatinib"))
    )
    ruleset = compiled(data)

    finding = _found(ruleset)["invariant"]["no-state-no-drug"]

    assert "tki_lorlatinib" in _listed(ruleset, finding.patient)
    assert finding.patient["disease_state"] == ("on_tki_stable",)


def test_a_finding_keeps_its_fingerprint_until_its_row_changes():
    data = small()
    again = rule("x-again", {**PROGRESSED, "last_tki": ["alectinib"]}, recommend("consider", "tki_alectinib"))
    data["rules"].append(again)
    first, second = (_found(compiled(data))["relisted"]["tki_alectinib:last_tki"] for _run in range(2))
    again["when"]["alk_mutation"] = {"none": ["G1202R"]}
    third = _found(compiled(data))["relisted"]["tki_alectinib:last_tki"]

    assert first.fingerprint == second.fingerprint
    assert third.fingerprint != first.fingerprint


def test_progress_tells_every_stage_and_never_goes_back():
    told = []
    prove(compiled(small()), FACTS, lambda stage, percent: told.append((stage, percent)), samples=50)

    assert [stage for stage, _percent in told][::10] == ["crosscheck", "counting"]
    assert [percent for _stage, percent in told] == sorted(percent for _stage, percent in told)
