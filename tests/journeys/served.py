"""The portal under the journeys: `manage.py serve`, on PostgreSQL and Redis where the pass has them."""

from __future__ import annotations

import json
import os
import re
import uuid
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.services.portal import Portal
from tests.services.process import wait_until

# One address sends all the journeys' people: the limits on sign-in are tested elsewhere.
WIDE = {name: "1000/m/ip" for name in ("LIMIT_LOGIN_FAILED", "LIMIT_LOGIN", "LIMIT_SIGNUP", "LIMIT_LOGIN_CODE")}
REDIS_NUMBERS = (14, 15)  # one for each worker's portal; the pytest processes use low numbers


class JourneyPortal(Portal):
    """A portal for people in a browser."""

    def __init__(self) -> None:
        super().__init__()
        self.services = _services()

    def environment(self) -> dict[str, str]:
        return super().environment() | self.services | WIDE | {"LIMIT_COMMENTS": "200", "WEB_WORKERS": "2"}

    @property
    def demo(self) -> dict[str, Any]:
        """What `make run` wrote about its demo."""
        found: dict[str, Any] = json.loads((self.data_dir / "demo.json").read_text(encoding="utf-8"))
        return found

    def messages(self, to: str) -> list[dict[str, str]]:
        """Every message that left for this address, oldest first."""
        paths = sorted((self.data_dir / "outbox").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        found = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
        return [message for message in found if message["to"] == to]

    def code_for(self, to: str, *, after: int = 0, seconds: float = 10) -> str:
        """Return the newest code sent to the address, once there are more messages than `after`."""
        wait_until(lambda: len(self.messages(to)) > after, seconds=seconds, what=f"a message to {to}")
        match = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", self.messages(to)[-1]["text"], re.MULTILINE)
        assert match, self.messages(to)[-1]
        return match[1]


def _services() -> dict[str, str]:
    """Return the addresses of this run's own database and Redis number; nothing on the SQLite pass."""
    database, redis = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    if not (database and redis):
        return {}
    name = f"journeys_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    server = urlsplit(database)
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return {
        "DATABASE_URL": urlunsplit(server._replace(path=f"/{name}")),
        "REDIS_URL": f"{redis.rsplit('/', 1)[0]}/{REDIS_NUMBERS[worker]}",
    }
