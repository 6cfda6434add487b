"""Proofs of stored versions: asked for, run in a child process, signed, certified. z3 is never imported here."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _t

from articles.models import Fact
from portal import record
from strategy.loading import compiled
from strategy.models import Certificate, ChangeNote, FindingSignature, ProofRun, RuleSetVersion
from strategy.models.rights import PUBLISH, WRITE, check_right
from strategy.prover import PROVER_VERSION
from strategy.prover.findings import Finding, from_json
from strategy.rules import Text

log = logging.getLogger(__name__)
SHIPPED = Path(__file__).parent / "data" / "alk-pretreated.certificate.json"
REASON = (8, 600)  # characters, shortest and longest
NOT_PROVEN = Finding("unproven", "", (), Text("这一版的内容还没有证明。", "This text has not been proven yet."))
FACTS_CHANGED = Text(
    "所引条目的核对结论在证明之后改过，须重新证明：{keys}。",
    "The verdict on cited facts changed since the proof, which must be made anew: {keys}.",
)


def start(version: RuleSetVersion, *, by: Any, at: datetime) -> ProofRun:
    """Ask for a proof of the version as it stands; a process takes it up once this is committed."""
    check_right(by, WRITE if by is None or by.has_perm(WRITE) else PUBLISH)
    with transaction.atomic():
        run = ProofRun.ask(version, by=by, at=at)
        transaction.on_commit(wake, robust=True)
    return run


def wake() -> None:
    """Have waiting runs taken up: by the Celery worker where there is one, by a child of this process otherwise."""
    if not settings.REDIS_URL:
        start_children()
        return
    from kombu.exceptions import OperationalError

    from portal.celery import app

    try:
        app.send_task("portal.tasks.sweep", retry=False)
    except OperationalError:
        log.warning("broker unreachable; beat will start the proof")


def tend(at: datetime) -> None:
    """The sweep: silent runs wait again, waiting ones get a process. A doubled sweep changes nothing."""
    _make_up(at)
    for run in ProofRun.objects.filter(state=ProofRun.State.RUNNING).defer("result"):
        if run.is_silent(at) and run.resume(at=at):
            log.warning("proof run %s was silent; now %s", run.pk, run.state)
    start_children()


def _make_up(at: datetime) -> None:
    """Published before certificates were kept: the shipped proof where it fits, a proof of its own otherwise."""
    for version in RuleSetVersion.objects.published().filter(proof_runs=None).defer("source"):
        if install_shipped(version, at=at) is None:
            ProofRun.ask(version, by=None, at=at)


def start_children() -> None:
    """Start one process for each waiting run; if two are started, one finds nothing to do and ends."""
    for pk in ProofRun.objects.filter(state=ProofRun.State.QUEUED).values_list("pk", flat=True):
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "prove", "--run", str(pk)]
        nothing = subprocess.DEVNULL  # what it has to say goes to the errors' log
        child = subprocess.Popen(command, stdin=nothing, stdout=nothing, start_new_session=True)  # noqa: S603
        # It outlives a worker that is replaced, bounds itself, and is buried by a thread of ours.
        threading.Thread(target=child.wait, name=f"proof-{pk}", daemon=True).start()


def latest_run(version: RuleSetVersion) -> ProofRun | None:
    """The newest run of the version, whatever came of it."""
    return version.proof_runs.order_by("-pk").first()


def proof_of(version: RuleSetVersion) -> dict[str, Any] | None:
    """The newest result for exactly this text by the current prover: {proof, seconds, proved_at}."""
    done = version.proof_runs.filter(state=ProofRun.State.DONE, sha256=version.sha256, result__isnull=False)
    for run in done.order_by("-pk"):
        result: dict[str, Any] = run.result or {}
        if result["proof"]["prover"] == PROVER_VERSION:
            return result
    return None


def verdicts(keys: Any) -> dict[str, str]:
    """The verdict of each of these facts as stored now, in lower case."""
    return {key: verdict.lower() for key, verdict in Fact.objects.filter(key__in=keys).values_list("key", "verdict")}


def changed_facts(proof: dict[str, Any]) -> list[str]:
    """The cited facts whose verdict is no longer the one the proof went by."""
    now = verdicts(proof["facts"])
    return sorted(key for key, verdict in proof["facts"].items() if now.get(key, verdict) != verdict)


def outstanding(version: RuleSetVersion) -> list[Finding]:
    """What stands against publishing: findings neither solved nor signed, or that nothing is proven."""
    result = proof_of(version)
    if result is None:
        return [NOT_PROVEN]
    changed = changed_facts(result["proof"])
    if changed:
        keys = "、".join(changed)
        return [
            Finding(
                "unproven", "facts", (), Text(FACTS_CHANGED.zh.format(keys=keys), FACTS_CHANGED.en.format(keys=keys))
            )
        ]
    signed = signatures(version)
    return [found for found in map(from_json, result["proof"]["findings"]) if found.fingerprint not in signed]


def proven(version: RuleSetVersion) -> Certificate | None:
    """The certificate of exactly this text by the current prover; None when nothing of it may be relied on."""
    if outstanding(version):
        return None
    found = Certificate.objects.filter(version=version, sha256=version.sha256, prover=PROVER_VERSION)
    return found.order_by("-pk").first()


def signatures(version: RuleSetVersion) -> dict[str, FindingSignature]:
    """Signatures that hold for the version, by finding: its own, and those of earlier versions of the rule set."""
    rows = FindingSignature.objects.filter(
        version__rule_set_id=version.rule_set_id, version__number__lte=version.number
    ).select_related("version", "by")
    return {row.fingerprint: row for row in rows.order_by("version__number", "pk")}


@transaction.atomic
def sign(version: RuleSetVersion, fingerprint: str, reason: str, *, by: Any, at: datetime) -> FindingSignature:
    """Leave a finding as it is, with the reason. ValidationError for no reason, or for what is not outstanding."""
    check_right(by, WRITE if by is None or by.has_perm(WRITE) else PUBLISH)
    reason = " ".join(reason.split())
    if not REASON[0] <= len(reason) <= REASON[1]:
        words = _t("理由须为 %(least)d 至 %(most)d 个字。") % {"least": REASON[0], "most": REASON[1]}
        raise ValidationError({"reason": words})
    if fingerprint not in {found.fingerprint for found in outstanding(version) if found.fingerprint}:
        raise ValidationError({"reason": _t("这一发现已不在待处理之列，请刷新页面。")})
    signed = FindingSignature.objects.create(version=version, fingerprint=fingerprint, reason=reason, by=by, at=at)
    payload = {"fingerprint": fingerprint, "sha256": version.sha256}
    record.append("ruleset.finding_signed", actor=by, subject=version.subject, payload=payload, at=at)
    certify(version, at=at)
    return signed


@transaction.atomic
def certify(version: RuleSetVersion, *, at: datetime) -> Certificate | None:
    """Issue the certificate of this text when it is proven and nothing is outstanding; the same content only once."""
    result = proof_of(version)
    if result is None or outstanding(version):
        return None
    standing = {found["fingerprint"] for found in result["proof"]["findings"]}
    signed = [
        {
            "fingerprint": row.fingerprint,
            "reason": row.reason,
            "reason_en": row.reason_en,
            "by": "staff" if row.by_id else "shipped",
            "at": row.at.isoformat(),
            "number": row.version.number,
        }
        for row in signatures(version).values()
        if row.fingerprint in standing
    ]
    data = {**result, "sha256": version.sha256, "signatures": signed}
    newest = version.certificates.order_by("-pk").first()
    if newest is not None and newest.data == json.loads(json.dumps(data)):
        return newest
    certificate = Certificate.objects.create(
        version=version, sha256=version.sha256, prover=PROVER_VERSION, data=data, issued_at=at
    )
    payload = {"sha256": version.sha256, "certificate": certificate.pk, "digest": certificate.digest()}
    record.append("ruleset.certified", actor=None, subject=version.subject, payload=payload, at=at)
    return certificate


@transaction.atomic
def install_shipped(version: RuleSetVersion, *, at: datetime, source: Path = SHIPPED) -> Certificate | None:
    """Give the shipped version its shipped proof and signatures; None when they are of another text or prover."""
    shipped = json.loads(source.read_text(encoding="utf-8"))
    if shipped["sha256"] != version.sha256 or shipped["proof"]["prover"] != PROVER_VERSION:
        log.warning("the shipped certificate is not of this rule set; it must be proven here")
        return None
    ProofRun.objects.create(
        version=version,
        sha256=version.sha256,
        state=ProofRun.State.DONE,
        percent=100,
        attempt=1,
        asked_at=at,
        ended_at=at,
        result={key: shipped[key] for key in ("proof", "seconds", "proved_at")},
    )
    for signed in shipped["signatures"]:
        words = {key: signed[key] for key in ("fingerprint", "reason", "reason_en")}
        FindingSignature.objects.create(version=version, by=None, at=at, **words)
    return certify(version, at=at)


def change_note(version: RuleSetVersion) -> ChangeNote | None:
    """What this exact text changes against the version published before it; None for a first version."""
    notes = version.change_notes.filter(sha256=version.sha256).select_related("against")
    return notes.order_by("-pk").first()


def published_before(version: RuleSetVersion) -> RuleSetVersion | None:
    """The version that readers use while this one is prepared, or used before it."""
    others = RuleSetVersion.objects.filter(rule_set_id=version.rule_set_id, number__lt=version.number)
    return others.published().first()


def sources(version: RuleSetVersion) -> tuple[Any, dict[str, str]]:
    """The compiled rule set of a version and the verdicts of what it cites."""
    ruleset = compiled(version)
    return ruleset, verdicts(ruleset.facts)
