"""How plain rows stand in the admin: text is cleaned at the edge, nothing is deleted, some rows are only looked at."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.http import HttpRequest

from portal.text import CleanCharField

CLEAN_FIELDS: dict[type[models.Field[Any, Any]], dict[str, Any]] = {
    models.CharField: {"form_class": CleanCharField},
    models.TextField: {"form_class": partial(CleanCharField, paragraphs=True), "widget": AdminTextareaWidget},
    models.SlugField: {"form_class": forms.SlugField},
    models.EmailField: {"form_class": forms.EmailField},
}


class CatalogueAdmin(admin.ModelAdmin):
    """Rows that staff edit. A row is withdrawn or gets a new version; it is never deleted."""

    formfield_overrides = CLEAN_FIELDS
    list_per_page = 50

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
