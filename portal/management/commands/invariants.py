"""Ask what must hold of the database: exit 0 when it does, 1 naming the rows that break it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal import invariants


class Command(BaseCommand):
    help = "检查数据库中必须始终成立的事；列出不成立的行。"

    def handle(self, *args: Any, **options: Any) -> None:
        found = invariants.broken(timezone.now())
        for finding in found:
            self.stdout.write(f"{finding.code} {finding.words}：{'、'.join(finding.rows)}")
        if found:
            raise CommandError(f"{len(found)} 项不成立。", returncode=1)
        self.stdout.write(f"{len(invariants.codes())} 项都成立。")
