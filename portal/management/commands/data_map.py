"""manage.py data_map: print the data map and the impact assessment; --write puts them into docs/."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import data_documents, data_map


class Command(BaseCommand):
    """Fails when a field is undeclared: neither personal by declaration nor with its reason for not being so."""

    help = "Write docs/data-map.md and docs/impact-assessment.md from the models' declarations."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="write the files instead of printing them")

    def handle(self, *args: Any, **options: Any) -> None:
        if silent := data_map.undeclared():
            raise CommandError(
                "Declare these in PERSONAL_DATA, or say in portal/data/not_personal.csv why they are not personal"
                f" (or remove what is no field any more): {', '.join(silent)}"
            )
        for name, text in data_documents.written().items():
            if options["write"]:
                (data_documents.folder() / name).write_text(text, encoding="utf-8")
                self.stdout.write(f"docs/{name}")
            else:
                self.stdout.write(text)
