"""The page every reader may open: what was proven of the rule set in use, what was left as it is, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from strategy import proving
from strategy.forms import words
from strategy.loading import compiled
from strategy.models import Certificate, RuleSet, RuleSetVersion
from strategy.prover.changes import change_view
from strategy.prover.findings import KINDS, from_json
from strategy.prover.words import patient_words
from strategy.rules import RuleSet as Rules
from strategy.rules import Text


@dataclass(frozen=True, slots=True)
class Proven:
    """One property as the page shows it."""

    title: str
    text: str
    asked: int
    findings: int


@dataclass(frozen=True, slots=True)
class Kept:
    """One finding that was signed: what, whose rows, a patient, and the reason."""

    title: str
    text: str
    rows: str
    patient: str
    reason: str
    is_shipped: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate in the reader's language."""

    sha256: str
    proved_at: datetime
    issued_at: datetime
    seconds: float
    z3: str
    prover: str
    space: int
    consistent: int | None
    grid: int
    counts: dict[str, int]
    statuses: tuple[tuple[str, int], ...]
    properties: tuple[Proven, ...]
    kept: tuple[Kept, ...]
    samples: int
    questions: int


@require_safe
def certificate(request: HttpRequest, zone: str, ruleset: str) -> HttpResponse:
    """The certificate of the version readers use; a version without one says so."""
    mine = RuleSet.objects.visible_to(request.user).select_related("zone")
    rule_set = get_object_or_404(mine, zone__slug=zone, slug=ruleset)
    version = rule_set.current_version()
    if version is None:
        raise Http404
    rules = compiled(version)
    found = newest(version)
    note = proving.change_note(version)
    context = {
        "rule_set": rule_set,
        "version": version,
        "certificate": certificate_view(rules, found) if found else None,
        "facts_changed": proving.changed_facts(found.data["proof"]) if found else [],
        "changes": change_view(rules, note.data) if note else None,
        "against": note.against if note else None,
    }
    response = render(request, "strategy/certificate.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def newest(version: RuleSetVersion) -> Certificate | None:
    """The newest certificate of exactly this text; None too where it is no longer as it was issued."""
    found = version.certificates.filter(sha256=version.sha256).order_by("-pk").first()
    return found if found is not None and found.is_as_issued() else None


def certificate_view(rules: Rules, found: Certificate) -> CertificateView:
    """Put a stored certificate into words."""
    data: dict[str, Any] = found.data
    proof = data["proof"]
    names = {rule.key: words(rule.why) for rule in rules.rules}
    findings = {finding.fingerprint: finding for finding in map(from_json, proof["findings"])}
    kept = []
    for signed in data["signatures"]:
        finding = findings[signed["fingerprint"]]
        kept.append(
            Kept(
                title=words(KINDS[finding.kind]),
                text=words(finding.text),
                rows=_("；").join(dict.fromkeys(names.get(rule, rule) for rule in finding.rules)),
                patient=words(patient_words(rules, finding.patient)) if finding.patient is not None else "",
                reason=words(Text(signed["reason"], signed["reason_en"] or signed["reason"])),
                is_shipped=signed["by"] == "shipped",
                at=datetime.fromisoformat(signed["at"]),
            )
        )
    return CertificateView(
        sha256=found.sha256,
        proved_at=datetime.fromisoformat(data["proved_at"]),
        issued_at=found.issued_at,
        seconds=data["seconds"],
        z3=proof["z3"],
        prover=proof["prover"],
        space=int(proof["space"]),
        consistent=None if proof["consistent"] is None else int(proof["consistent"]),
        grid=proof["grid"],
        counts=proof["counts"],
        statuses=tuple((words(rules.statuses[key]), count) for key, count in proof["statuses"].items() if count),
        properties=tuple(
            Proven(words(KINDS[item["key"]]), words(Text(**item["text"])), item["asked"], item["findings"])
            for item in proof["properties"]
        ),
        kept=tuple(kept),
        samples=proof["samples"],
        questions=proof["questions"],
    )
