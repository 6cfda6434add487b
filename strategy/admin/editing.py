"""One part of a draft: a form that changes its shape without a script, and is saved into the draft's text.

Anybody who may look sees the form; only who holds the draft can send it. A stale page is answered 409 with everything
that was typed, and what is stored beside it; sending it again then stores it.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from articles.models import Fact
from portal.workflow import TransitionError
from strategy.admin.part_form import PartForm
from strategy.admin.reaching import find, gone, may_edit, seen, to_version
from strategy.admin.wording import SECTIONS, TABLES
from strategy.document import KEY_OF, Document
from strategy.models import RuleSetVersion
from strategy.models.rights import WRITE
from strategy.nodes import RuleSetError
from strategy.reading import read_ruleset


@require_http_methods(["GET", "HEAD", "POST"])
def part(request: HttpRequest, pk: int, section: str, key: str = "") -> HttpResponse:
    """GET: the part as stored. POST: `act=save` stores it, anything else only changes the form's shape."""
    version = find(request, pk)
    form = _form(version, section, key)
    if request.method != "POST":
        table = request.GET.get("table", "")
        form.show({"table": table if table in TABLES else "", "priority": 50, "type": "single", "step": 1})
        return render(request, "admin/strategy/part.html", _page(request, version, form))
    form.read(request.POST)
    verb, _space, path = request.POST.get("act", "save").partition(":")
    if verb != "save":
        form.act(verb, path[:200], request.POST)
        return render(request, "admin/strategy/part.html", _page(request, version, form))
    if not request.user.has_perm(WRITE):
        raise PermissionDenied(_("您没有起草规则集的权限。"))
    return _save(request, version, form)


def _save(request: HttpRequest, version: RuleSetVersion, form: PartForm) -> HttpResponse:
    text = form.text(set(Fact.objects.values_list("key", flat=True)))
    if not text:
        return render(request, "admin/strategy/part.html", _page(request, version, form), status=422)
    key = form.key or getattr(form, "key_made", "")
    try:
        version.rewrite(text, by=request.user, seen=seen(request), at=timezone.now(), parts=[f"{form.section}/{key}"])
    except TransitionError as error:
        return _stale(request, error.stored, form)
    messages.success(request, _("已保存到草稿：%(key)s。") % {"key": key})
    return to_version(version, form.section)


def _stale(request: HttpRequest, stored: Any, form: PartForm) -> HttpResponse:
    """What was typed stays on the page. Who still holds the draft may send it again, on top of what is stored now."""
    context = _page(request, stored, form) | {"is_stale": True, "is_held": stored.held_by_id != request.user.pk}
    return render(request, "admin/strategy/part.html", context, status=409)


@require_POST
def remove(request: HttpRequest, pk: int, section: str, key: str) -> HttpResponse:
    """Take a part out of the draft; refused, with the place, while something refers to it."""
    version = find(request, pk)
    if section not in KEY_OF:
        raise Http404
    form = _form(version, section, key)
    try:
        text = Document(version.source).remove(section, key)
        read_ruleset(text)
        version.rewrite(text, by=request.user, seen=seen(request), at=timezone.now(), parts=[f"-{section}/{key}"])
    except RuleSetError as error:
        form.show()
        words = _("不能删除：还有别处用到它，或它必不可少（%(reason)s）。") % {"reason": error}
        form.errors.append(words)
        return render(request, "admin/strategy/part.html", _page(request, version, form), status=422)
    except TransitionError as error:
        return gone(request, error.stored)
    messages.success(request, _("已从草稿中删除：%(key)s。") % {"key": key})
    return to_version(version, section)


def _form(version: RuleSetVersion, section: str, key: str) -> PartForm:
    if section not in SECTIONS or (not key and section not in KEY_OF):
        raise Http404
    try:
        return PartForm(version, section, key)
    except KeyError as error:
        raise Http404 from error


def _page(request: HttpRequest, version: RuleSetVersion, form: PartForm) -> dict[str, Any]:
    return {
        "version": version,
        "form": form,
        "section": form.section,
        "section_name": SECTIONS[form.section],
        "may_edit": may_edit(request, version),
        "may_remove": bool(form.key) and form.section in KEY_OF,
        "desk_at": "rulesetversion",
    }
