"""Text at the edge."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from portal.text import CleanCharField, clean_text


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b", "a\x07b", "\x1b[31m", "a\x85b"])
def test_control_characters_and_surrogates_are_refused(bad):
    with pytest.raises(ValidationError):
        clean_text(bad)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  林 知遥 ", "林 知遥"),
        ("a\u202eb\u2066c\u200b", "abc"),
        ("e\u0301", "é"),
        ("一行\n二行", "一行 二行"),
        ("👨‍⚕️ 张", "👨‍⚕️ 张"),  # joiners between emoji stay
        ("عيسى", "عيسى"),
        ("a" + "\u0301" * 30, "á" + "\u0301" * 4),
    ],
)
def test_the_rest_is_cleaned(given, kept):
    assert clean_text(given) == kept


def test_paragraphs_keep_their_lines_but_not_their_gaps():
    assert clean_text("一\r\n\r\n\r\n\r\n二\t三", paragraphs=True) == "一\n\n二\t三"


def test_the_field_refuses_in_chinese_before_django_does():
    with pytest.raises(ValidationError, match="控制字符"):
        CleanCharField().clean("a\x00b")


def test_an_empty_optional_field_is_an_empty_text():
    assert CleanCharField(required=False).clean("") == ""
    assert CleanCharField(required=False).clean(None) == ""
