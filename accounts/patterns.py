"""Patterns that staff write for answers are tried out before any reader's text meets them.

Python's re tries every way to read a text: a repetition within a repetition makes that hours for forty characters
(CWE-1333), and takes a web worker with it. The trial runs in a child that is ended when it takes too long.
"""

from __future__ import annotations

import subprocess
import sys

SECONDS, LENGTH = 2.0, 500  # LENGTH: what a one-line answer may have
TRIAL = """
import re, sys
tried, length = re.compile(sys.argv[1]), int(sys.argv[2])
letters = [c for c in dict.fromkeys(sys.argv[1] + "0aA -") if c not in "\\\\^$.|?*+()[]{}"][:12]
for first in letters:
    for second in letters:
        for end in ("", "!", "\\n"):
            tried.fullmatch((first + second) * (length // 2) + end)
"""


def runs_away(pattern: str) -> bool:
    """Whether matching some text of LENGTH takes far too long; what cannot be tried counts as that."""
    command = [sys.executable, "-I", "-c", TRIAL, pattern, str(LENGTH)]
    try:
        done = subprocess.run(command, timeout=SECONDS, check=False, capture_output=True)  # noqa: S603  # no shell
    except (subprocess.TimeoutExpired, ValueError):
        return True
    return done.returncode != 0
