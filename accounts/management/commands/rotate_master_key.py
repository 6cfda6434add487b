"""manage.py rotate_master_key: bring everything under the first master key, in the embedded default under a new one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts import rotation
from portal.models import PersonKey


class Command(BaseCommand):
    """May be interrupted and run again; the portal serves meanwhile, and old keys open what was not reached."""

    help = "Wrap every person key and second factor anew; where keys are files, under a new master key."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how many keys are under which master key")
        parser.add_argument("--rewrap-only", action="store_true", help="make no new key, finish what was begun")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            self._say_where_they_are()
            return
        if settings.MASTER_KEYS_FILE and not options["rewrap_only"]:
            self.stdout.write(f"new master key {rotation.add_master_key(Path(settings.MASTER_KEYS_FILE))}")
        people, factors = rotation.rewrap_all(timezone.now())
        self.stdout.write(
            f"{people} person keys and {factors} second factors are under {next(iter(settings.MASTER_KEYS))}"
        )
        for name in rotation.unused_master_keys():
            self.stdout.write(f"{name} wraps nothing here any more; backups of keys may still need it")

    def _say_where_they_are(self) -> None:
        current = next(iter(settings.MASTER_KEYS))
        for name in settings.MASTER_KEYS:
            count = PersonKey.objects.filter(destroyed_at=None, master_id=name).count()
            self.stdout.write(f"{name}: {count} person keys{' (new keys go here)' if name == current else ''}")
