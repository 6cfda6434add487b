"""Measure and print: python -m tests.bench"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from strategy.engine import evaluate
from strategy.reading import read_ruleset
from tests.services.portal import Portal, children
from tests.services.process import Process
from tests.services.visitor import Page, Visitor, demo
from tests.strategy.cases import CASES, SOURCE

ROOT = Path(__file__).resolve().parents[2]
ROUNDS, REQUESTS, WARM_UP = 7, 60, 30
EVALUATIONS = 20  # times all vignettes
TICK = os.sysconf("SC_CLK_TCK")


class Bare(Process):
    """The bare view under the portal's gunicorn configuration, on the portal's own data."""

    def __init__(self, portal: Portal) -> None:
        super().__init__()
        self._portal = portal

    def environment(self) -> dict[str, str]:
        ours = {"DJANGO_SETTINGS_MODULE": "tests.bench.settings", "BIND": f"127.0.0.1:{self.port}"}
        return {**self._portal.environment(), **ours}

    def workplace(self) -> Path:
        return ROOT

    def command(self) -> list[str | Path]:
        return [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]


@dataclass
class Target:
    """One address, asked by one signed-in visitor, served by a gunicorn whose CPU time is counted."""

    name: str
    path: str
    port: int
    master: int
    cookies: dict[str, str]
    headers: dict[str, str]
    fields: dict[str, Any] | None = None  # what is posted; None: a GET

    def measure(self, requests: int) -> tuple[float, float, int]:
        """Return CPU ms and wall ms per request, and the bytes of the last answer."""
        visitor = Visitor(self.port)
        visitor.cookies = dict(self.cookies)
        self._ask(visitor)
        cpu, began = self._cpu(), time.perf_counter()
        for _number in range(requests):
            page = self._ask(visitor)
            if page.status not in {200, 304}:
                sys.exit(f"{self.name} answered {page.status}: nothing was measured")
        wall = time.perf_counter() - began
        visitor.close()
        return (self._cpu() - cpu) * 1000 / requests, wall * 1000 / requests, len(page.body)

    def _ask(self, visitor: Visitor) -> Page:
        if self.fields is None:
            return visitor.get(self.path, **self.headers)
        return visitor.post(self.path, self.fields, **self.headers)

    def _cpu(self) -> float:
        return sum(_cpu_seconds(pid) for pid in [self.master, *children(self.master)])


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def main() -> None:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
        portal = stack.enter_context(closing(Portal(Path(folder) / "data")))
        portal.start(seconds=180)
        bare = stack.enter_context(closing(Bare(portal)))
        bare.start()
        targets = _targets(portal, bare)
        for target in targets:
            target.measure(WARM_UP)
        results: dict[str, list[tuple[float, float, int]]] = {target.name: [] for target in targets}
        for number in range(ROUNDS):
            for target in targets if number % 2 else reversed(targets):
                results[target.name].append(target.measure(REQUESTS))
        _report(results)
        _report_engine()
        workers = [int(_status(pid, "VmRSS")) // 1024 for pid in portal.web_workers()]
        print(f"\nweb workers after all this: {' and '.join(map(str, workers))} MiB resident")


def _targets(portal: Portal, bare: Bare) -> list[Target]:
    known = demo(portal.data_dir)
    article = str(known["article_url"])
    visitor = Visitor(portal.port)
    visitor.sign_in(known["people"]["doctor"]["email"], known["people"]["doctor"]["password"])
    page = visitor.get(article)
    visitor.close()
    cookies, gzip = visitor.cookies, {"Accept-Encoding": "gzip"}
    targets = [
        Target("bare signed-in view, 60 KB", "/bare/", bare.port, bare.pid, cookies, {}),
        Target("article, plain", article, portal.port, portal.web(), cookies, {}),
        Target("article, gzip", article, portal.port, portal.web(), cookies, gzip),
    ]
    if etag := page.headers.get("ETag"):
        unchanged = {"If-None-Match": etag}
        targets.append(Target("article, unchanged (304)", article, portal.port, portal.web(), cookies, unchanged))
    tool = str(known["strategy_url"])
    for name, target in (("tool, answer", "strategy-answer"), ("tool, what would change", "strategy-changes")):
        part = {"HX-Request": "true", "HX-Target": target, "HX-Current-URL": tool}
        targets.append(Target(name, tool, portal.port, portal.web(), cookies, part, CASES["v73"]))
    return targets


def _report_engine() -> None:
    """Full evaluations a second on one core and the time to load, each as a ratio to what is asked for."""
    began = time.process_time()
    ruleset = read_ruleset(SOURCE)
    load = (time.process_time() - began) * 1000
    began = time.process_time()
    for _round in range(EVALUATIONS):
        for patient in CASES.values():
            evaluate(ruleset, patient)
    rate = EVALUATIONS * len(CASES) / (time.process_time() - began)
    speed = f"{rate:,.0f} evaluations/s, {rate / 5000:.2f} times 5,000"
    print(f"\nengine: {speed}; load {load:.0f} ms, {100 / load:.2f} times as fast as 100 ms")


def _report(results: dict[str, list[tuple[float, float, int]]]) -> None:
    """Print medians, and each target's CPU against the bare view's of the same round."""
    reference, *_others = results.values()
    print(f"\n{ROUNDS} rounds of {REQUESTS} requests, order reversed every other round; one reader at a time\n")
    print(f"{'':28} {'bytes':>8} {'CPU ms':>8} {'wall ms':>8}   times the bare view's speed (CPU), range")
    for name, rounds in results.items():
        cpu, wall = (statistics.median(one[index] for one in rounds) for index in (0, 1))
        ratios = [bare[0] / one[0] for bare, one in zip(reference, rounds, strict=True) if one[0]]
        spread = f"{statistics.median(ratios):6.2f} ({min(ratios):.2f}..{max(ratios):.2f})"
        print(f"{name:28} {rounds[-1][2]:8} {cpu:8.2f} {wall:8.2f}   {spread}")


def _status(pid: int, field: str) -> str:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith(field + ":"))


main()
