"""待复核: rules whose sentences changed since they were cited, the old wording beside the new."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from articles.models import Fact
from portal.differences import words_changed
from portal.text import CleanCharField
from portal.workflow import TransitionError
from strategy.admin.reaching import find, gone
from strategy.citations import changed_sentences, confirm, stale_rules, unstated_facts
from strategy.forms import words
from strategy.loading import compiled
from strategy.models import RuleSetVersion
from strategy.models.citation import current_revision
from strategy.models.rights import PUBLISH, SIGN, WRITE


class ConfirmForm(forms.Form):
    """Why the rule still holds."""

    reason = CleanCharField(
        label=gettext_lazy("理由"),
        min_length=4,
        max_length=300,
        error_messages={
            "required": gettext_lazy("请写明为何仍成立。"),
            "min_length": gettext_lazy("请写得具体些。"),
        },
    )


@require_safe
def stale(request: HttpRequest, pk: int) -> HttpResponse:
    """The rules of a version that wait to be looked at again."""
    return render(request, "admin/strategy/stale.html", _page(request, find(request, pk)))


@require_POST
def still_holds(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """仍成立: cite the rule anew at the revision that was on the screen, with the reason."""
    version = find(request, pk)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        context = _page(request, version) | {"wrong_form": form, "wrong_key": key}
        return render(request, "admin/strategy/stale.html", context, status=422)
    number = request.POST.get("revision", "")
    revision = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0
    try:
        reason = form.cleaned_data["reason"]
        confirm(version, key, by=request.user, reason=reason, revision=revision, at=timezone.now())
    except TransitionError as error:
        return gone(request, error.stored)
    messages.success(request, _("已确认条目 %(key)s 仍成立。") % {"key": key})
    return redirect("admin:strategy_rulesetversion_stale", pk)


def _page(request: HttpRequest, version: RuleSetVersion) -> dict[str, Any]:
    user, revision = request.user, current_revision(version)
    rules = {rule.key: rule for rule in compiled(version).rules}
    waiting = stale_rules(version)
    sentences: dict[str, list[dict[str, Any]]] = {key: [] for key in rules if key in waiting}
    changes = changed_sentences(version)
    facts = {fact.key: fact for fact in Fact.objects.filter(key__in={change.fact for change in changes})}
    for change in changes:
        old, new = words_changed(change.old, change.new)
        claim = facts[change.fact].claim_zh if change.fact in facts else change.fact
        sentences[change.rule].append({"change": change, "old": old, "new": new, "claim": claim})
    may_confirm = user.has_perm(SIGN) or (user.has_perm(PUBLISH) and not version.was_edited_by(user))
    return {
        "version": version,
        "revision": revision,
        "waiting": [
            {
                "key": key,
                "why": words(rules[key].why),
                "sentences": found,
                "unstated": unstated_facts(version, key),
            }
            for key, found in sentences.items()
        ],
        "may_confirm": may_confirm and version.status == RuleSetVersion.Status.PUBLISHED,
        "may_draft": user.has_perm(WRITE),
        "desk_at": "rulesetversion",
    }
