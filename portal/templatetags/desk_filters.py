"""{% kept_filters "articles.comment" %}: the filters a person keeps of a list, as links with counts."""

from __future__ import annotations

from typing import Any

from django import template

from portal import keeping
from portal.models import KeptFilter

register = template.Library()


@register.inclusion_tag("admin/_kept.html", takes_context=True)
def kept_filters(context: Any, table: str) -> dict[str, Any]:
    """The person's own of this list; `query` is what of the page's address could be kept."""
    request = context["request"]
    model_admin = keeping.list_of(table)
    if model_admin is None:
        return {"kept": [], "query": ""}
    query = keeping.wanted(request, model_admin, request.GET.urlencode())
    rows = list(KeptFilter.objects.of(request.user, table))
    kept = [{"row": row, "count": model_admin.count_of(request, row.query)} for row in rows]
    is_kept = query in {row.query for row in rows}
    return {
        "kept": kept,
        "query": query,
        "may_keep": bool(query) and not is_kept,
        "table": table,
        "back": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
    }
