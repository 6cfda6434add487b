"""Text is cleaned at the edge: NFC, no control characters, no stray bidi marks, no towers of combining marks."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

BIDI = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad\u180e"))
MARKS_RUN = re.compile(r"(\w?)([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{5,})")


def clean_text(value: str, *, paragraphs: bool = False) -> str:
    """Return the text fit to store and show. ValidationError for NUL, surrogates and control characters."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    for character in value:
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and not (character in "\n\t" and paragraphs)):
            if character in "\n\t":
                continue
            raise ValidationError(_("含有不可见的控制字符，请删除后重试。"), code="control")
    value = unicodedata.normalize("NFC", value.translate(BIDI).translate(INVISIBLE))
    value = MARKS_RUN.sub(lambda match: match[1] + match[2][:4], value)
    if paragraphs:
        return re.sub(r"\n{3,}", "\n\n", value).strip()
    return re.sub(r"\s+", " ", value).strip()


class CleanCharField(forms.CharField):
    """A CharField whose value went through clean_text; `paragraphs` keeps line breaks."""

    def __init__(self, *, paragraphs: bool = False, **kwargs: Any) -> None:
        self.paragraphs = paragraphs
        if paragraphs:
            kwargs.setdefault("widget", forms.Textarea)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        # Django's own NUL validator runs later; ours answers first and in our words.
        if isinstance(value, str):
            value = clean_text(value, paragraphs=self.paragraphs)
        return super().to_python(value) or ""
