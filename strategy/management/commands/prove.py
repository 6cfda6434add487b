"""Prove a rule set: `--run <id>` as the child of the desk, `--write` the certificate that is shipped."""

from __future__ import annotations

import json
import os
import resource
import signal
import time
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from strategy import proving
from strategy.demo import ARTICLE, SOURCE
from strategy.models import ChangeNote, ProofRun
from strategy.models.rights import sha256_of
from strategy.prover.findings import Finding
from strategy.reading import read_ruleset

REASONS = SOURCE.with_name("alk-pretreated.signatures.yaml")
SECONDS, MEMORY = 600, 3 * 1024**3  # a proof takes seconds and 300 MB; beyond this something is wrong with it


class TakenAway(Exception):
    """Another process has the run."""


class Command(BaseCommand):
    help = "Prove the shipped rule set and print what was found; --write stores its certificate in strategy/data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--run", type=int, help="the run to take up; ends at once when another process has it")
        parser.add_argument("--write", action="store_true", help="write the shipped certificate")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["run"]:
            _bound()
            take_up(options["run"])
            return
        shipped = prove_shipped(self._say)
        for finding in shipped["findings"]:
            self.stdout.write(f"{finding.kind} {finding.subject} {','.join(finding.rules)}: {finding.text.zh}")
        if shipped["unsigned"]:
            raise CommandError(f"no reason in {REASONS.name} for: {', '.join(shipped['unsigned'])}")
        if options["write"]:
            text = json.dumps(shipped["certificate"], ensure_ascii=False, indent=1, sort_keys=True)
            proving.SHIPPED.write_text(text + "\n", encoding="utf-8")
            self.stdout.write(f"{proving.SHIPPED.name}: {shipped['certificate']['seconds']} s")

    def _say(self, stage: str, percent: int) -> None:
        self.stdout.write(f"{percent:3d} % {stage}")


def take_up(pk: int) -> None:
    """Prove one waiting run and keep what came of it. Nothing when another process has it."""
    from strategy.prover.crosscheck import Disagreement
    from strategy.prover.proof import prove
    from strategy.prover.solving import Undecided

    run = ProofRun.objects.select_related("version").get(pk=pk)
    if not run.claim(at=timezone.now()):
        return
    version, began = run.version, time.monotonic()
    if version.sha256 != run.sha256:
        run.fail("草稿在等待期间改过，请重新开始证明。", at=timezone.now())
        return

    def progress(stage: str, percent: int) -> None:
        if not run.beat(stage, percent, at=timezone.now()):
            raise TakenAway

    try:
        ruleset, facts = proving.sources(version)
        proof = prove(ruleset, facts, progress).as_json()
        progress("impact", 95)
        _note_changes(run, ruleset)
    except TakenAway:
        return
    except (Disagreement, Undecided, MemoryError) as error:
        run.fail(f"{type(error).__name__}: {error}", at=timezone.now())
        raise
    now = timezone.now()
    result = {"proof": proof, "seconds": round(time.monotonic() - began, 1), "proved_at": now.isoformat()}
    if run.finish(result, at=now):
        proving.certify(version, at=now)


def prove_shipped(progress: Any) -> dict[str, Any]:
    """Prove the files of the source tree: the certificate as shipped, its findings, and those without a reason."""
    from strategy.prover.proof import prove

    source, began = SOURCE.read_text(encoding="utf-8"), time.monotonic()
    proof = prove(read_ruleset(source), shipped_facts(), progress)
    seconds = round(time.monotonic() - began, 1)
    reasons = {
        (item["kind"], item["subject"], *item["rules"]): item
        for item in yaml.safe_load(REASONS.read_text(encoding="utf-8"))
    }
    signed, unsigned = [], []
    for finding in proof.findings:
        reason = reasons.get(_named(finding))
        if reason is None:
            unsigned.append("/".join(_named(finding)))
            continue
        signed.append({"fingerprint": finding.fingerprint, "reason": reason["zh"], "reason_en": reason["en"]})
    certificate = {
        "sha256": sha256_of(source),
        "proved_at": timezone.now().isoformat(),
        "seconds": seconds,
        "proof": proof.as_json(),
        "signatures": signed,
    }
    return {"certificate": certificate, "findings": proof.findings, "unsigned": unsigned}


def shipped_facts() -> dict[str, str]:
    """The verdict of each fact as shipped with the article."""
    file = Path(settings.BASE_DIR) / "articles" / "data" / ARTICLE / "facts.yaml"
    facts = yaml.safe_load(file.read_text(encoding="utf-8"))["facts"]
    return {fact["key"]: fact["check"] for fact in facts}


def _named(finding: Finding) -> tuple[str, ...]:
    return (finding.kind, finding.subject, *finding.rules)


def _note_changes(run: ProofRun, ruleset: Any) -> None:
    """Keep what this text changes against the version before it."""
    from strategy.prover.impact import impact

    version = run.version
    before = proving.published_before(version)
    if before is None or before.sha256 == run.sha256:
        return
    if version.change_notes.filter(sha256=run.sha256, against=before).exists():
        return
    data = impact(proving.sources(before)[0], ruleset).as_json()
    ChangeNote.objects.create(version=version, sha256=run.sha256, against=before, data=data, made_at=timezone.now())


def _bound() -> None:
    """Limits of time, memory and urgency, before z3 is loaded: a proof never stands in a reader's way."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.alarm(SECONDS)
    os.nice(10)
