"""A malformed rule set is refused with its line and path, never skipped."""

import re
from pathlib import Path

import pytest
import yaml

from strategy.nodes import RuleSetError
from strategy.reading import read_ruleset
from tests.strategy.cases import DATA, RULESET, SOURCE

pytestmark = pytest.mark.pure

# (text to replace, once; what it becomes; what the path ends in; a word of the message)
MISTAKES = [
    ("schema: alk-ruleset/1", "schema: alk-ruleset/2", "schema", "格式版本"),
    ("schema: alk-ruleset/1", "schema: alk-ruleset/1\nauthor: someone", "author", "未知的键"),
    ("    step: 1\n", "    stepp: 1\n", "stepp", "未知的键"),
    ("type: single", "type: several", "type", "输入类型"),
    ("exclusive: [none, unknown]", "exclusive: [none]", "exclusive", "互斥值"),
    ("exclusive: [none, unknown]", "exclusive: [nothing, unknown]", "exclusive[0]", "未知的值"),
    ('{key: "no", zh: "无"', '{key: no, zh: "无"', "key", "引号"),
    ("{last_tki: [crizotinib]}, value: g1", "{last_tki: [crizotinb]}, value: g1", "last_tki[0]", "未知的值"),
    ("{last_tki: [crizotinib]}, value: g1", "{last_tki: [crizotinib]}, value: g9", "value", "未知的值"),
    ("{last_tki: [crizotinib]}, value: g1", "{last_gen: [g2]}, value: g1", "last_gen", "未知的键"),
    ("alk_mutation: {any: [compound]}", "alk_mutation: {some: [compound]}", "some", "未知的键"),
    ("alk_mutation: {any: [compound]}", "alk_mutation: {}", "alk_mutation", "any"),
    ("alk_mutation: {any: [compound]}", "alk_mutation: [compound]", "alk_mutation", "映射"),
    ("at_least: {n: 2,", "at_least: {n: 20,", "at_least", "个数"),
    ("at_least: {n: 2,", "at_least: {n: two,", "n", "整数"),
    ("kind: systemic, zh", "kind: systematic, zh", "kind", "类别"),
    ("cautions: [c-brigatinib-lung]", "cautions: [c-brigatinib]", "cautions[0]", "提示"),
    ("fallback: true", "fallback: yes", "fallback", "true"),
    ("severity: contraindication", "severity: severe", "severity", "程度"),
    ("level: warn", "level: block", "validations[7]", "caution"),
    ("caution: c-warn-lines", "caution: c-warn-line", "caution", "提示"),
    ("priority: 90", "priority: high", "priority", "整数"),
    ("    section: sec-1-2\n", "", "rules[0]", "缺少键 section"),
    ("when: {disease_state: [unknown]}", "when: {disease_state: [unsure]}", "disease_state[0]", "未知的值"),
    ("when: {disease_state: [unknown]}", "when: {disease: [unknown]}", "when.disease", "未知的键"),
    ("when: {disease_state: [unknown]}", "when: {disease_state: unknown}", "disease_state", "列表"),
    ("when: {disease_state: [unknown]}", "when: {disease_state: []}", "disease_state", "至少"),
    ("when: {disease_state: [unknown]}", "when: {or: []}", "when.or", "分支"),
    ("do: recommend, strength: required", "do: suggest, strength: required", "do", "效果"),
    ("do: recommend, strength: required", "do: recommend, strength: strong", "strength", "强度"),
    ("do: recommend, strength: required", "do: recommend, weight: 1, strength: required", "weight", "未知的键"),
    ("options: [clarify_disease_state]", "options: [clarify_state]", "options[0]", "选项"),
    ("options: [$second_gen]", "options: [$third_gen]", "options[0]", "选项"),
    ("strength: preferred, options: [tki_alectinib", "strength: required, options: [tki_alectinib", "strength", "检查"),
    ("strength: preferred, options: [sclc_regimen]", "strength: preferred, options: [wbrt]", "options", "排除"),
    ("do: gap, option: not_covered_mdt", "do: gap, option: mdt", "option", "fallback"),
    ("because: [def-pretreated, wholecourse-mdt]", "because: []", "because", "至少"),
    ("  - id: d-pattern", "  - id: d-state", "id", "重复"),
    ("    priority: 90\n", "    priority: 90\n    priority: 80\n", "rules[0]", "重复"),
    ("local_only: {zh:", "local_one: {zh:", "local_one", "未知的键"),
    ("strengths: [required, preferred,", "strengths: [preferred, required,", "strengths", "依次"),
    ("c-unclassified-tki]}]", "c-none-found]}]", "rules", "编辑注"),
    ("{id: c-all-vetoed,", "{id: c-all-veto,", "cautions", "c-all-vetoed"),
    ("  - key: disease_state", "  - key: state", "inputs", "disease_state"),
]


@pytest.mark.parametrize(("old", "new", "path", "word"), MISTAKES, ids=[f"{m[1][:30]}" for m in MISTAKES])
def test_a_mistake_is_refused_with_its_line_and_path(old, new, path, word):
    start = SOURCE.index(old, SOURCE.index("\nschema:"))  # past the comment that explains the language

    with pytest.raises(RuleSetError) as refused:
        read_ruleset(SOURCE[:start] + new + SOURCE[start + len(old) :])

    error = refused.value
    assert path in error.path
    assert word in error.message
    assert f"第 {error.line} 行" in str(error)
    near = SOURCE.count("\n", 0, start) + 1
    assert near - 8 <= error.line <= near + 12 or word in ("缺少键 section", "c-all-vetoed", "disease_state")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("- a\n- b", 1),
        ("schema: [1\nmeta: {", 2),
        ("a: &x 1\nb: *x", 2),
        ("a: \x00", 1),
        ("[" * 5000, 1),
        ("a: " + "x" * 1_000_001, 1),
        ("{? [a]: b}", 1),
    ],
)
def test_what_is_no_rule_set_is_refused(text, line):
    with pytest.raises(RuleSetError) as refused:
        read_ruleset(text)
    assert refused.value.line == line


def test_a_fact_that_does_not_exist_is_refused_when_the_facts_are_known():
    known = RULESET.facts - {"fw-step1"}

    with pytest.raises(RuleSetError) as refused:
        read_ruleset(SOURCE, known_facts=known)

    assert "fw-step1" in refused.value.message
    assert refused.value.path == "rules[1].because[1]"


def test_the_project_rule_set_is_whole():
    assert len(RULESET.inputs) == 24
    assert len(RULESET.options) == 53
    assert len(RULESET.rules) == 108
    assert len(RULESET.cautions) == 76
    assert len(RULESET.validations) == 13
    assert read_ruleset(SOURCE, known_facts=RULESET.facts).version == DATA["meta"]["version"]
    assert RULESET.fallback == "not_covered_mdt"
    assert [rule.key for rule in RULESET.rules] == [rule["id"] for rule in DATA["rules"]]


def test_a_rule_knows_its_line():
    lines = SOURCE.splitlines()

    assert all(rule.key in lines[rule.line - 1] for rule in RULESET.rules)


def test_everything_the_rule_set_cites_stands_in_the_article():
    folder = Path(__file__).parents[2] / "articles/data/alk-pretreated-strategy"
    facts = {fact["key"] for fact in yaml.safe_load((folder / "facts.yaml").read_text(encoding="utf-8"))["facts"]}
    body = (folder / "body.html").read_text(encoding="utf-8")

    assert read_ruleset(SOURCE, known_facts=facts).facts <= set(re.findall(r'data-fact="([^"]+)"', body))
    assert RULESET.sections <= set(re.findall(r'data-section="([^"]+)"', body))


def test_no_dose_no_brand_and_no_promise_is_ever_shown():
    shown = [caution.text for caution in RULESET.cautions.values()]
    shown += [option.label for option in RULESET.options.values()] + [rule.why for rule in RULESET.rules]
    shown += [check.text for check in RULESET.validations] + list(RULESET.texts.values())
    shown += [text for item in RULESET.inputs.values() for text in (item.label, item.help, *item.values.values())]
    words = "\n".join(text.zh + text.en for text in shown)

    assert not re.search(r"\d\s*(mg|毫克|μg)|每日|一日\s*[一两三\d]\s*次|\bbid\b|\bqd\b", words)
    assert not re.search(r"治愈|最佳选择|神药|重磅", words)
    brands = "安圣莎 赛可瑞 赞可达 博瑞纳 安伯瑞 贝美纳 启欣可 Lorbrena Alecensa Xalkori Alunbrig Zykadia"
    assert not [brand for brand in brands.split() if brand.lower() in words.lower()]
