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
    "a test": f"import pytest\ndef test_one():\n    {SKIP}\n",
    "a condition": "import pytest\n@pytest.mark.skipif(True, reason='no such program')\ndef test_one():\n    ...\n",
    "a fixture": f"import pytest\n@pytest.fixture\ndef tool():\n    {SKIP}\ndef test_one(tool):\n    ...\n",
    "a module": f"import pytest\n{SKIP.replace(')', ', allow_module_level=True)')}\n",
}


def run(folder: Path, source: str, ci: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_skipping.py").write_text(source)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        os.devnull,
        "-p",
        "tests.skips",
        "-p",
        "no:django",
        str(folder),
        "-rs",
    ]
    environment = {**os.environ, "CI": ci}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("source", SKIPPING.values(), ids=SKIPPING)
def test_a_skip_fails_where_ci_watches(tmp_path, source):
    done = run(tmp_path, source, ci="true")

    assert done.returncode not in {0, 5}
    assert "CI=true and the test skipped itself: Skipped: no such program" in done.stdout


@pytest.mark.parametrize("source", SKIPPING.values(), ids=SKIPPING)
def test_a_skip_is_named_elsewhere(tmp_path, source):
    done = run(tmp_path, source, ci="")

    assert done.returncode in {0, 5}
    assert "no such program" in done.stdout
