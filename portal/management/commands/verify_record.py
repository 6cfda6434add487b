"""Verify the record: exit 0 as it was sealed, 1 with the first bad entry, 2 when it cannot be checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import anchors, verifying


class Command(BaseCommand):
    help = "核对记录与其封存；指出第一处坏条目。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head", action="append", default=[], type=Path, help="另存的树头文件（每行一个 JSON），可给多次"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = verifying.examine(self._heads(options["head"]))
        if report.bad:
            raise CommandError(f"记录已被改动：第一处坏条目 seq={report.bad.seq}：{report.bad.why}。", returncode=1)
        self.stdout.write(
            f"记录完整：{report.entries} 条，已封存 {report.sealed} 条（{report.seals} 次），"
            f"等待封存 {report.waiting} 条。根散列 {report.root}"
        )

    def _heads(self, given: list[Path]) -> list[dict[str, Any]]:
        kept = Path(settings.RECORD_HEADS)
        files = [*([kept] if kept.exists() else []), *given]
        if not files:
            self.stderr.write("提示：没有数据库之外的树头文件，末尾连同封存一起被截断时无法发现。")
        heads = []
        for file in files:
            try:
                heads += list(anchors.read(file))
            except anchors.Unreadable as error:
                raise CommandError(f"树头文件 {file.name} 无法使用：{error}。", returncode=2) from error
        return heads
