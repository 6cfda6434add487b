"""Facts and references: looked up while writing; changed by those with the right."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from articles.models import Fact, FactEvidence, Reference
from portal.catalogue import CatalogueAdmin, NamedValues, PlainFields
from portal.localise import localised


class EvidenceInline(PlainFields, admin.StackedInline):
    model = FactEvidence
    extra = 2  # ready to be filled in; what stays empty is not saved

    def get_queryset(self, request: HttpRequest) -> QuerySet[FactEvidence]:
        return super().get_queryset(request).select_related("reference")


KINDS = {
    "definition": gettext_lazy("定义"),
    "development": gettext_lazy("研发"),
    "economics": gettext_lazy("费用"),
    "efficacy": gettext_lazy("疗效"),
    "epidemiology": gettext_lazy("流行病学"),
    "framing": gettext_lazy("立论"),
    "mechanism": gettext_lazy("机制"),
    "recommendation": gettext_lazy("推荐"),
    "safety": gettext_lazy("安全性"),
}


class KindFilter(NamedValues):
    words = KINDS


@admin.register(Fact)
class FactAdmin(CatalogueAdmin):
    """A changed verdict or note shows when the article is published again."""

    intro = gettext_lazy("文章里的每一条论断：数字、核对结果与出处")
    search_help_text = gettext_lazy("编号或论断的一部分")
    list_display = ["key", "section", "claim", "verdict"]
    list_filter = ["verdict", ("kind", KindFilter), "section"]
    search_fields = ["key", "claim_zh", "claim_en"]
    ordering = ["section", "key"]
    inlines = [EvidenceInline]

    @admin.display(description=gettext_lazy("论断"), ordering="claim_zh")
    def claim(self, fact: Fact) -> str:
        return str(localised(fact, "claim"))


CONFIDENCE = {"high": gettext_lazy("高"), "medium": gettext_lazy("中"), "low": gettext_lazy("低")}
BASES = {"search": gettext_lazy("检索时所见"), "knowledge": gettext_lazy("凭已有知识")}


class ConfidenceFilter(NamedValues):
    words = CONFIDENCE


class BasisFilter(NamedValues):
    words = BASES


@admin.register(Reference)
class ReferenceAdmin(CatalogueAdmin):
    intro = gettext_lazy("文章所引的文献")
    search_help_text = gettext_lazy("代号，或题名、作者的一部分")
    list_display = ["key", "citation", "how_sure", "seen_how"]
    list_filter = [("confidence", ConfidenceFilter), ("basis", BasisFilter)]
    search_fields = ["key", "citation"]
    ordering = ["key"]

    @admin.display(description=gettext_lazy("可信度"), ordering="confidence")
    def how_sure(self, reference: Reference) -> str:
        return str(CONFIDENCE.get(reference.confidence, reference.confidence))

    @admin.display(description=gettext_lazy("依据"), ordering="basis")
    def seen_how(self, reference: Reference) -> str:
        return str(BASES.get(reference.basis, reference.basis))
