"""Send what the outbox holds; with --forever also seal the record and run the sweeps: the embedded default's worker."""

from __future__ import annotations

import logging
import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, connection
from django.utils import timezone

from portal import outbox, seals, sweeps

log = logging.getLogger(__name__)
POLL_SECONDS, SEAL_SECONDS, SWEEP_SECONDS = 0.5, 0.25, 60


class Command(BaseCommand):
    help = "Send due notices once, or --forever with the periodic sweeps."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--forever", action="store_true", help="poll until SIGTERM")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["forever"]:
            self.stdout.write(f"{outbox.drain_notices()} sent")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        sealer = threading.Thread(target=_seal, args=[stop], name="sealer")  # a mail server that hangs delays no seal
        sealer.start()
        try:
            self._drain(stop)
        finally:
            stop.set()
            sealer.join()

    def _drain(self, stop: threading.Event) -> None:
        next_sweep = 0.0
        while not stop.is_set():
            try:
                while outbox.drain_notices() and not stop.is_set():
                    continue
                if time.monotonic() >= next_sweep:
                    next_sweep = time.monotonic() + SWEEP_SECONDS
                    sweeps.run()
            except Error:
                log.exception("the database did not answer; trying again")
                connection.close()
                stop.wait(5)
            stop.wait(POLL_SECONDS)


def _seal(stop: threading.Event) -> None:
    """Seal what was appended, on a connection of this thread's own. Whatever else ends it ends the process."""
    try:
        while not stop.is_set():
            try:
                seals.seal(timezone.now())
            except Error:
                log.exception("the record could not be sealed; trying again")
                connection.close()
                stop.wait(5)
            stop.wait(SEAL_SECONDS)
    finally:
        stop.set()
        connection.close()
