"""Production settings: they refuse to start without a secret, pass Django's deploy checks, and serve."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.services.process import Process

ROOT = Path(__file__).resolve().parents[2]


def secrets() -> dict[str, str]:
    """What deploy/new_secrets.py prints, as a shell or systemd reads it."""
    command = [sys.executable, "deploy/new_secrets.py", "portal.example.org"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    words = shlex.split(text, comments=True)
    return dict(word.split("=", 1) for word in words)


def production(**changes: str) -> dict[str, str]:
    plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**plain, **secrets(), "DJANGO_SETTINGS_MODULE": "portal.settings.prod", **changes}


def manage(*words: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=90)


@pytest.mark.pure
@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY", "MASTER_KEYS", "RECORD_KEY", "BLIND_INDEX_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS"],
)
def test_it_refuses_to_start_without_a_secret_and_names_it(name, tmp_path):
    done = manage("check", environment=production(**{name: ""}, DATA_DIR=str(tmp_path)))

    assert done.returncode != 0
    assert name in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.pure
def test_it_passes_the_deploy_checks(tmp_path):
    environment = production(DATA_DIR=str(tmp_path))

    done = manage("check", "--deploy", "--fail-level", "WARNING", environment=environment)

    assert done.returncode == 0, done.stderr


@pytest.mark.pure
def test_two_runs_make_two_sets_of_secrets():
    one, two = secrets(), secrets()

    same = {name for name in one if one[name] == two[name]}
    assert same == {"SITE_URL", "ALLOWED_HOSTS", "TRUSTED_PROXY_COUNT"}


class Gunicorn(Process):
    """gunicorn as the container and the systemd unit start it."""

    def __init__(self, environment: dict[str, str]) -> None:
        super().__init__()
        self._environment = environment

    def environment(self) -> dict[str, str]:
        return {**self._environment, "BIND": f"127.0.0.1:{self.port}"}

    def workplace(self) -> Path:
        return ROOT

    def command(self) -> list[str | Path]:
        return [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]

    def is_healthy(self) -> bool:
        command = [sys.executable, "deploy/healthcheck.py"]
        return subprocess.run(command, env=self.environment(), cwd=ROOT, capture_output=True).returncode == 0


@pytest.mark.services
def test_it_serves_on_postgresql_and_redis_and_its_health_check_says_so(tmp_path):
    services = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
    environment = production(DATA_DIR=str(tmp_path), **services)
    migrated = manage("migrate", "--noinput", environment=environment)
    assert migrated.returncode == 0, migrated.stderr
    gunicorn = Gunicorn(environment)
    try:
        gunicorn.start()

        assert gunicorn.is_healthy()
        gunicorn.stop()
        assert not gunicorn.is_healthy()
    finally:
        gunicorn.close()


@pytest.mark.pure
def test_compose_publishes_nginx_alone_and_every_service_is_watched():
    compose = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))
    services = compose["services"]

    assert set(services) == {"migrate", "web", "worker", "beat", "postgres", "redis", "nginx"}
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]
    built_in = {"web"}  # the image's own health check
    assert {name for name, service in services.items() if "healthcheck" not in service} == built_in
    assert compose["networks"]["inside"] == {"internal": True}
