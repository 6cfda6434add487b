"""Supervised child processes: they die with their parent, and one that dies alone is started again with back-off."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds; doubled each time, forgotten after a minute of health
HEALTHY_AFTER = 60.0
_PR_SET_PDEATHSIG = 1
_libc: Any = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(number: signal.Signals, parent: int) -> None:
    """Ask the kernel to send this process a signal when its parent ends. Linux only; elsewhere nothing happens."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it ended while we asked
            os.kill(os.getpid(), number)


class Child:
    """One process. `start` begins it, `tend` starts it again when it has died, `stop` ends it."""

    def __init__(self, command: Sequence[str], *, pass_fds: Sequence[int] = ()) -> None:
        self._command, self._pass_fds = list(command), tuple(pass_fds)
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at, self._not_before, self._pause = 0.0, 0.0, FIRST_PAUSE

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def start(self) -> None:
        parent = os.getpid()
        self._started_at, self._not_before = time.monotonic(), 0.0
        self._process = subprocess.Popen(  # noqa: S603  # our own words, no shell
            self._command,
            pass_fds=self._pass_fds,
            preexec_fn=lambda: die_with_parent(signal.SIGTERM, parent),  # one thread here
        )

    def exit_code(self) -> int | None:
        """Return how it ended (negative: by which signal), or None while it runs."""
        return self._process.poll() if self._process else None

    def tend(self) -> int | None:
        """Start it again if it has died and its pause is over; return its exit code at the moment that is noticed."""
        code = self.exit_code()
        if code is None:
            return None
        now = time.monotonic()
        if self._not_before:
            if now >= self._not_before:
                self.start()
            return None
        if now - self._started_at >= HEALTHY_AFTER:
            self._pause = FIRST_PAUSE
        self._not_before, self._pause = now + self._pause, min(self._pause * 2, LONGEST_PAUSE)
        return code

    def ask_to_stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def stop(self, seconds: float) -> None:
        """Ask it to end, wait, and kill it when it does not."""
        if self._process is None:
            return
        self.ask_to_stop()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
