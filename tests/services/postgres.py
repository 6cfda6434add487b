"""A throw-away PostgreSQL of the newest version that the system has."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from tests.services.process import Process


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, or None where it is not installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    return folders[-1] if folders else None


class Postgres(Process):
    """A cluster with one database, `portal`, and trust for whoever connects from this machine."""

    user = "postgres"
    stop_signal = signal.SIGINT  # fast shutdown; SIGQUIT is a crash

    def __init__(self, **options: str) -> None:
        super().__init__()
        folder = programs()
        if folder is None:
            raise FileNotFoundError("PostgreSQL is not installed (package postgresql)")
        self.programs = folder
        self.options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "wal_level": "minimal",  # tables made or emptied in a transaction write no log
            "max_wal_senders": "0",
            "jit": "off",  # compiling costs more than these small tables ever give back
            **options,
        }
        self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/portal"

    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return clean | {"LC_ALL": "C.UTF-8"}

    def command(self) -> list[str | Path]:
        options = [word for name, value in self.options.items() for word in ("-c", f"{name}={value}")]
        return [self.programs / "postgres", "-D", self.data, *options]

    def is_ready(self) -> bool:
        ask = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ask, check=False).returncode == 0

    def create_database(self, name: str = "portal") -> None:
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", name)

    def _run(self, program: str, *words: str | Path) -> None:
        command = [*self.drop(), str(self.programs / program), *map(str, words)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=self.environment(), cwd=self.folder)
