"""What `make test` runs: every test on SQLite, then on PostgreSQL + Redis + Celery; each pass its own process.

Journeys are a pass of their own because Playwright leaves an event loop running in its process. The second database
leaves out tests marked `pure`, which use none. Long provers (`slow`) belong to `make proofs`. With CI=true what is
missing fails; elsewhere it is left out and named.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from tests.services.postgres import programs

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT / "test-results"
IN_CI = os.environ.get("CI", "").lower() == "true"
# What a developer's shell may hold and no test may see.
PLACES = {"DATA_DIR", "PORT", "DATABASE_URL", "REDIS_URL", "SITE_URL", "DJANGO_SETTINGS_MODULE", "EMAIL_URL"}

SERVICES = [sys.executable, "-m", "tests.services"]
UNIT = ["tests", "--ignore=tests/journeys", "-n", "2", "--dist", "loadgroup"]
# They mostly wait for the browser; each worker has its own portal, database and browser.
JOURNEYS = ["tests/journeys", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
# Pages look the same on either database, keys go the same ways, and a photograph is turned in the browser.
BROWSERS_OWN = ("every_state", "upload", "by_keys", "desk_by_keys")
LOOKS_ASIDE = [f"--ignore=tests/journeys/test_{name}.py" for name in BROWSERS_OWN]


@dataclass(frozen=True)
class Pass:
    """One pytest process, and what it needs to run at all."""

    name: str
    words: tuple[str, ...]
    with_services: bool = False
    in_browser: bool = False

    def missing(self) -> list[str]:
        """Name the programs that this machine lacks."""
        lacks = []
        if self.with_services and programs() is None:
            lacks.append("postgresql")
        if self.with_services and shutil.which("redis-server") is None:
            lacks.append("redis-server")
        if self.in_browser and shutil.which("chromium") is None:
            lacks.append("chromium")
        return lacks


@dataclass(frozen=True)
class Outcome:
    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0
    note: str = ""


PASSES = [
    Pass("units-sqlite", (*UNIT, "-m", "not slow")),
    Pass("journeys-sqlite", (*JOURNEYS,), in_browser=True),
    Pass("units-postgresql", (*UNIT, "-m", "not slow and not pure"), with_services=True),
    Pass("journeys-postgresql", (*JOURNEYS, *LOOKS_ASIDE), with_services=True, in_browser=True),
]


def main(wanted: list[str]) -> int:
    """Run the passes (all, or those named) and return 0 when nothing failed."""
    outcomes = [run(one) for one in PASSES if not wanted or one.name in wanted]
    print("\nNot run here: the long provers (make proofs).")
    for outcome in outcomes:
        counts = f"{outcome.passed:5} passed {outcome.failed:4} failed {outcome.skipped:4} skipped"
        print(f"  {outcome.name:20} {counts} {outcome.seconds:6.0f} s  {outcome.note}".rstrip())
    passed, failed, skipped = (sum(getattr(o, name) for o in outcomes) for name in ("passed", "failed", "skipped"))
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


def run(one: Pass) -> Outcome:
    """Run one pass; one that cannot run counts as skipped, or as failed where CI watches."""
    lacks = one.missing()
    if lacks:
        note = f"not run: missing {', '.join(lacks)}"
        return Outcome(one.name, failed=1, note=note) if IN_CI else Outcome(one.name, skipped=1, note=note)
    print(f"\n=== {one.name}", flush=True)
    report = REPORTS / f"{one.name}.xml"
    report.parent.mkdir(exist_ok=True)
    report.unlink(missing_ok=True)
    pytest = [sys.executable, "-m", "pytest", *one.words, f"--junitxml={report}", "-q"]
    environment = {name: value for name, value in os.environ.items() if name not in PLACES}
    began = time.monotonic()
    command = [*(SERVICES if one.with_services else []), *pytest]
    code = subprocess.call(command, env=environment, cwd=ROOT)
    return read(one.name, report, code, time.monotonic() - began)


def read(name: str, report: Path, code: int, seconds: float) -> Outcome:
    """Count what the report holds; a pass that ended badly without a failed test is one failure."""
    if not report.exists():
        return Outcome(name, failed=1, seconds=seconds, note=f"pytest ended with {code} and no report")
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    total = failed = skipped = 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    note = f"pytest ended with {code}" if code and not failed else ""
    return Outcome(name, max(total - failed - skipped, 0), failed + bool(note), skipped, seconds, note)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
