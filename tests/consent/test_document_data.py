"""The documents people are asked to accept, as data: both languages, honest links, no forgotten token."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

DATA = Path(__file__).resolve().parents[2] / "consent" / "data"
FILES = sorted(DATA.glob("*.yaml"))
FIELDS = {
    "kind",
    "zone",
    "title_zh",
    "title_en",
    "summary_zh",
    "summary_en",
    "body_zh",
    "body_en",
    "requires_acceptance",
}
LIMITS = {"title_zh": 80, "title_en": 160, "summary_zh": 300, "summary_en": 500}  # the columns they are loaded into
LINKS = {"/terms/", "/privacy/"}
HAN = r"[\u3400-\u9fff]"
HALF_WIDTH_IN_CHINESE = re.compile(rf"{HAN}\s*[,;:!?()\"']|[,;:!?()\"']\s*{HAN}|{HAN}\.|[“”‘’]")
CHINESE_IN_ENGLISH = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


class Body(HTMLParser):
    """Reads a body strictly: the tags used, the links, whether every tag is closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.headings: list[str] = []
        self.loose: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert [name for name, _ in attrs] == (["href"] if tag == "a" else [])
        self.tags.append(tag)
        self.open.append(tag)
        self.links += [value for _, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and not set(self.open) & {"h2", "p", "li"}:
            self.loose.append(data)
        if self.open[-1:] == ["h2"]:
            self.headings.append(data)


def load(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def texts(document: dict[str, Any], language: str) -> str:
    return "\n".join(re.sub(r"<[^>]+>", "", document[f"{name}_{language}"]) for name in ("title", "summary", "body"))


def the_agreements() -> list[dict[str, Any]]:
    return [document for document in map(load, FILES) if document["kind"] == "AGREEMENT"]


def test_every_zone_has_both_documents_and_the_platform_has_its_two():
    found = {(document["kind"], document["zone"]) for document in map(load, FILES)}

    assert found == {
        ("AGREEMENT", "alk"), ("AGREEMENT", "methods"),
        ("INFORMED_CONSENT", "alk"), ("INFORMED_CONSENT", "methods"),
        ("TERMS", None), ("PRIVACY", None),
    }  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_field_is_there_filled_and_fits_its_column(path):
    document = load(path)

    assert set(document) == FIELDS
    assert all(document[name].strip() for name in FIELDS - {"zone", "requires_acceptance"})
    assert all(len(document[name]) <= limit for name, limit in LIMITS.items())
    assert document["requires_acceptance"] is True


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_body_is_whole_and_uses_only_the_allowed_tags(path, language):
    body = Body(load(path)[f"body_{language}"])

    assert set(body.tags) <= {"h2", "p", "ul", "li", "a", "strong"}
    assert body.open == []
    assert body.loose == []
    assert set(body.links) <= LINKS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_both_languages_say_the_same_number_of_things(path):
    chinese, english = Body(load(path)["body_zh"]), Body(load(path)["body_en"])

    assert chinese.tags == english.tags
    assert chinese.links == english.links


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_left_to_fill_in_but_the_operator_and_the_contact(path, language):
    text = texts(load(path), language)

    assert set(re.findall(r"\{\{.*?\}\}|\{%.*?%\}", text)) == {"{{operator}}", "{{contact}}"}
    assert not re.search(r"TODO|TBD|XXX|lorem|%\(", text, re.IGNORECASE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_chinese_is_set_in_full_width_and_english_in_latin(path):
    document = load(path)

    assert HALF_WIDTH_IN_CHINESE.findall(texts(document, "zh")) == []
    assert CHINESE_IN_ENGLISH.findall(texts(document, "en")) == []


@pytest.mark.parametrize("document", the_agreements(), ids=lambda document: document["zone"])
def test_an_agreement_asks_five_to_seven_short_questions_and_links_what_it_stands_beside(document):
    body = Body(document["body_zh"])

    assert document["title_zh"] == "壹生身份认证协议书"
    assert 5 <= len(body.headings) <= 7
    assert all(heading.endswith("？") for heading in body.headings)
    assert set(body.links) == LINKS


@pytest.mark.parametrize("document", the_agreements(), ids=lambda document: document["zone"])
@pytest.mark.parametrize(
    "promise",
    ["仅面向医疗卫生专业人士", "平台运营者（名称：{{operator}}", "只用于资格认证", "单独征求同意", "不收居民身份证",
     "敏感个人信息", "满 30 天，密钥即销毁", "没有任何影响", "两步即可"],
)  # fmt: skip
def test_an_agreement_says_what_it_must(document, promise):
    assert promise in texts(document, "zh")


@pytest.mark.parametrize("zone", ["alk", "methods"])
def test_an_informed_consent_covers_the_survey_alone_and_skipping_costs_nothing(zone):
    document = load(DATA / f"informed-consent-{zone}.yaml")
    text = texts(document, "zh")

    assert document["title_zh"] == "知情同意书"
    assert all(words in text for words in ["「收集问题」", "只看汇总", "「不同意并跳过」", "没有任何后果", "撤回"])


@pytest.mark.parametrize("zone", ["alk", "methods"])
def test_an_informed_consent_counts_its_questions_right(zone):
    survey = yaml.safe_load((DATA.parents[1] / "accounts" / "data" / f"survey-{zone}.yaml").read_text(encoding="utf-8"))
    body = load(DATA / f"informed-consent-{zone}.yaml")

    assert f"共 {len(survey['questions'])} 个问题" in body["body_zh"]
    assert f"{len(survey['questions'])} questions" in body["body_en"]


def test_the_privacy_policy_lists_what_is_kept_and_for_how_long():
    text = load(DATA / "privacy.yaml")["body_zh"]
    retention = text.split("<h2>保存多久？</h2>")[1].split("<h2>")[0]

    assert retention.count("<li>") >= 10
    assert all(term in retention for term in ["30 天", "90 天", "7 天", "14 天", "6 年", "6 个月"])
