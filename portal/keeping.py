"""Kept filters of the desk's lists: keep what the address of a list says, see the rows counted, drop it again."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.models import KeptFilter
from portal.models.kept_filter import MOST, TooMany
from portal.text import CleanCharField

LONGEST = 400  # characters of a kept address


class KeepForm(forms.Form):
    """A name, the list, and the query that is on the screen."""

    name = CleanCharField(max_length=40)
    table = CleanCharField(max_length=80)
    query = CleanCharField(max_length=2000, required=False)


def list_of(label: str) -> Any:
    """Return the desk's list of a model by its label, or None where there is none."""
    for model, model_admin in admin.site._registry.items():
        if model._meta.label_lower == label and hasattr(model_admin, "keepable"):
            return model_admin
    return None


def address_of(label: str) -> str:
    """The address of a list."""
    return reverse(f"admin:{label.replace('.', '_')}_changelist")


def wanted(request: HttpRequest, model_admin: Any, query: str) -> str:
    """Return what of a query may be kept, in one order of its own, so that the same filter reads the same."""
    kept = QueryDict(mutable=True)
    if not query:
        return ""
    for name, values in sorted(model_admin.keepable(request, QueryDict(query)).items()):
        kept.setlist(name, values)
    return kept.urlencode()


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the filter of the list the person came from."""
    form = KeepForm(request.POST)
    model_admin = list_of(request.POST.get("table", ""))
    if model_admin is None or not model_admin.has_view_permission(request):
        raise PermissionDenied(_("没有这个列表，或您没有查看它的权限。"))
    table = model_admin.opts.label_lower
    if not form.is_valid():
        messages.error(request, _("请给筛选起一个名字，最多 40 个字。"))
        return redirect(_back(request, table))
    query = wanted(request, model_admin, form.cleaned_data["query"])
    if not query or len(query) > LONGEST:
        messages.error(request, _("先选好筛选条件，再保存。搜索的文字不会保存。"))
        return redirect(_back(request, table))
    name = form.cleaned_data["name"]
    try:
        KeptFilter.objects.keep(request.user, table, name, query, at=timezone.now())
    except TooMany:
        messages.error(request, _("每个列表最多保存 %(most)d 个筛选，请先删除不用的。") % {"most": MOST})
    else:
        messages.success(request, _("已保存筛选「%(name)s」。") % {"name": name})
    return redirect(f"{address_of(table)}?{query}")


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one of the person's own."""
    row = get_object_or_404(KeptFilter.objects.of(request.user), pk=pk)
    row.delete()
    messages.success(request, _("已删除筛选「%(name)s」。") % {"name": row.name})
    return redirect(_back(request, row.table))


def _back(request: HttpRequest, table: str) -> str:
    """The list as it was, if the form says so in an address of this site's; else the list."""
    here, came = address_of(table), request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(came, allowed_hosts=None) and urlsplit(came).path == here
    return came if is_ours else here
