"""Names stay whole and titles end in company, whatever the text holds; nothing becomes markup that was not."""

from __future__ import annotations

import re

import pytest
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from portal.names import titled, whole

pytestmark = pytest.mark.pure
KEPT = re.compile(r'<span class="nb(?: long)?">(.*?)</span>')


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("检出EML4-ALK融合", ["EML4-ALK"]),
        ("用过 ALK-TKI，选择洛拉替尼或阿来替尼。", ["ALK-TKI", "洛拉替尼", "阿来替尼"]),
        ("L1196M/G1202R 复合突变", ["L1196M/G1202R"]),
        ("L1196M/C1156Y/I1171T/G1202R", ["L1196M", "C1156Y", "I1171T", "G1202R"]),
        ("PI3K/AKT/mTOR 通路", ["PI3K/AKT/mTOR"]),
        ("PD-1、TPX-0131、ALTA-1L 与 EML4::ALK", ["PD-1", "TPX-0131", "ALTA-1L", "EML4::ALK"]),
        ("贝伐珠单抗加卡铂、培美曲塞", ["贝伐珠单抗", "卡铂", "培美曲塞"]),
        ("均强于克唑替尼", ["克唑替尼"]),
        ("p.Gly1202Arg 与 L1196M", ["p.Gly1202Arg", "L1196M"]),
        (mark_safe("<b>ALK</b>-TKI"), ["-TKI"]),
        ("EGFR-dependent-resistance", ["EGFR-dependent-resistance"]),
    ],
)
def test_a_name_is_kept_whole(text, kept):
    assert KEPT.findall(whole(text)) == kept


@pytest.mark.parametrize("text", ["2026-06-12", "3%–7%", "约 10 分钟", "state-of-the-art", "MET 与 ALK", "病灶1-3个"])
def test_what_is_no_name_stays_as_it_is(text):
    assert whole(text) == text


def test_text_is_escaped_and_markup_left_alone():
    assert whole("<b>ALK-TKI</b>") == '&lt;b&gt;<span class="nb">ALK-TKI</span>&lt;/b&gt;'
    markup = mark_safe('<a title="ALK-TKI" href="/EML4-ALK/">EML4-ALK &amp; ROS1</a><svg><text>ALK-TKI</text></svg>')
    assert whole(markup) == (
        '<a title="ALK-TKI" href="/EML4-ALK/"><span class="nb">EML4-ALK</span> &amp; <span class="nb">ROS1</span></a>'
        "<svg><text>ALK-TKI</text></svg>"
    )


@given(st.text(alphabet="ALK12-/替尼洛拉<>&\"' .::a", max_size=60))
def test_words_are_never_changed(text):
    plain = re.sub(r"<[^>]*>", "", whole(text))
    for entity, sign in {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&amp;": "&"}.items():
        plain = plain.replace(entity, sign)
    assert plain == text


def test_a_title_breaks_between_phrases_and_every_end_stays_together():
    assert titled(["ALK 阳性", "治疗策略"]) == 'ALK 阳性<wbr>治疗<span class="nb">策略</span>'
    assert titled("经治患者的治疗策略") == '经治患<span class="nb">者的</span><wbr>治疗<span class="nb">策略</span>'
    assert titled("专区") == "专区"
    assert titled("怎样选择洛拉替尼") == '怎样选择<span class="nb">洛拉替尼</span>'
    assert titled("协议谈什么？") == '协议谈<span class="nb">什么？</span>'
    assert titled("<b>治疗策略") == '&lt;b&gt;治疗<span class="nb">策略</span>'
