"""The words themselves: the rules can find what they are for, and sources, scripts and messages keep them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.utils import translation

from portal.localise import spaced
from tests.portal.test_locale import CONTEXT, pairs
from tests.portal.wording import Words, faults_of_chinese, faults_of_english, foreign_words

ROOT = Path(settings.BASE_DIR)
PLACED = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\{?\w*\}?\}|<[^>]+>|^#, .*$", re.MULTILINE)
MESSAGES = sorted((ROOT / "templates").rglob("*.txt"))
SCRIPTS = sorted(path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts)
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.DOTALL)
# Two or more words in a string of a script would be shown in one language only; selectors and types are no words.
SPOKEN = re.compile(r"([\"'`])([A-Z][a-z]+(?: [a-z]+)+[.!?]?)\1")

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("请稍候,再试。", "half-width punctuation"),
        ("没有找到?", "half-width punctuation"),
        ("邮箱:", "half-width punctuation"),
        ("资质(照片)", "half-width punctuation"),
        ("按“提交”继续", "quotation marks"),
        ("按'提交'继续", "quotation marks"),
        ("正在载入...", "ellipsis"),
        ("审核 通过", "space between Han"),
        ("已通过。 请进入", "space beside full-width punctuation"),
        ("请看 「我的」", "space beside full-width punctuation"),
        ("约5 分钟", "no space between Han and Latin"),
        ("约 5分钟", "no space between Han and Latin"),
        ("共 %(count)s 件", "placeholder"),
        ("共 {{ count }} 件", "placeholder"),
        ("姓名&nbsp;不一致", "placeholder"),
        ("ALK  阳性", "double space"),
    ],
)
def test_a_fault_in_chinese_is_found(text, fault):
    assert fault in faults_of_chinese(text)


@pytest.mark.parametrize(
    "text",
    [
        "您已通过HCP身份认证和信息审核",
        "提交于 2026年6月9日 14:30，有效至 2027年6月9日。",
        "「『多数有效』存疑」，洛拉替尼（三代）降一级；见 ALK-TKI 一节。",
        "每个不超过 10 MB，最多 5 个：JPEG、PNG 或 PDF",
        "已传 62%，断网会自动重试……",
        "Only English.",
    ],
)
def test_good_chinese_is_left_alone(text):
    assert faults_of_chinese(text) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Submit 审核", "Chinese"),
        ("Sent， thank you", "full-width mark"),
        ("“Me” → 「我的」", "full-width mark"),
        ("Try again .", "space before a mark"),
        ("%(name)s decided", "placeholder"),
        ("Two  spaces", "double space"),
    ],
)
def test_a_fault_in_english_is_found(text, fault):
    assert fault in faults_of_english(text)


def test_a_word_that_nobody_translated_is_found_among_names_and_codes():
    text = "ALK-TKI 与 mPFS、ctDNA，文件 proof.pdf，写信到 who@example.org，Submit 之后，Cookie"

    assert foreign_words(text, {"Cookie"}) == ["Submit"]


def test_the_texts_of_a_page_are_found_wherever_they_are_said():
    page = (
        '<html lang="zh-Hans"><title>甲</title><script>"乙"</script><p data-words="丙">丁<span class="nb">ALK</span>戊'
        '<img alt="己"><b lang="en">F</b></p>'
    )

    assert [(said.language, said.text) for said in Words(page).found] == [
        ("zh-Hans", "甲"),
        ("zh-Hans", "丙"),
        ("zh-Hans", "丁ALK戊"),
        ("zh-Hans", "己"),
        ("en", "F"),
    ]


def test_what_is_put_together_is_spaced_like_what_is_written():
    assert (
        spaced("当前药物ALK-TKI 为 伊鲁阿克 或 洛拉替尼； 其余见5 处")
        == "当前药物 ALK-TKI 为伊鲁阿克或洛拉替尼；其余见 5 处"
    )
    with translation.override("en"):
        assert spaced("as it is") == "as it is"


def test_every_source_text_is_well_written_in_both_languages():
    said = [(PLACED.sub("□", chinese), PLACED.sub("□", english)) for chinese, english in pairs()]

    assert [(text, faults) for text, _english in said if (faults := faults_of_chinese(text))] == []
    assert [(text, faults) for _chinese, text in said if (faults := faults_of_english(text))] == []


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.name)
def test_a_message_is_well_written_in_both_languages(path):
    template = engines["django"].get_template(str(path.relative_to(ROOT / "templates")))
    faults = {}
    for language, rules in (("zh-hans", faults_of_chinese), ("en", faults_of_english)):
        chinese = {"site_name": "医学专区", "current_site": {"name": "医学专区"}, "message": "好。", "reason": "离任。"}
        with translation.override(language):
            text = template.render(CONTEXT | {"at": CONTEXT["until"]} | (chinese if language != "en" else {}))
        faults[language] = [(line, rules(line)) for line in text.splitlines() if rules(line)]

    assert faults == {"zh-hans": [], "en": []}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_brings_no_words_of_its_own(path):
    source = COMMENT.sub("", path.read_text(encoding="utf-8"))

    assert re.findall(r"[\u3400-\u9fff]+", source) == []
    assert [found[1] for found in SPOKEN.findall(source)] == []
