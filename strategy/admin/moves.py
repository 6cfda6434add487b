"""Drafting, importing, handing over, sending back, giving up, withdrawing: each on the version that was seen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.models import Fact
from portal.text import CleanCharField
from portal.workflow import TransitionError
from strategy.admin.reaching import find, gone, seen, to_version
from strategy.admin.tables import version_page
from strategy.models import RuleSet, RuleSetVersion
from strategy.models.rights import WRITE, sha256_of
from strategy.nodes import MAX_CHARACTERS, RuleSetError
from strategy.reading import read_ruleset

SHORTEST = 4


class NoteForm(forms.Form):
    """A word that goes with a move."""

    note = CleanCharField(
        label=gettext_lazy("说明"),
        max_length=300,
        min_length=SHORTEST,
        error_messages={
            "required": gettext_lazy("请写明原因或改动。"),
            "min_length": gettext_lazy("请写得具体些。"),
        },
    )


class ImportForm(forms.Form):
    """A rule set as YAML, in the shape of an export. Pasted: the portal takes files from people with a case alone."""

    text = forms.CharField(
        label=gettext_lazy("YAML 文字"),
        strip=False,
        max_length=MAX_CHARACTERS,
        error_messages={"required": gettext_lazy("请粘贴文字。")},
        widget=forms.Textarea(attrs={"rows": 16, "class": "input source-code", "spellcheck": "false"}),
    )

    def clean_text(self) -> str:
        source: str = self.cleaned_data["text"].replace("\r\n", "\n")  # as browsers send a text's lines
        try:
            read_ruleset(source, known_facts=set(Fact.objects.values_list("key", flat=True)))
        except RuleSetError as error:
            raise forms.ValidationError(str(error)) from error
        return source


@require_POST
def start(request: HttpRequest, rule_set: int) -> HttpResponse:
    """起草新版: the person's open draft, or a new one from what readers use."""
    found = get_object_or_404(RuleSet, pk=rule_set)
    try:
        version = RuleSetVersion.start(found, by=request.user, at=timezone.now())
    except RuleSetVersion.DoesNotExist as error:
        messages.warning(request, str(error))
        return redirect("admin:strategy_rulesetversion_import", rule_set)
    return to_version(version)


@require_http_methods(["GET", "HEAD", "POST"])
def import_text(request: HttpRequest, rule_set: int) -> HttpResponse:
    """A new draft from YAML, kept to the letter."""
    found = get_object_or_404(RuleSet.objects.select_related("zone"), pk=rule_set)
    if not request.user.has_perm(WRITE):
        raise PermissionDenied(_("您没有起草规则集的权限。"))
    form = ImportForm(request.POST) if request.method == "POST" else ImportForm()
    if request.method == "POST" and form.is_valid():
        based_on, source, now = found.current_version(), form.cleaned_data["text"], timezone.now()
        version = RuleSetVersion.draft(found, source, by=request.user, at=now, based_on=based_on)
        messages.success(request, _("已导入为草稿，逐字保存。"))
        return to_version(version)
    context = {"rule_set": found, "form": form, "desk_at": "rulesetversion"}
    return render(request, "admin/strategy/import.html", context, status=422 if form.errors else 200)


@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The stored text, byte for byte."""
    version = find(request, pk)
    response = HttpResponse(version.source.encode(), content_type="application/yaml; charset=utf-8")
    name = f"{version.rule_set.slug}-v{version.number}.yaml"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-SHA256"] = sha256_of(version.source)
    return response


@require_POST
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """接手: the draft is held by this person from now on."""
    version = find(request, pk)
    try:
        version.take_over(by=request.user, seen=seen(request), at=timezone.now())
    except TransitionError as error:
        return gone(request, error.stored)
    messages.success(request, _("这份草稿现在由您编辑。"))
    return to_version(version)


@require_POST
def move(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """submit, send-back, discard, withdraw: with a word, on the version that was on the screen."""
    version = find(request, pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        context = version_page(request, version) | {"note_form": form, "note_for": act}
        return render(request, "admin/strategy/version.html", context, status=422)
    make: Any = {
        "submit": version.submit,
        "send-back": version.send_back,
        "discard": version.discard,
        "withdraw": version.withdraw,
    }[act]
    try:
        make(by=request.user, seen=seen(request), at=timezone.now(), note=form.cleaned_data["note"])
    except TransitionError as error:
        return gone(request, error.stored)
    words = {
        "submit": _("已提交，等另一位编辑审阅。"),
        "send-back": _("已退回为草稿。"),
        "discard": _("草稿已作废，仍可在列表中查看。"),
        "withdraw": _("已撤回；上一已发布的版本（如有）重新生效。"),
    }
    messages.success(request, words[act])
    return to_version(version)
