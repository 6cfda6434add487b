"""Put what is shipped in force in a new portal: python manage.py install. No people; repeating it changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone, translation

from strategy.shipment import install_shipped


class Command(BaseCommand):
    help = "Install the shipped zones, documents, questions, reasons, articles and rule set where they are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("zh-hans"):
            shipped = install_shipped(at=timezone.now())
        for article in shipped:
            self.stdout.write(f"{article.zone.slug}: {article.slug}")
