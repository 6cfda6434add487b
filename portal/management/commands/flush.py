"""Django's flush, which empties every table; what is append-only must let go for it."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from portal import append_only


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        with append_only.lifted(connections[options["database"]]):
            super().handle(**options)
