"""`words`: a text of the rule set in the reader's language."""

from __future__ import annotations

from django import template

from strategy import forms
from strategy.rules import Text

register = template.Library()


@register.filter
def words(text: Text) -> str:
    """{{ group.title|words }}"""
    return forms.words(text)


@register.filter
def grouped(number: int) -> str:
    """{{ 451584|grouped }} is 451,584 in either language; the locale would group Chinese numbers by four."""
    return f"{number:,}"
