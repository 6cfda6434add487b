"""The questions asked and the reasons given, as data: complete in both languages, and loadable as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

DATA = Path(__file__).resolve().parents[2] / "accounts" / "data"
SETS = ["profile", "survey-alk", "survey-methods"]
KINDS = {"SHORT_TEXT", "LONG_TEXT", "SINGLE_CHOICE", "MULTIPLE_CHOICE", "NUMBER", "DATE", "SUGGESTED"}
CHOICE_KINDS = {"SINGLE_CHOICE", "MULTIPLE_CHOICE"}
ALWAYS = {"key", "kind", "label_zh", "label_en", "help_zh", "help_en", "is_required", "is_sealed", "purpose_zh"}
SOMETIMES = {
    "min_length",
    "max_length",
    "min_value",
    "max_value",
    "pattern",
    "pattern_message_zh",
    "pattern_message_en",
    "choices",
    "suggestions",
}
LIMITS = {  # the columns they are loaded into
    "label_zh": 200,
    "label_en": 300,
    "help_zh": 300,
    "help_en": 400,
    "pattern": 200,
    "pattern_message_zh": 200,
    "pattern_message_en": 300,
    "min_value": 20,
    "max_value": 20,
    "purpose_zh": 200,
    "code": 40,
    "text_zh": 300,
    "text_en": 400,
    "staff_note_zh": 300,
    "concerns": 40,
}
KEY = re.compile(r"^[a-z][a-z0-9_]*$")
HAN = r"[\u3400-\u9fff]"
HALF_WIDTH_IN_CHINESE = re.compile(rf"{HAN}\s*[,;:!?()\"']|[,;:!?()\"']\s*{HAN}|{HAN}\.|[“”‘’]")
CHINESE_IN_ENGLISH = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


def load(name: str) -> Any:
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


def questions() -> list[Any]:
    return [pytest.param(q, id=f"{name}-{q['key']}") for name in SETS for q in load(name)["questions"]]


def licence_pattern() -> re.Pattern[str]:
    return re.compile(next(q["pattern"] for q in load("profile")["questions"] if q["key"] == "licence_number"))


def test_the_profile_belongs_to_the_platform_and_each_survey_to_its_zone():
    assert [(name, load(name)["key"], load(name)["scope"], load(name)["zone"]) for name in SETS] == [
        ("profile", "profile", "PROFILE", None),
        ("survey-alk", "survey-alk", "SURVEY", "alk"),
        ("survey-methods", "survey-methods", "SURVEY", "methods"),
    ]


@pytest.mark.parametrize(
    ("name", "title"), [("profile", "完善信息"), ("survey-alk", "收集问题"), ("survey-methods", "收集问题")]
)
def test_a_set_bears_the_title_of_its_step(name, title):
    assert load(name)["title_zh"] == title
    assert load(name)["title_en"].strip()


@pytest.mark.parametrize("name", SETS)
def test_keys_are_unique_and_fit_to_be_field_names(name):
    keys = [q["key"] for q in load(name)["questions"]]

    assert len(set(keys)) == len(keys) <= 8
    assert all(KEY.match(key) for key in keys)
    assert not {"decision", "version", "idempotency_key", "csrfmiddlewaretoken"} & set(keys)


@pytest.mark.parametrize("question", questions())
def test_a_question_has_its_fields_and_no_other(question):
    assert set(question) >= ALWAYS
    assert set(question) <= ALWAYS | SOMETIMES
    assert question["kind"] in KINDS
    assert isinstance(question["is_required"], bool)
    assert isinstance(question["is_sealed"], bool)
    assert all(question[name].strip() for name in ("label_zh", "label_en", "purpose_zh"))
    assert bool(question["help_zh"]) == bool(question["help_en"])


@pytest.mark.parametrize("question", questions())
def test_a_question_fits_its_columns(question):
    assert [name for name, limit in LIMITS.items() if len(question.get(name, "")) > limit] == []


@pytest.mark.parametrize("question", questions())
def test_choices_stand_only_where_one_chooses_and_are_distinct(question):
    choices = question.get("choices", [])

    assert bool(choices) == (question["kind"] in CHOICE_KINDS)
    assert all(set(choice) == {"value", "zh", "en"} for choice in choices)
    for name in ("value", "zh", "en"):
        values = [choice[name] for choice in choices]
        assert all(isinstance(value, str) and value.strip() for value in values)
        assert len(set(values)) == len(values)


@pytest.mark.parametrize("question", questions())
def test_suggestions_are_distinct_and_would_themselves_be_accepted(question):
    suggestions = question.get("suggestions", [])

    assert bool(suggestions) == (question["kind"] == "SUGGESTED")
    assert len(set(suggestions)) == len(suggestions)
    assert all(question["min_length"] <= len(text) <= question["max_length"] for text in suggestions)


@pytest.mark.parametrize("question", questions())
def test_limits_fit_the_kind_and_are_in_order(question):
    if question["kind"] in {"SHORT_TEXT", "LONG_TEXT", "SUGGESTED"}:
        assert 0 <= question.get("min_length", 0) <= question["max_length"]
        assert not {"min_value", "max_value"} & set(question)
    else:
        assert not {"min_length", "max_length", "pattern"} & set(question)
    if question["kind"] == "NUMBER":
        assert float(question["min_value"]) < float(question["max_value"])


@pytest.mark.parametrize("question", questions())
def test_a_pattern_compiles_and_explains_itself(question):
    if "pattern" in question:
        re.compile(question["pattern"])
        assert question["pattern_message_zh"].strip()
        assert question["pattern_message_en"].strip()
    else:
        assert not {"pattern_message_zh", "pattern_message_en"} & set(question)


@pytest.mark.parametrize("question", questions())
def test_questions_are_set_in_full_width_chinese_and_latin_english(question):
    chinese = [text for name, text in question.items() if name.endswith("_zh")]
    chinese += [choice["zh"] for choice in question.get("choices", [])] + question.get("suggestions", [])
    english = [text for name, text in question.items() if name.endswith("_en")]
    english += [choice["en"] for choice in question.get("choices", [])]

    assert [text for text in chinese if HALF_WIDTH_IN_CHINESE.search(text)] == []
    assert [text for text in english if CHINESE_IN_ENGLISH.search(text)] == []


def test_the_profile_asks_these_in_this_order_and_seals_the_number_alone():
    asked = load("profile")["questions"]

    assert [q["key"] for q in asked] == ["name", "profession", "hospital", "department", "title", "licence_number"]
    assert [q["key"] for q in asked if q["is_sealed"]] == ["licence_number"]
    assert [choice["value"] for choice in asked[1]["choices"]] == [
        "physician", "nurse", "pharmacist", "technician", "researcher", "other"
    ]  # fmt: skip


def test_the_two_kinds_of_set_together_use_every_kind():
    assert {q["kind"] for name in SETS for q in load(name)["questions"]} == KINDS


@pytest.mark.parametrize(
    "number", ["110440000001234", "201141012345", "44122202015A", "3-152022000123", "2020110500012345"]
)
def test_licence_numbers_of_the_professions_are_accepted(number):
    assert licence_pattern().fullmatch(number)


@pytest.mark.parametrize(
    "number",
    ["11010519491231002X", "440304199902290011", "1104 4000 0001 234", "１１０４４００００００１２３４",
     "编码110440000001234", "-110440000001234", "110440000001234-", "", "<script>", "1104400000012.4"],
)  # fmt: skip
def test_identity_numbers_and_stray_signs_are_not(number):
    assert licence_pattern().fullmatch(number) is None


def test_a_pattern_does_not_run_away_on_long_input():
    assert licence_pattern().fullmatch("1-" * 50_000 + "!") is None


def test_reasons_are_complete_and_concern_something_that_exists():
    reasons = load("reasons")
    concerned = {q["key"] for q in load("profile")["questions"]} | {"evidence", ""}

    assert len({r["code"] for r in reasons}) == len(reasons) >= 12
    for reason in reasons:
        assert set(reason) == {"code", "text_zh", "text_en", "staff_note_zh", "is_final", "concerns"}
        assert re.fullmatch(r"[A-Z_]+", reason["code"])
        assert reason["concerns"] in concerned
        assert isinstance(reason["is_final"], bool)
        assert [name for name, limit in LIMITS.items() if len(reason.get(name, "")) > limit] == []


def test_three_reasons_are_final_and_each_tells_of_the_appeal():
    final = [r for r in load("reasons") if r["is_final"]]

    assert {r["code"] for r in final} == {"DUPLICATE_LICENCE", "NOT_ADMITTED_PROFESSION", "FORGED"}
    assert all("申诉" in r["text_zh"] and "appeal" in r["text_en"] for r in final)


def test_every_reason_says_what_to_do_and_is_well_set():
    for reason in load("reasons"):
        assert "请" in reason["text_zh"]
        assert re.search(r"\bplease\b", reason["text_en"], re.IGNORECASE)
        assert not HALF_WIDTH_IN_CHINESE.search(reason["text_zh"] + reason["staff_note_zh"])
        assert not CHINESE_IN_ENGLISH.search(reason["text_en"])


def test_a_reason_named_in_a_staff_note_exists():
    reasons = load("reasons")
    codes = {r["code"] for r in reasons}

    assert {word for r in reasons for word in re.findall(r"[A-Z]{3,}(?:_[A-Z]+)+", r["staff_note_zh"])} <= codes
