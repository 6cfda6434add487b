"""The text of a rule set, edited in place: nothing else moves, comments stay, and it says what was meant."""

from __future__ import annotations

import difflib
import random

import pytest

from strategy.demo import SOURCE
from strategy.document import KEY_OF, Document, flow
from strategy.nodes import RuleSetError
from strategy.reading import read_ruleset
from tests.strategy.small import small, source_of

pytestmark = pytest.mark.pure
TEXT = SOURCE.read_text(encoding="utf-8")
SECTIONS = tuple(KEY_OF)


def changed(new: str, old: str = TEXT) -> list[str]:
    lines = difflib.unified_diff(old.split("\n"), new.split("\n"), lineterm="", n=0)
    return [line for line in lines if line[0] in "+-" and line[:3] not in {"+++", "---"}]


def test_a_part_written_back_as_it_is_leaves_every_byte():
    document = Document(TEXT)
    for section in SECTIONS:
        for part in document.parts(section)[::12]:
            assert document.replace(section, part[KEY_OF[section]], part) == TEXT


def test_one_changed_value_changes_one_line():
    rule = {**Document(TEXT).part("rules", "d-mechanism"), "priority": 91}

    assert changed(Document(TEXT).replace("rules", "d-mechanism", rule)) == ["-    priority: 90", "+    priority: 91"]


def test_a_row_on_one_line_stays_on_one_line():
    rule = Document(TEXT).part("rules", "t-used-crizotinib")
    del rule["editorial"]
    removed, added = changed(Document(TEXT).replace("rules", "t-used-crizotinib", rule))

    assert added[1:] == removed[1:].replace(" editorial: true,", "")


def test_an_effect_taken_out_of_a_list_of_lines_takes_its_line():
    rule = Document(TEXT).part("rules", "d-mechanism")
    rule["then"] = rule["then"][:-1]

    assert changed(Document(TEXT).replace("rules", "d-mechanism", rule)) == [
        "-      - {do: caution, cautions: [c-guideline-first]}"
    ]


def test_a_field_that_is_new_stands_where_the_file_has_it():
    rule = {**Document(TEXT).part("rules", "d-mechanism"), "editorial": True}
    new = Document(TEXT).replace("rules", "d-mechanism", rule)

    assert changed(new) == ["+    editorial: true"]
    assert "    section: sec-2-2\n    editorial: true\n    when: {disease_state: [progressed], testing" in new


def test_a_new_row_has_the_shape_of_the_file():
    rule = {**Document(TEXT).part("rules", "d-state"), "id": "r-1"}
    new = changed(Document(TEXT).add("rules", rule, after="d-compound"))

    assert new[0] == "+  - id: r-1"
    assert '+    why: {zh: "先明确是否属于经治进展，才能进入决策框架"' in new[-1]
    assert all(line.startswith("+") for line in new)
    assert Document(Document(TEXT).add("rules", rule, after="d-compound")).remove("rules", "r-1") == TEXT


def test_words_that_yaml_would_misread_are_quoted():
    assert flow(["yes", "no", "none", "L1196M", "$all_tki", "a: b", "1"]) == (
        '["yes", "no", none, L1196M, $all_tki, "a: b", "1"]'
    )
    assert flow({"zh": "甲", "en": 'say "b"'}) == '{zh: "甲", en: "say \\"b\\""}'


@pytest.mark.parametrize("section", SECTIONS)
def test_random_edits_say_what_was_meant_and_move_nothing_else(section):
    chance = random.Random(section)
    text = TEXT
    for _round in range(2):
        document = Document(text)
        part = chance.choice(document.parts(section))
        key = part[KEY_OF[section]]
        new = dict(part)
        words = chance.choice(["甲“乙”", "a: b # c", "\\ \" '", "- x", "{y}", "是,否", "null", "😀"])
        if "zh" in new:
            new["zh"] = words
        elif "why" in new:
            new["why"] = {"zh": words, "en": words}
            new["priority"] = chance.randrange(1000)
            new["because"] = chance.sample(part["because"], 1)
        else:
            new["label"] = {"zh": words, "en": words}
        after = document.replace(section, key, new)

        assert Document(after).part(section, key) == new
        assert [p for p in Document(after).parts(section) if p[KEY_OF[section]] != key] == [
            p for p in document.parts(section) if p[KEY_OF[section]] != key
        ]
        assert [line for line in after.split("\n") if line.startswith("#")] == [
            line for line in TEXT.split("\n") if line.startswith("#")
        ]
        read_ruleset(after)
        text = after


def test_a_text_in_flow_style_is_edited_in_place_too():
    document = Document(source_of(small()))
    rule = {**document.part("rules", "a-pregnant"), "priority": 7}
    del rule["section"]

    assert Document(document.replace("rules", "a-pregnant", rule)).part("rules", "a-pregnant") == rule
    more = document.add("rules", {**rule, "id": "new"}, after="s-unknown")
    assert [part["id"] for part in Document(more).parts("rules")][:2] == ["s-unknown", "new"]
    fewer = Document(document.remove("rules", "s-unknown"))
    assert fewer.parts("rules")[0]["id"] == "s-progressed"
    last = Document(more).parts("rules")[-1]["id"]
    assert Document(Document(more).remove("rules", last)).part("rules", last) is None


def test_a_text_and_a_group_are_set():
    assert Document(Document(TEXT).set_entry("texts", "banner", {"zh": "甲", "en": "b"})).data["texts"]["banner"] == {
        "zh": "甲",
        "en": "b",
    }
    assert changed(Document(TEXT).set_entry("groups", "trials", ["mdt"])) == [
        "-  trials: [trial_next_gen_tki, trial_io_combo]",
        "+  trials: [mdt]",
    ]


def test_what_is_missing_or_the_last_of_its_section_is_refused():
    with pytest.raises(KeyError):
        Document(TEXT).replace("rules", "nothing", {})
    data = small()
    data["rules"] = data["rules"][:1]
    with pytest.raises(RuleSetError, match="至少要留一项"):
        Document(source_of(data)).remove("rules", "s-unknown")
