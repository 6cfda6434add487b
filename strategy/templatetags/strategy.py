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
