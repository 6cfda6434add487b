"""What every test stands on: no network, an empty cache, and migrated rows that come back.

People are fixtures in tests/people.py; tests/skips.py lets no test skip itself where CI watches. The database, Redis
and Celery come by environment (python -m tests.services); without it everything runs on SQLite.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache

from tests.services.portal import Portal

pytest_plugins = ["tests.people", "tests.skips"]

HAS_SERVICES = bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


def pytest_report_header() -> str:
    """Say on what this pass runs."""
    engine = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    return f"database: {engine}, cache: {settings.CACHES['default']['BACKEND'].rpartition('.')[2]}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs the services when they are not there (the other pass runs it); keep migrated rows."""
    if not HAS_SERVICES:
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("services")])
        items[:] = [item for item in items if not item.get_closest_marker("services")]
    for item in items:
        if _is_transactional(item):
            # Such a test empties every table at its end: groups and rights from migrations come back for the next.
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)


def _is_transactional(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    named = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(named) or bool(marker and marker.kwargs.get("transaction"))


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse every connection and every look-up that would leave this machine."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(address[0]):
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host is not None and not _is_here(host):
            raise AssertionError(f"a test tried to look up {host}")
        return look_up(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


def _is_here(host: str | bytes) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in {"localhost", "", "0.0.0.0", "::", socket.gethostname()}:  # the last two: where a server binds
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    """Clear the cache before each test: rate limits count in it."""
    if settings.REDIS_URL:
        cache.clear()
    elif _is_transactional(request.node):  # from any other test the database takes the cache back with the rest
        request.getfixturevalue("transactional_db")
        cache.clear()


@pytest.fixture(scope="session")
def served_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DATA_DIR as `make run` leaves it: migrated, with keys and the demo. Serve a copy of it, never itself."""
    folder = tmp_path_factory.mktemp("served") / "data"
    with closing(Portal(folder)) as portal:
        portal.start(seconds=180)
    return folder
