"""How plain rows stand in the admin: text is cleaned at the edge, nothing is deleted, some rows are only looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.widgets import AdminTextareaWidget, RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from portal.desk import names_of
from portal.text import CleanCharField

CODES = re.compile(r"[\w.:,+-]{1,80}", re.ASCII)  # ids, codes, dates: what a kept filter may be made of
CLEAN_FIELDS: dict[type[models.Field[Any, Any]], dict[str, Any]] = {
    models.CharField: {"form_class": CleanCharField},
    models.TextField: {"form_class": partial(CleanCharField, paragraphs=True), "widget": AdminTextareaWidget},
    models.SlugField: {"form_class": forms.SlugField},
    models.EmailField: {"form_class": forms.EmailField},
}


class NamedValues(admin.AllValuesFieldListFilter):
    """A filter over codes that have words: `words` gives them."""

    words: ClassVar[dict[str, Any]] = {}

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield choice | {"display": self.words.get(str(choice["display"]), choice["display"])}


class PlainFields:
    """Choices without the stock pop-ups: what is missing is added on its own page."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest | None, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class CatalogueAdmin(PlainFields, admin.ModelAdmin):
    """Rows that staff edit. A row is withdrawn or gets a new version; it is never deleted.

    `intro` says in a sentence what the list holds; `keys` names its keys in the list of keys.
    """

    formfield_overrides = CLEAN_FIELDS
    list_per_page = 50
    intro: Any = ""
    names: tuple[Any, Any] | None = None  # of a model of somebody else's: what a row and the list are called here
    keys = "list"

    def empty_words(self, cl: Any) -> tuple[str, str]:
        """Return what the list says when it has no rows: that, and what to do."""
        name = {"name": names_of(self.model)[1]}
        if cl.query or cl.has_active_filters:
            return _("没有符合条件的%(name)s") % name, _("换一个条件，或清除筛选。")
        if self.has_add_permission(cl.request):
            return _("还没有%(name)s") % name, _("用上面的「新增」建立第一条。")
        return _("还没有%(name)s") % name, _("有了就会出现在这里，不需要您做什么。")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        cl: Any = super().get_changelist_instance(request)
        cl.request = request
        return cl

    def count_of(self, request: HttpRequest, query: str) -> int | None:
        """Return how many rows a kept filter finds for this person; None where it no longer makes sense."""
        asked = copy(request)
        asked.GET = QueryDict(query)
        try:
            return int(self.get_changelist_instance(asked).result_count)
        except (IncorrectLookupParameters, SuspiciousOperation, PermissionDenied):
            return None

    def keepable(self, request: HttpRequest, query: QueryDict) -> dict[str, list[str]]:
        """Return what of an address may be kept as a filter: what the list offers, never words somebody searched."""
        return {
            name: values
            for name in query
            if (values := query.getlist(name)) and any(values) and self._offers(request, name, values)
        }

    def _offers(self, request: HttpRequest, name: str, values: list[str]) -> bool:
        return all(CODES.fullmatch(value) for value in values) and all(
            self.lookup_allowed(name, value, request) for value in values
        )

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """What is shown again because it could not be saved is an error to programs too."""
        response = super().render_change_form(request, context, *args, **kwargs)
        if context.get("errors"):
            response.status_code = 422
        return response

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only by what the list offers. Django lets any field of the row be asked about, hashes of passwords too."""
        filters = [item[0] if isinstance(item, list | tuple) else item for item in self.get_list_filter(request)]
        offered = {getattr(item, "parameter_name", item) for item in (*filters, self.date_hierarchy) if item}
        # PostgreSQL takes no NUL in a text, not even to look for.
        return (
            "\x00" not in str(value)
            and super().lookup_allowed(lookup, value, request)
            and any(lookup == name or lookup.startswith(f"{name}__") for name in offered)
        )


class ReadOnlyAdmin(CatalogueAdmin):
    """Rows the product writes; people with the view right look at them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LinesField(CleanCharField):
    """A list of texts, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", AdminTextareaWidget(attrs={"rows": 4}))
        kwargs.setdefault("required", False)
        super().__init__(paragraphs=True, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial) or "", (data or "").replace("\r\n", "\n")))
