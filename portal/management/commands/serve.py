"""Serve the portal on this machine: make what is missing, then watch over the web server and the outbox.

The web server is gunicorn; the outbox is drained by `drain_notices --forever`, or by a Celery worker with its beat
when REDIS_URL is set. The outbox child may die as often as it likes: it is started again and the web never notices.
When gunicorn ends, everything ends.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import socket
import stat
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import IO, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal import env
from portal.children import Child, die_with_parent

GRACE_SECONDS = 25  # gunicorn lets requests in flight end for 20
PAUSE_SECONDS = 0.2


class Command(BaseCommand):
    help = "Prepare DATA_DIR, then serve on http://localhost:PORT until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--with-parent", action="store_true", help="stop when what started this one ends")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["with_parent"]:
            die_with_parent(signal.SIGTERM, os.getppid())
        self._asked_to_stop = threading.Event()
        port = env.number("PORT", 8000)
        folder = Path(settings.DATA_DIR)
        os.umask(0o077)  # what is made under DATA_DIR is nobody else's
        with _prepared(folder) as lock:
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            sockets = _bind(port)
            self._prepare_data(folder)
            raise SystemExit(self._serve(folder, port, sockets))

    def _prepare_data(self, folder: Path) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("数据库：正在迁移 … migrating the database")
            call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        if _needs_demo(folder):
            self.stdout.write("演示：正在载入 … loading the demo")
            call_command("load_demo")
        connection.close()

    def _serve(self, folder: Path, port: int, sockets: list[socket.socket]) -> int:
        os.environ["DATA_DIR"] = str(folder)
        os.chdir(settings.BASE_DIR)
        for plug in sockets:
            _listen(plug, port)
        web = Child(_gunicorn(sockets), pass_fds=[plug.fileno() for plug in sockets])
        outbox = Child(_outbox_command(folder))
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        try:
            web.start()
            outbox.start()
            for plug in sockets:
                plug.close()  # gunicorn has them; when it goes, the port is free
            self._announce(folder, port)
            while web.exit_code() is None and not self._asked_to_stop.wait(PAUSE_SECONDS):
                code = outbox.tend()
                if code is not None:
                    self.stderr.write(f"the outbox child ended ({code}); starting it again")
        finally:
            outbox.ask_to_stop()
            web.stop(GRACE_SECONDS)
            outbox.stop(GRACE_SECONDS)
        code = web.exit_code()
        return 0 if self._asked_to_stop.is_set() and code == 0 else (code or 1)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop.set()

    def _announce(self, folder: Path, port: int) -> None:
        lines = [
            f"\n  {settings.SITE_NAME_ZH} · {settings.SITE_NAME_EN}    http://localhost:{port}",
            f"  演示人员与密码 · demo people     {folder / 'demo.json'}",
        ]
        if not settings.EMAIL_URL:
            lines.append(f"  发出的邮件与短信 · messages      {settings.OUTBOX_DIR}")
        self.stdout.write("\n".join([*lines, "  Ctrl-C 结束 · stops it\n"]))
        self.stdout.flush()


def _prepared(folder: Path) -> IO[str]:
    """Return the lock file of a private DATA_DIR, held; CommandError when it cannot be used or is served already."""
    try:
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        state = folder.stat()
        if state.st_uid == os.geteuid() and not state.st_mode & stat.S_ISVTX:
            folder.chmod(0o700)
        lock = open(folder / "serve.lock", "a+", encoding="ascii")  # noqa: SIM115  # the caller holds it
    except OSError as error:
        raise CommandError(f"DATA_DIR {folder} cannot be used: {error.strerror}", returncode=os.EX_CANTCREAT) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        who = lock.read().strip()
        lock.close()
        message = f"{folder} is served already by process {who}; give another DATA_DIR or stop that one."
        raise CommandError(message, returncode=os.EX_UNAVAILABLE) from error
    lock.truncate(0)
    return lock


def _bind(port: int) -> list[socket.socket]:
    """Return sockets on 127.0.0.1 and, where the system has it, ::1; they do not listen yet."""
    if not 0 < port < 65536:
        raise CommandError(f"PORT must be between 1 and 65535, not {port}.", returncode=os.EX_USAGE)
    sockets = []
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            plug = socket.socket(family)
            if family == socket.AF_INET6:
                plug.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            plug.bind((host, port))
        except OSError as error:
            if family == socket.AF_INET6 and error.errno in {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}:
                continue
            raise _refused(port, error) from error
        sockets.append(plug)
    return sockets


def _listen(plug: socket.socket, port: int) -> None:
    try:
        plug.listen(1024)
    except OSError as error:
        raise _refused(port, error) from error


def _refused(port: int, error: OSError) -> CommandError:
    reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be opened ({error.strerror})"
    return CommandError(
        f"端口 {port} 无法使用。Port {port} {reason}; choose another: make run PORT={port % 65535 + 1}",
        returncode=os.EX_UNAVAILABLE,
    )


def _needs_demo(folder: Path) -> bool:
    """Whether the demo is missing, or was written for another address."""
    try:
        return bool(json.loads((folder / "demo.json").read_text(encoding="utf-8"))["base_url"] != settings.SITE_URL)
    except (OSError, ValueError, KeyError):
        return True


def _gunicorn(sockets: list[socket.socket]) -> list[str]:
    binds = [word for plug in sockets for word in ("--bind", f"fd://{plug.fileno()}")]
    return [sys.executable, "-m", "gunicorn", "--config", str(settings.BASE_DIR / "deploy/gunicorn.conf.py"), *binds]


def _outbox_command(folder: Path) -> list[str]:
    if not settings.REDIS_URL:
        return [sys.executable, str(settings.BASE_DIR / "manage.py"), "drain_notices", "--forever"]
    beat = ["--beat", "--schedule", str(folder / "celerybeat-schedule")]
    worker = ["worker", "--concurrency", "1", "--loglevel", "WARNING", *beat]
    return [sys.executable, "-m", "celery", "--app", "portal.celery", *worker]
