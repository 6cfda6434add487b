"""What an edit does to patients: the counts are those of evaluating every situation one by one."""

from __future__ import annotations

import pytest

from strategy.engine import evaluate
from strategy.prover.changes import WAYS, change_view
from strategy.prover.crosscheck import components_of
from strategy.prover.impact import impact, without_rule
from strategy.prover.space import core_grid
from tests.strategy.cases import RULESET
from tests.strategy.small import compiled, recommend, rule, small

pytestmark = pytest.mark.pure


def _shown(ruleset, patient):
    return components_of(evaluate(ruleset, patient))


def _by_hand(old, new):
    """How many situations of the core grid have another answer, each evaluated twice by the engine."""
    grid = core_grid(new)
    return sum(1 for at in range(grid.size) if _shown(old, grid.patient(at)) != _shown(new, grid.patient(at)))


def _edited(change):
    data = small()
    change(data)
    return compiled(data)


EDITS = {
    "row removed": lambda data: data["rules"].pop(4),
    "strength lowered": lambda data: data["rules"][4]["then"].__setitem__(0, recommend("consider", "tki_alectinib")),
    "condition narrowed": lambda data: data["rules"][4]["when"].update(alk_mutation={"none": ["G1202R"]}),
    "veto widened": lambda data: data["rules"][6].update(when={"alk_mutation": {"any": ["G1202R"]}}),
    "caution added": lambda data: data["rules"][4]["then"].append({"do": "caution", "cautions": ["c-note"]}),
    "demotion added": lambda data: data["rules"].append(
        rule("x", {"alk_mutation": {"any": ["L1196M"]}}, {"do": "demote", "options": ["tki_alectinib"]})
    ),
    "contradiction added": lambda data: data["validations"].append(
        {"id": "v", "level": "block", "when": {"last_tki": ["alectinib"]}, "zh": "矛盾", "en": "no"}
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_the_count_on_the_core_grid_is_exact(edit):
    old, new = compiled(small()), _edited(EDITS[edit])

    found = impact(old, new)

    assert found.changed == _by_hand(old, new)
    assert found.changes


@pytest.mark.parametrize("edit", EDITS)
def test_every_example_is_a_patient_whose_answer_changes(edit):
    old, new = compiled(small()), _edited(EDITS[edit])

    for change in impact(old, new).changes:
        for patient in (p for p in (change.example, change.elsewhere) if p is not None):
            assert _shown(old, patient) != _shown(new, patient), change


def test_the_same_rules_change_nothing():
    found = impact(compiled(small()), compiled(small()))

    assert (found.changed, found.is_elsewhere, found.changes) == (0, False, ())


def test_what_changes_off_the_grid_only_is_said_by_z3():
    # Pregnancy is no part of the core grid.
    new = _edited(lambda data: data["rules"].pop(6))

    found = impact(compiled(small()), new)

    assert found.changed == 0
    assert found.is_elsewhere
    assert all(change.count == 0 and change.elsewhere["reproductive"] == ("pregnant",) for change in found.changes)


def test_an_input_that_only_one_version_has_is_named_and_counts_as_unknown():
    def dropped(data):
        data["inputs"] = [item for item in data["inputs"] if item["key"] != "alk_mutation"]

    found = impact(compiled(small()), _edited(dropped))

    assert found.inputs_only_in_old == ("alk_mutation",)
    assert found.changed == 0


def test_an_impact_survives_storage_and_speaks_in_words():
    new = _edited(EDITS["strength lowered"])
    found = impact(compiled(small()), new)

    view = change_view(new, found.as_json())

    assert [group.title for group in view.groups] == [WAYS["weaker"]]
    assert view.groups[0].lines[0].count == found.changed > 0
    assert "克唑替尼" in view.groups[0].lines[0].patient.zh


# A sample of the mutation test that `make proofs` runs over every row.
@pytest.mark.parametrize(
    ("key", "way", "subject", "count"),
    [
        ("p-lat", "removed", "lat_plus_current_tki", 150_528),
        ("m-g1202r-veto-2g", "added", "tki_alectinib", 8_064),
        ("d-state", "removed", "clarify_disease_state", 0),
    ],
)
def test_a_row_taken_away_names_the_situations_lost(key, way, subject, count):
    found = impact(RULESET, without_rule(RULESET, key))

    lost = next(change for change in found.changes if (change.way, change.subject) == (way, subject))
    assert lost.count == count
    patient = lost.example if lost.elsewhere is None else lost.elsewhere
    assert _shown(RULESET, patient) != _shown(without_rule(RULESET, key), patient)


def test_a_row_that_repeats_another_loses_nobody():
    found = impact(RULESET, without_rule(RULESET, "m-on-target-g2"))

    assert (found.changed, found.is_elsewhere) == (0, False)
