"""One background process: started, waited for until it answers, stopped, and never outliving the tests."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event


class ServiceError(RuntimeError):
    """The service did not start; the text is the end of its log."""


def free_port() -> int:
    """Return a port of this machine on which nothing listens now."""
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        return int(plug.getsockname()[1])


def is_open(port: int) -> bool:
    """Whether something accepts connections there."""
    try:
        socket.create_connection(("127.0.0.1", port), 0.5).close()
    except OSError:
        return False
    return True


def wait_until(holds: Callable[[], object], *, seconds: float, what: str) -> None:
    """Return as soon as the condition holds; TimeoutError naming it when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds} s")
        Event().wait(0.03)


class Process:
    """A process with its own folder and log. Subclasses name the command and say when it is ready."""

    user = ""  # whom root becomes; empty: stays who it is
    stop_signal = signal.SIGTERM

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{type(self).__name__.lower()}-"))
        if self.user and os.geteuid() == 0:
            shutil.chown(self.folder, self.user, self.user)
        self._child: subprocess.Popen[bytes] | None = None

    def command(self) -> Sequence[str | Path]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def is_ready(self) -> bool:
        return is_open(self.port)

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def drop(self) -> list[str]:
        """The words before a command that make it unprivileged and let it die with its starter."""
        words = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        if self.user and os.geteuid() == 0:
            words += [f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups"]
        return words

    def start(self, seconds: float = 30) -> None:
        """Start it and return when it is ready; ServiceError when it is not in time."""
        with self.log.open("ab") as log:
            command = [*self.drop(), *map(str, self.command())]
            self._child = subprocess.Popen(
                command, stdout=log, stderr=log, env=self.environment(), cwd=self.workplace(), start_new_session=True
            )
        try:
            wait_until(lambda: self.is_ready() or self.exit_code() is not None, seconds=seconds, what="ready")
        except TimeoutError as error:
            raise ServiceError(f"{type(self).__name__} is not ready: {self.tail()}") from error
        if self.exit_code() is not None:
            raise ServiceError(f"{type(self).__name__} did not start: {self.tail()}")

    def exit_code(self) -> int | None:
        """How it ended, or None while it runs."""
        return self._child.poll() if self._child else None

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-2000:]

    def workplace(self) -> Path:
        return self.folder

    def stop(self, how: signal.Signals | None = None) -> None:
        """End it by a signal (its own polite one unless told) and wait until it is gone."""
        if self._child is None or self._child.poll() is not None:
            return
        self._child.send_signal(how or self.stop_signal)
        try:
            self._child.wait(20)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait(20)

    def close(self) -> None:
        """Stop it and take its folder away."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
