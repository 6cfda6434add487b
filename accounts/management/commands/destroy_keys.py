"""manage.py destroy_keys: destroy now the evidence keys that the sweep would, and say what was done."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts import retention, sweeping
from portal import purging
from portal.models import PersonKey


class Command(BaseCommand):
    """Exit 0 also when nothing is due. Names cases and keys by their ids only."""

    help = "Destroy the evidence keys of closed cases; --dry-run says which and destroys nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be destroyed")

    def handle(self, *args: Any, **options: Any) -> None:
        at, is_dry = timezone.now(), options["dry_run"]
        destroyed = 0
        for person in retention.due_for_destruction(at):
            if is_dry or retention.destroy_key_of(person, because="closed", at=at):
                destroyed += 1
                words = "would be destroyed" if is_dry else "destroyed"
                self.stdout.write(f"{words}: user {person.public_id}, case {person.verification.case_number}")
        if is_dry:
            waiting = PersonKey.objects.filter(destroyed_at__isnull=False, purged_at=None).count()
            self.stdout.write(f"{destroyed} keys are due; {waiting} destroyed ones are still in the database's files")
            return
        while sweeping.remove_unreadable(at):
            continue
        purging.purge(at)
        left = PersonKey.objects.filter(destroyed_at__isnull=False, purged_at=None).count()
        self.stdout.write(f"{destroyed} keys destroyed; {left} still in the database's files, tried again every minute")
