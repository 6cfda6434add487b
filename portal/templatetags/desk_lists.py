"""Lists and forms of the admin in the portal's own hand: rows, filters, fixed values, and what an empty list says.

Django's own tags write markup; these give values, and the templates in templates/admin/ draw them with our parts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django import template
from django.contrib.admin.helpers import AdminReadonlyField
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import lookup_field
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import operating
from portal.desk import APPS, names_of
from portal.templatetags.portal import HAN, day, moment

register = template.Library()
NOTHING = "—"
FEW = 8  # so many values of a filter stand open; more are folded under the one that is chosen
TICK = "action_checkbox"
CODE = re.compile(r"[a-z0-9]+(?:[._:-][a-z0-9]+)+")


NAMES = {  # fields nobody named for people: what they are called where they are shown
    "public id": gettext_lazy("公开编号"),
    "zone": gettext_lazy("专区"),
    "person": gettext_lazy("人员编号"),
    "kind": gettext_lazy("种类"),
    "version": gettext_lazy("版本"),
    "language": gettext_lazy("语言"),
    "form": gettext_lazy("界面版本"),
    "shown sha256": gettext_lazy("全文的散列"),
    "sha256": gettext_lazy("内容的散列"),
    "created by": gettext_lazy("起草人"),
    "published by": gettext_lazy("发布人"),
    "asked by": gettext_lazy("提出人"),
    "viewer": gettext_lazy("查看者"),
    "seq": gettext_lazy("序号"),
    "mac": gettext_lazy("校验码"),
}


def named(label: Any) -> str:
    """Return what a field is called: its own name, or the one above for those without."""
    words = str(label)
    return str(NAMES.get(words[:1].lower() + words[1:], words))


@dataclass(frozen=True, slots=True)
class Value:
    """One thing a row or a form says. `lang` is set where a stored text is in another language than the page."""

    text: Any
    is_yes: bool | None = None
    lang: str = ""
    url: str = ""
    label: str = ""
    is_markup: bool = False
    is_time: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to say: such a line is left out on a phone."""
        return bool(self.text == NOTHING)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list: the object, where it leads, its values."""

    pk: Any
    name: str
    values: list[Value]


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of a list: its name, what may be chosen, what is."""

    title: str
    choices: list[dict[str, Any]] = field(default_factory=list)

    @property
    def chosen(self) -> str:
        """The words of what is chosen."""
        return next((str(choice["display"]) for choice in self.choices if choice["selected"]), "")

    @property
    def is_long(self) -> bool:
        """Whether its values are folded."""
        return len(self.choices) > FEW

    @property
    def is_on(self) -> bool:
        """Whether it leaves anything out: the first choice is everything."""
        return bool(self.choices) and not self.choices[0]["selected"]


def said(value: Any, *, is_stored: bool = True) -> Value:
    """Return how a value reads; `is_stored`: words from the database, which keep their language."""
    if isinstance(value, bool):
        return Value(_("是") if value else _("否"), is_yes=value)
    if isinstance(value, datetime):
        return Value(moment(value), is_time=True)
    if isinstance(value, date):
        return Value(day(value), is_time=True)
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False, indent=2)
    if isinstance(value, list | tuple | set):
        value = _("、").join(str(item) for item in value)
    if hasattr(value, "__html__"):  # markup a page of ours made
        return Value(value or NOTHING, is_markup=bool(value))
    text = "" if value is None else str(value)
    is_chinese = is_stored and translation.get_language() == "en" and HAN.search(text)
    return Value(text or NOTHING, lang="zh-Hans" if is_chinese else "")


def value_of(name: Any, row: Any, model_admin: Any) -> Value:
    """Return what a column or a fixed field says of this object."""
    try:
        found, attr, value = lookup_field(name, row, model_admin)
    except (AttributeError, ObjectDoesNotExist):
        return Value(NOTHING)
    if found is None:
        return said(bool(value) if getattr(attr, "boolean", False) and value is not None else value)
    if getattr(found, "flatchoices", None):
        return said(dict(found.flatchoices).get(value, value), is_stored=False)
    if isinstance(found, models.ManyToManyField):
        return said([str(item) for item in value.all()])
    if isinstance(found.remote_field, models.ManyToOneRel):
        return said(getattr(row, found.name))
    return said(value)


@register.simple_tag
def list_headers(cl: Any) -> list[dict[str, Any]]:
    """The heads of a list's columns with their ways to sort, without the one of the boxes."""
    headers = [header | {"text": named(header["text"])} for header in result_headers(cl)]
    return headers[1:] if TICK in cl.list_display else headers


@register.simple_tag
def list_rows(cl: Any) -> list[Row]:
    """The rows of this page of a list."""
    names = [name for name in cl.list_display if name != TICK]
    labels = [str(header["text"]) for header in list_headers(cl)]
    return [Row(row.pk, str(row), list(_values(cl, row, names, labels))) for row in cl.result_list]


def _values(cl: Any, row: Any, names: list[str], labels: list[str]) -> Iterator[Value]:
    links = cl.list_display_links if cl.list_display_links is not None else ()
    for index, name in enumerate(names):
        value = value_of(name, row, cl.model_admin)
        is_link = name in links or (not links and index == 0 and cl.list_display_links is not None)
        url = _address(cl, row) if is_link else ""
        yield replace(value, url=url, label=labels[index])


def _address(cl: Any, row: Any) -> str:
    try:
        url = cl.url_for_result(row)
    except NoReverseMatch:
        return ""
    return str(add_preserved_filters({"preserved_filters": cl.preserved_filters, "opts": cl.opts}, url))


@register.simple_tag
def list_filters(cl: Any) -> list[Filter]:
    """The filters of a list that have something to choose."""
    return [Filter(named(spec.title), [_choice(choice) for choice in spec.choices(cl)]) for spec in cl.filter_specs]


def _choice(choice: dict[str, Any]) -> dict[str, Any]:
    """A value of a filter; a code is drawn as one."""
    return choice | {"is_code": bool(CODE.fullmatch(str(choice["display"])))}


@register.simple_tag
def list_page(cl: Any, number: int) -> str:
    """The address of another page of the list."""
    return str(cl.get_query_string({PAGE_VAR: number}))


@register.simple_tag
def empty_words(cl: Any) -> dict[str, Any]:
    """What the list says when it has no rows: title and text (portal/catalogue.py)."""
    title, text = cl.model_admin.empty_words(cl)
    return {"title": title, "text": text, "is_narrowed": bool(cl.query or cl.has_active_filters)}


@register.simple_tag
def list_hidden(cl: Any) -> list[tuple[str, str]]:
    """What a search keeps of the address: the filters, not the old search and not the page."""
    pairs = cl.params.items()
    return [(key, item) for key, value in pairs if key != SEARCH_VAR for item in _texts(value)]


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


@register.simple_tag(takes_context=True)
def fixed(context: Any, item: AdminReadonlyField) -> Value:
    """What a field that is only looked at says, with the way to the object it names, for who may see that."""
    name, row = item.field["field"], item.form.instance
    value = value_of(name, row, item.model_admin)
    other = getattr(row, name, None) if isinstance(name, str) and value.text != NOTHING else None
    desk: Any = item.model_admin
    site = desk.admin_site
    if not isinstance(other, models.Model) or not site.is_registered(type(other)):
        return value
    if not site.get_model_admin(type(other)).has_view_permission(context["request"], other):
        return value
    opts = other._meta
    url = reverse(f"{site.name}:{opts.app_label}_{opts.model_name}_change", args=[other.pk])
    return replace(value, url=url)


@register.filter
def one(opts: Any) -> str:
    """What a row of this model is called."""
    return names_of(opts.model)[0]


@register.filter
def many(opts: Any) -> str:
    """What the list of this model is called."""
    return names_of(opts.model)[1]


@register.filter
def app_name(opts: Any) -> str:
    """What the part of the desk is called that the model stands in."""
    return str(APPS.get(opts.app_label, opts.app_config.verbose_name))


@register.filter
def called(label: Any) -> str:
    """What a field is called."""
    return named(label)


@register.simple_tag(takes_context=True)
def all_fixed(context: Any, fieldset: Any) -> list[tuple[str, Value]]:
    """The labels and values of a part of a form in which nothing can be changed; empty where something can."""
    items = [item for line in fieldset for item in line]
    if not all(getattr(item, "is_readonly", False) for item in items):
        return []
    return [(named(item.field["label"]), fixed(context, item)) for item in items]


@register.simple_tag
def form_errors_below(formsets: Any) -> list[tuple[str, str, str]]:
    """What is wrong in the rows under a form: the field's id, its label, the words."""
    found = []
    for formset in formsets:
        for form in formset.formset.forms:
            found += [("", "", str(error)) for error in form.non_field_errors()]
            found += [(bound.id_for_label, str(bound.label), str(error)) for bound in form for error in bound.errors]
    return found


@register.simple_tag
def operating_numbers() -> dict[str, Any]:
    """What operators' part of the first page says."""
    return operating.numbers(at=timezone.now())
