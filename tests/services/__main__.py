"""Run a command with a fresh PostgreSQL and Redis: python -m tests.services [--celery] CMD…"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack, closing

from tests.services.celery import CeleryWorker
from tests.services.postgres import Postgres
from tests.services.redis import Redis


def main(words: list[str]) -> int:
    """Return the exit code of the command."""
    with_celery = words[:1] == ["--celery"]
    command = words[with_celery:]
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    with ExitStack() as stack:
        postgres, redis = stack.enter_context(closing(Postgres())), stack.enter_context(closing(Redis()))
        postgres.start()
        redis.start()
        postgres.create_database()
        urls = {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url}
        if with_celery:
            subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, env={**os.environ, **urls})
            worker = stack.enter_context(closing(CeleryWorker(database_url=postgres.url, redis_url=redis.url)))
            worker.start()
        try:
            return subprocess.call(command, env={**os.environ, **urls})
        except KeyboardInterrupt:
            return 130


sys.exit(main(sys.argv[1:]))
