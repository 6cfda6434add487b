"""Reading a rule set from its YAML: typed, compiled, refused with its line when anything is not understood."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from strategy.conditions import Vocabulary
from strategy.nodes import Place, read_yaml
from strategy.reading_rules import RuleReader, read_condition
from strategy.rules import (
    KINDS,
    NOTE_ALL_VETOED,
    NOTE_NOT_COVERED,
    SEVERITIES,
    STATE,
    STATE_STABLE,
    STATUSES,
    STRENGTHS,
    TEXTS,
    UNKNOWN,
    Caution,
    Derived,
    Input,
    Option,
    RuleSet,
    Text,
    Validation,
)

SCHEMA = "alk-ruleset/1"
T = TypeVar("T")


def read_ruleset(text: str, *, known_facts: Collection[str] | None = None) -> RuleSet:
    """Return the rule set, or raise RuleSetError. With `known_facts`, a fact that is not among them is refused too."""
    sections = "schema meta texts groups inputs derived options cautions validations rules"
    parts = read_yaml(text).mapping(sections)
    parts["schema"].word((SCHEMA,), "格式版本")
    vocabulary = Vocabulary()
    inputs = _keyed(parts["inputs"], "key", lambda place, key, at: _read_input(place, key, vocabulary))
    if STATE not in inputs or STATE_STABLE not in inputs[STATE].values:
        parts["inputs"].fail(f"缺少输入 {STATE} 及其值 {STATE_STABLE}")
    derived = _keyed(parts["derived"], "key", lambda place, key, at: _read_derived(place, key, vocabulary))
    cautions = _keyed(parts["cautions"], "id", lambda place, key, at: _read_caution(place, key, at, known_facts))
    for needed in (NOTE_NOT_COVERED, NOTE_ALL_VETOED):
        if needed not in cautions:
            parts["cautions"].fail(f"缺少提示 {needed}")
    options = _keyed(parts["options"], "key", lambda place, key, at: _read_option(place, key, at, cautions))
    if sum(option.fallback for option in options.values()) != 1:
        parts["options"].fail("须有且只有一个 fallback 选项")
    groups = {name: place.words(options, "选项") for name, place in parts["groups"].entries().items()}
    checks = _keyed(
        parts["validations"], "id", lambda place, key, at: _read_validation(place, key, vocabulary, cautions)
    )
    reader = RuleReader(vocabulary, options, groups, cautions, known_facts)
    rules = _keyed(parts["rules"], "id", lambda place, key, at: reader.rule(place, key))
    return RuleSet(
        **_read_meta(parts["meta"]),
        texts={key: read_text(place) for key, place in parts["texts"].mapping(" ".join(TEXTS)).items()},
        groups=groups,
        inputs=inputs,
        derived=derived,
        options=options,
        cautions=cautions,
        validations=tuple(checks.values()),
        rules=tuple(rules.values()),
        vocabulary=vocabulary,
    )


def read_text(place: Place) -> Text:
    """A mapping of zh and en."""
    words = place.mapping("zh en")
    return Text(words["zh"].text(), words["en"].text())


def _keyed(place: Place, name: str, read: Callable[[Place, str, int], T]) -> dict[str, T]:
    """A list of things that each carry their own key, unique within the list."""
    found: dict[str, T] = {}
    for at, item in enumerate(place.items()):
        entries = item.entries()
        if name not in entries:
            item.fail(f"缺少键 {name}")
        key = entries[name].text()
        if key in found:
            entries[name].fail(f"{key} 重复")
        found[key] = read(item, key, at)
    return found


def _read_meta(place: Place) -> dict[str, Any]:
    """The head of the rule set. Its lists of names must be the ones the engine works with."""
    parts = place.mapping(
        "title_zh title_en version facts clinical_signoff strengths strength_labels kinds section_titles_from statuses"
    )
    for name in ("facts", "section_titles_from"):
        parts[name].text()
    if parts["strengths"].words(STRENGTHS, "强度") != STRENGTHS:
        parts["strengths"].fail(f"须依次为 {'、'.join(STRENGTHS)}")
    if set(parts["kinds"].words(KINDS, "类别")) != set(KINDS):
        parts["kinds"].fail(f"须为 {'、'.join(KINDS)}")
    return {
        "title": Text(parts["title_zh"].text(), parts["title_en"].text()),
        "version": parts["version"].text(),
        "signoff": parts["clinical_signoff"].text(),
        "statuses": _labels(parts["statuses"], STATUSES),
        "strength_labels": _labels(parts["strength_labels"], STRENGTHS),
    }


def _labels(place: Place, names: tuple[str, ...]) -> dict[str, Text]:
    return {key: read_text(label) for key, label in place.mapping(" ".join(names)).items()}


def _read_input(place: Place, key: str, vocabulary: Vocabulary) -> Input:
    parts = place.mapping("key step type label help values", "exclusive")
    multiple = parts["type"].word(("single", "multi"), "输入类型") == "multi"
    values = _keyed(parts["values"], "key", lambda value, _key, _at: _read_value(value))
    if UNKNOWN not in values:
        parts["values"].fail(f"缺少值 {UNKNOWN}")
    exclusive: tuple[str, ...] = ()
    if multiple:
        if "exclusive" not in parts:
            place.fail("多选输入缺少键 exclusive")
        exclusive = parts["exclusive"].words(values, "值")
        if UNKNOWN not in exclusive:
            parts["exclusive"].fail(f"{UNKNOWN} 须为互斥值")
    elif "exclusive" in parts:
        parts["exclusive"].fail("单选输入没有互斥值")
    vocabulary.add(key, tuple(values), multiple=multiple)
    step, label, help_text = parts["step"].number(), read_text(parts["label"]), read_text(parts["help"])
    return Input(key, step, multiple, label, help_text, values, exclusive)


def _read_value(place: Place) -> Text:
    parts = place.mapping("key zh en")
    return Text(parts["zh"].text(), parts["en"].text())


def _read_derived(place: Place, key: str, vocabulary: Vocabulary) -> Derived:
    parts = place.mapping("key label values cases default", "note")
    if key in vocabulary.values:
        parts["key"].fail(f"{key} 与输入同名")
    names = [value.text() for value in parts["values"].items()]
    values = parts["values"].words(names, "值")
    cases = []
    for item in parts["cases"].items():
        case = item.mapping("when value")
        cases.append((read_condition(case["when"], vocabulary), case["value"].word(values, "值")))
    default, note = parts["default"].word(values, "值"), parts["note"].text() if "note" in parts else ""
    vocabulary.add(key, values)  # only now: a derived fact may not test itself or a later one
    return Derived(key, read_text(parts["label"]), values, tuple(cases), default, note)


def _read_caution(place: Place, key: str, at: int, known_facts: Collection[str] | None) -> Caution:
    parts = place.mapping("id severity facts zh en")
    severity = parts["severity"].word(SEVERITIES, "程度")
    facts = read_facts(parts["facts"], known_facts)
    return Caution(key, at, severity, facts, Text(parts["zh"].text(), parts["en"].text()))


def read_facts(place: Place, known_facts: Collection[str] | None) -> tuple[str, ...]:
    """A list of fact keys; every rule and caution rests on at least one."""
    known = known_facts if known_facts is not None else [item.text() for item in place.items()]
    return place.words(known, "事实")


def _read_option(place: Place, key: str, at: int, cautions: Collection[str]) -> Option:
    parts = place.mapping("key kind zh en", "cautions avoid_only fallback")
    own: tuple[str, ...] = ()
    if "cautions" in parts and parts["cautions"].items():
        own = parts["cautions"].words(cautions, "提示")
    return Option(
        key=key,
        position=at,
        kind=parts["kind"].word(KINDS, "类别"),
        label=Text(parts["zh"].text(), parts["en"].text()),
        cautions=own,
        avoid_only="avoid_only" in parts and parts["avoid_only"].flag(),
        fallback="fallback" in parts and parts["fallback"].flag(),
    )


def _read_validation(place: Place, key: str, vocabulary: Vocabulary, cautions: Collection[str]) -> Validation:
    parts = place.mapping("id level when zh en", "caution")
    blocks = parts["level"].word(("block", "warn"), "级别") == "block"
    if blocks == ("caution" in parts):
        place.fail("warn 须有 caution，block 不得有")
    caution = parts["caution"].word(cautions, "提示") if "caution" in parts else None
    when = read_condition(parts["when"], vocabulary)
    return Validation(key, blocks, when, caution, Text(parts["zh"].text(), parts["en"].text()))
