"""The two grave acts, each behind a second factor used just now: publishing, and the clinician's signature."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.desk import ask_factor_again
from portal.text import CleanCharField
from portal.workflow import TransitionError
from strategy import proving
from strategy.admin.reaching import find, gone, seen, to_version
from strategy.loading import compiled
from strategy.models import ClinicalSignature, NotProven, RuleSetVersion
from strategy.models.rights import PUBLISH, SIGN
from strategy.prover.words import patient_words


class PublishForm(forms.Form):
    """A word to the readers of the history."""

    note = CleanCharField(label=gettext_lazy("给起草人的话（可不填）"), max_length=300, required=False)


class SignForm(forms.Form):
    """Who signs, shown to every reader."""

    name = CleanCharField(label=gettext_lazy("姓名"), max_length=60)
    title = CleanCharField(label=gettext_lazy("职称与单位"), max_length=120)
    licence_basis = CleanCharField(
        label=gettext_lazy("执业资格依据"),
        max_length=160,
        help_text=gettext_lazy("例如执业医师资格的类别与执业范围。向读者公开，请勿填写证件号码。"),
    )
    confirmed = forms.BooleanField(
        label=gettext_lazy("我已逐条审阅这一版的条目、提示与安全说明，以上述身份对其临床内容负责。"),
        error_messages={"required": gettext_lazy("请确认已逐条审阅。")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: what stands in the way, or the button. POST: readers get this version on their next request."""
    version = find(request, pk)
    if not request.user.has_perm(PUBLISH):
        raise PermissionDenied(_("您没有发布规则集的权限。"))
    if (detour := ask_factor_again(request)) is not None:
        return detour
    form = PublishForm(request.POST or None)
    if request.method != "POST":
        return render(request, "admin/strategy/publish.html", _to_publish(request, version, form))
    if not form.is_valid():
        return render(request, "admin/strategy/publish.html", _to_publish(request, version, form), status=422)
    try:
        version.publish(by=request.user, seen=seen(request), at=timezone.now(), note=form.cleaned_data["note"])
    except TransitionError as error:
        return gone(request, error.stored)
    except NotProven as error:
        context = _to_publish(request, version, form) | {"refusal": str(error)}
        return render(request, "admin/strategy/publish.html", context, status=422)
    messages.success(request, _("已发布，读者的下一次请求就会用到。"))
    return to_version(version)


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """临床审核: a named clinician signs the text of exactly this hash."""
    version = find(request, pk)
    if not request.user.has_perm(SIGN):
        raise PermissionDenied(_("您没有临床审核的权限。"))
    if (detour := ask_factor_again(request)) is not None:
        return detour
    person: Any = request.user
    initial = {"name": person.display_name, "title": person.display_title}
    form = SignForm(request.POST or None, initial=initial)
    context = {
        "version": version,
        "form": form,
        "was_editor": version.was_edited_by(request.user),
        "desk_at": "rulesetversion",
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, "admin/strategy/sign.html", context, status=422 if form.errors else 200)
    data = form.cleaned_data
    try:
        ClinicalSignature.sign(
            version,
            by=request.user,
            sha256=request.POST.get("sha256", ""),
            name=data["name"],
            title=data["title"],
            licence_basis=data["licence_basis"],
            at=timezone.now(),
        )
    except TransitionError as error:
        return gone(request, error.stored)
    messages.success(request, _("已签署。读者看到的页面现在写明由谁、何时审核。"))
    return to_version(version)


def _to_publish(request: HttpRequest, version: RuleSetVersion, form: PublishForm) -> dict[str, Any]:
    rules = compiled(version)
    return {
        "version": version,
        "form": form,
        "was_editor": version.was_edited_by(request.user),
        "is_waiting": version.status == RuleSetVersion.Status.IN_REVIEW,
        "is_behind": version.is_behind(),
        "outstanding": [(found, patient_words(rules, found.patient or {})) for found in proving.outstanding(version)],
        "certificate": proving.proven(version),
        "desk_at": "rulesetversion",
    }
