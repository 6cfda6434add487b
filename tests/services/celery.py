"""A real Celery worker with its beat, on a given database and broker, sending messages to files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.services.process import Process

ROOT = Path(__file__).resolve().parents[2]


class CeleryWorker(Process):
    """One worker process with two children; messages to people land in `outbox`."""

    def __init__(self, *, database_url: str, redis_url: str) -> None:
        super().__init__()
        self.data_dir = self.folder / "data"
        self.data_dir.mkdir(mode=0o700)
        self.urls = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}

    @property
    def outbox(self) -> Path:
        return self.data_dir / "outbox"

    def environment(self) -> dict[str, str]:
        ours = {"DJANGO_SETTINGS_MODULE": "portal.settings.embedded", "DATA_DIR": str(self.data_dir)}
        return {**os.environ, **self.urls, **ours, "C_FORCE_ROOT": "1"}

    def workplace(self) -> Path:
        return ROOT

    def command(self) -> list[str | Path]:
        beat = ["--beat", "--schedule", str(self.folder / "beat")]
        words = ["worker", "--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle", *beat]
        return [Path(sys.executable).parent / "celery", "--app", "portal.celery", *words]

    def is_ready(self) -> bool:
        return "ready." in self.log.read_text(errors="replace")
