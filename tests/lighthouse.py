"""`make lighthouse`: what a phone on a slow network makes of the main pages, held against the bounds below.

Scores are medians of three rounds; performance is the machine's too, so run it where nothing else works. Needs npm
and chromium. Exit 1 names every bound that a page misses.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.services.portal import Portal
from tests.services.visitor import Visitor, demo

TOOLS = Path(__file__).resolve().parent / "tools"
PACKAGES = ["lighthouse@12.8.2", "puppeteer-core@24.43.1"]
CHROMIUM = "/usr/bin/chromium"
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100}
SHIFT, SCRIPT = 0.02, 40 * 1024  # cumulative layout shift; bytes of script on the wire
ROUNDS = 3


def main() -> int:
    """Serve the demo, audit its pages, print a table; 0 when every bound is kept."""
    install()
    with closing(Portal()) as portal:
        portal.start(seconds=180)
        planned = visits(portal)
        plan = {"base": portal.url, "chromium": CHROMIUM, "rounds": ROUNDS, "visits": planned}
        path = portal.folder / "plan.json"
        path.write_text(json.dumps(plan))
        audit = ["node", "lighthouse.mjs", str(path)]
        lines = subprocess.run(audit, cwd=TOOLS, check=True, capture_output=True, text=True).stdout.splitlines()
    misses = [miss for line in lines for miss in judge(json.loads(line), planned)]
    print("\n".join(misses) or "every bound is kept")
    return 1 if misses or len(lines) != len(planned) else 0


def install() -> None:
    """Bring the auditor beside the HTML checker, once."""
    if not (TOOLS / "node_modules" / "lighthouse").exists():
        words = ["npm", "install", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
        quiet = os.environ | {"PUPPETEER_SKIP_DOWNLOAD": "1"}
        subprocess.run([*words, *PACKAGES], cwd=TOOLS, check=True, stdout=subprocess.DEVNULL, env=quiet)


def visits(portal: Portal) -> list[dict[str, Any]]:
    """Whom the pages are shown to: one signed-in person each, the uploader with a draft to fill."""
    known: dict[str, Any] = demo(portal.data_dir)
    gate = f"/zones/{known['zone']}/gate"
    plan = [
        ("landing", f"/zones/{known['zone']}/", ""),
        ("article", known["article_url"], "doctor"),
        ("tool", known["strategy_url"], "doctor"),
        ("pending", f"{gate}/pending/", "pending"),
        ("upload", f"{gate}/evidence/", "rejected"),
    ]
    made = []
    for name, path, key in plan:
        with closing(Visitor(portal.port)) as visitor:
            if key:
                visitor.sign_in(known["people"][key]["email"], known["people"][key]["password"])
            if name == "upload":  # 重新提交 opens the draft
                visitor.get(f"{gate}/rejected/")
                visitor.post(f"{gate}/rejected/", {})
            made.append({"name": name, "path": path, "cookies": visitor.cookies})
    return made


def judge(found: dict[str, Any], planned: list[dict[str, Any]]) -> list[str]:
    """Print one page's figures; return the bounds it misses, and whether it was the page that was meant."""
    name = found["name"]
    scores = " ".join(f"{key} {found[key]}" for key in LEAST)
    print(f"{name:8} {scores} shift {found['shift']:.3f} script {found['script'] / 1024:.1f} KiB", flush=True)
    meant = next(visit["path"] for visit in planned if visit["name"] == name)
    misses = [f"{name}: {key} {found[key]} < {least}" for key, least in LEAST.items() if found[key] < least]
    misses += [f"{name}: shift {found['shift']:.3f} ≥ {SHIFT}"] if found["shift"] >= SHIFT else []
    misses += [f"{name}: script {found['script']} ≥ {SCRIPT} bytes"] if found["script"] >= SCRIPT else []
    return misses + ([] if found["path"] == meant else [f"{name}: led to {found['path']}"])


if __name__ == "__main__":
    sys.exit(main())
