"""Send what the outbox holds; with --forever also run the periodic sweeps: the embedded default's worker."""

from __future__ import annotations

import logging
import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, connection

from portal import outbox, sweeps

log = logging.getLogger(__name__)
POLL_SECONDS, SWEEP_SECONDS = 0.5, 60


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
