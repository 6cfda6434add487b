"""manage.py replay_erasures LIST.csv: after a restore, erase again whom the backup brought back."""

from __future__ import annotations

import csv
from argparse import FileType
from datetime import UTC
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts import retention
from accounts.models import Erasure, User


class Command(BaseCommand):
    """The list is what deploy/backup.sh writes: public_id, asked_at, due_at, done_at. May be run again and again."""

    help = "Erase again, from the list that the backup keeps, people whom a restored backup brought back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("list", type=FileType(encoding="utf-8"))

    def handle(self, *args: Any, **options: Any) -> None:
        at, asked = timezone.now(), 0
        with options["list"] as file:
            for row in csv.DictReader(file):
                asked += self._ask_again(row)
        done = retention.carry_out_erasures(at)
        self.stdout.write(f"{asked} wishes were missing and are noted again; {done} people erased")

    def _ask_again(self, row: dict[str, str]) -> int:
        try:
            person = User.objects.filter(public_id=UUID(row["public_id"])).first()
            asked_at, due_at = (parse_datetime(row[name]) for name in ("asked_at", "due_at"))
        except (KeyError, ValueError) as error:
            raise CommandError(f"this is no list of erasures: {error}") from error
        if asked_at is None or due_at is None:
            raise CommandError("this is no list of erasures: a time is missing")
        if person is None or Erasure.objects.filter(person=person).exists():
            return 0
        zoned = [time if time.tzinfo else time.replace(tzinfo=UTC) for time in (asked_at, due_at)]
        erasure = retention.ask_erasure(person, at=zoned[0])
        return Erasure.objects.filter(pk=erasure.pk).update(due_at=zoned[1])
