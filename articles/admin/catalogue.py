"""Facts and references: looked up while writing; changed by those with the right."""

from __future__ import annotations

from django.contrib import admin

from articles.models import Fact, FactEvidence, Reference
from portal.catalogue import CatalogueAdmin


class EvidenceInline(admin.TabularInline):
    model = FactEvidence
    extra = 0
    autocomplete_fields = ["reference"]


@admin.register(Fact)
class FactAdmin(CatalogueAdmin):
    """A changed verdict or note shows when the article is published again."""

    list_display = ["key", "section", "claim_zh", "verdict"]
    list_filter = ["verdict", "kind", "section"]
    search_fields = ["key", "claim_zh", "claim_en"]
    ordering = ["section", "key"]
    inlines = [EvidenceInline]


@admin.register(Reference)
class ReferenceAdmin(CatalogueAdmin):
    list_display = ["key", "citation", "confidence", "basis"]
    list_filter = ["confidence", "basis"]
    search_fields = ["key", "citation"]
    ordering = ["key"]
