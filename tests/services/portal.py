"""The portal itself as `make run` starts it: `manage.py serve`, with its real children."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.services.process import Process

ROOT = Path(__file__).resolve().parents[2]


class Portal(Process):
    """A served portal on a free port with its own DATA_DIR, which may be given to be served again."""

    def __init__(self, data_dir: Path | None = None, *, port: int | None = None) -> None:
        super().__init__()
        self.port = port or self.port
        self.data_dir = data_dir or self.folder / "data"

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        ours = {"DJANGO_SETTINGS_MODULE": "portal.settings.embedded", "PYTHONUTF8": "1"}
        return {**kept, **ours, "DATA_DIR": str(self.data_dir), "PORT": str(self.port)}

    def workplace(self) -> Path:
        return ROOT

    def command(self) -> list[str | Path]:
        return [sys.executable, "manage.py", "serve"]

    def is_ready(self) -> bool:
        try:
            return self.get("/health/ready") == 200
        except (OSError, http.client.HTTPException):
            return False

    def get(self, path: str, host: str = "127.0.0.1") -> int:
        """Return the status of a plain GET."""
        connection = http.client.HTTPConnection(host, self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def shell(self, code: str) -> str:
        """Run Python in the portal's own settings and database, beside the server; return what it printed."""
        command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, env=self.environment(), cwd=ROOT, timeout=60
        )
        return done.stdout

    def web(self) -> int:
        """The pid of gunicorn's master."""
        return self._child_with("gunicorn")

    def web_workers(self) -> list[int]:
        return children(self.web())

    def drainer(self) -> int:
        """The pid of the outbox child, or 0 between two of its lives."""
        return self._child_with("drain_notices")

    def _child_with(self, word: str) -> int:
        return next((pid for pid in children(self.pid) if word in command_line(pid)), 0)


def children(pid: int) -> list[int]:
    """Return the processes that this one started and that still run."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def is_running(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def kill(pid: int) -> None:
    """kill -9: no goodbye."""
    os.kill(pid, signal.SIGKILL)
