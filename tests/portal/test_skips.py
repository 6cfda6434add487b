"""A test that skips itself is named; where CI watches it has failed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure
ROOT = Path(__file__).resolve().parents[2]

SKIP = "pytest.skip('no such program')"
SKIPPING = {
    "function": f"import pytest\ndef test_one():\n    {SKIP}\n",
    "condition": "import pytest\n@pytest.mark.skipif(True, reason='no such program')\ndef test_one():\n    ...\n",
    "fixture": f"import pytest\n@pytest.fixture\ndef tool():\n    {SKIP}\ndef test_one(tool):\n    ...\n",
    "module": f"import pytest\n{SKIP.replace(')', ', allow_module_level=True)')}\n",
}


def run(folder: Path, ci: str) -> subprocess.CompletedProcess[str]:
    for name, source in SKIPPING.items():
        (folder / f"test_{name}.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, "-p", "tests.skips", "-p", "no:django", "-rs"]
    command += ["--continue-on-collection-errors"]
    environment = {**os.environ, "CI": ci}
    return subprocess.run(
        [*command, str(folder)], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )


def test_a_skip_fails_where_ci_watches(tmp_path):
    done = run(tmp_path, ci="true")

    assert done.returncode not in {0, 5}
    assert done.stdout.count("CI=true and the test skipped itself: ") == len(SKIPPING)


def test_a_skip_is_named_elsewhere(tmp_path):
    done = run(tmp_path, ci="")

    assert done.returncode in {0, 5}
    assert f"{len(SKIPPING)} skipped" in done.stdout
    assert "no such program" in done.stdout
