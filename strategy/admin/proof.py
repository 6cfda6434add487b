"""The proof of a version at the desk: start it, watch it, read what it found with patients, sign what stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.catalogue import ReadOnlyAdmin
from strategy import proving
from strategy.certificate import certificate_view, newest
from strategy.forms import words
from strategy.loading import compiled
from strategy.models import FindingSignature, ProofRun, RuleSetVersion
from strategy.models.rights import PUBLISH, WRITE
from strategy.prover.changes import change_view
from strategy.prover.findings import KINDS, Finding, from_json
from strategy.prover.words import condition_words, patient_words
from strategy.rules import RuleSet as Rules

REFRESH_SECONDS = 2
STAGES = {
    "crosscheck": "与实际引擎核对",
    "counting": "逐一数核心网格",
    "impact": "计算对患者的影响",
    **{kind: text.zh for kind, text in KINDS.items()},
}


@dataclass(frozen=True, slots=True)
class Row:
    """A rule that a finding names, in words."""

    key: str
    why: str
    condition: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding on the page, its signature if it has one, and what was typed if that was refused."""

    fingerprint: str
    title: str
    text: str
    patient: str
    rows: tuple[Row, ...]
    signature: FindingSignature | None
    reason: str = ""
    error: str = ""


@admin.register(ProofRun)
class ProofRunAdmin(ReadOnlyAdmin):
    """Runs, newest first; the page of a version's proof."""

    intro = gettext_lazy("每一次证明：是否每种输入都有答案、没有矛盾")
    list_display = ("version", "state", "percent", "asked_at", "started_at", "ended_at", "error")
    list_filter = ("state",)
    list_select_related = ("version__rule_set",)
    ordering = ("-pk",)
    fields = readonly_fields = ("version", "sha256", "state", "stage", "percent", "attempt", "asked_by", "error")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("result", "version__source")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(WRITE) or request.user.has_perm(PUBLISH)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        page = path("version/<int:pk>/", self.admin_site.admin_view(self.proof), name="strategy_proofrun_proof")
        return [page, *super().get_urls()]

    def proof(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET: how far it is and what it found. POST `do=start` or `do=sign` (fingerprint, reason)."""
        if not self.has_view_permission(request):
            raise PermissionDenied(_("您没有查看证明的权限。"))
        version = get_object_or_404(RuleSetVersion.objects.select_related("rule_set"), pk=pk)
        if request.method == "POST":
            return self._act(request, version)
        return _page(request, version)

    def _act(self, request: HttpRequest, version: RuleSetVersion) -> HttpResponse:
        here = redirect("admin:strategy_proofrun_proof", pk=version.pk)
        match request.POST.get("do"):
            case "start":
                proving.start(version, by=request.user, at=timezone.now())
                return here
            case "sign":
                fingerprint, reason = request.POST.get("fingerprint", ""), request.POST.get("reason", "")
                try:
                    proving.sign(version, fingerprint, reason, by=request.user, at=timezone.now())
                except ValidationError as refusal:
                    return _page(request, version, refused=(fingerprint, reason, " ".join(refusal.messages)))
                return here
        return render(request, "admin/strategy/proofrun/unknown.html", {"version": version}, status=400)


def _page(request: HttpRequest, version: RuleSetVersion, refused: tuple[str, str, str] | None = None) -> HttpResponse:
    run, result, rules = proving.latest_run(version), proving.proof_of(version), compiled(version)
    is_active = run is not None and run.state in ProofRun.ACTIVE
    note, certificate = proving.change_note(version), newest(version)
    signed = proving.signatures(version)
    findings = (
        [_shown(rules, f, signed, refused) for f in map(from_json, result["proof"]["findings"])] if result else []
    )
    context = {
        "version": version,
        "run": run,
        "is_active": is_active,
        "is_silent": run is not None and run.is_silent(timezone.now()),
        "stage": STAGES.get(run.stage, "") if run else "",
        "result": result,
        "space": int(result["proof"]["space"]) if result else 0,
        "facts_changed": proving.changed_facts(result["proof"]) if result else [],
        "unsigned": [shown for shown in findings if shown.signature is None],
        "signed": [shown for shown in findings if shown.signature is not None],
        "certificate": certificate_view(rules, certificate) if certificate else None,
        "is_proven": result is not None and proving.proven(version) is not None,
        "changes": change_view(rules, note.data) if note else None,
        "against": note.against if note else None,
        "refusal": refused[2] if refused and refused[0] not in {f.fingerprint for f in findings} else "",
        "desk_at": "ruleset",
    }
    status = 422 if refused else 200
    response = render(request, "admin/strategy/proofrun/proof.html", context, status=status)
    if is_active and not refused:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


def _shown(
    rules: Rules, finding: Finding, signed: dict[str, FindingSignature], refused: tuple[str, str, str] | None
) -> Shown:
    rows = [rule for rule in rules.rules if rule.key in finding.rules]
    is_refused = refused is not None and refused[0] == finding.fingerprint
    return Shown(
        fingerprint=finding.fingerprint,
        title=words(KINDS[finding.kind]),
        text=words(finding.text),
        patient=words(patient_words(rules, finding.patient)) if finding.patient is not None else "",
        rows=tuple(Row(rule.key, words(rule.why), words(condition_words(rules, rule.when))) for rule in rows),
        signature=signed.get(finding.fingerprint),
        reason=refused[1] if refused and is_refused else "",
        error=refused[2] if refused and is_refused else "",
    )
