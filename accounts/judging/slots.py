"""At most so many children at a time on one machine, whichever worker asks: a lock on one file each."""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from accounts.judging.verdict import Code, Refusal

POLL_SECONDS = 0.05


def _default_folder() -> Path:
    return Path(tempfile.gettempdir()) / f"portal-judging-{os.getuid()}"


@dataclass(frozen=True)
class Slots:
    """Free places to judge in. The kernel frees a place when its holder dies."""

    count: int = 2
    wait_seconds: float = 20
    folder: Path = field(default_factory=_default_folder)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold one place while the block runs. Refusal(BUSY) when none came free in time."""
        held = self._wait()
        try:
            yield
        finally:
            os.close(held)

    def _wait(self) -> int:
        self._prepare()
        deadline = time.monotonic() + self.wait_seconds
        while True:
            for number in range(self.count):
                handle = os.open(self.folder / str(number), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(handle)
                else:
                    return handle
            if time.monotonic() >= deadline:
                raise Refusal(Code.BUSY)
            time.sleep(POLL_SECONDS)

    def _prepare(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        found = self.folder.lstat()
        # A folder that somebody else made in the shared temporary directory could hold our locks for ever.
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise OSError(f"{self.folder} belongs to somebody else")
