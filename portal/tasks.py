"""Celery tasks: each wakes one function that the embedded default calls too."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from portal import outbox


@shared_task(name="portal.tasks.drain_notices")
def drain_notices() -> None:
    """Send what is due until nothing is left."""
    while outbox.drain_notices():
        continue


@shared_task(name="portal.tasks.seal_record")
def seal_record() -> None:
    """Seal the record's new entries."""
    from portal import seals

    seals.seal(timezone.now())


@shared_task(name="portal.tasks.sweep")
def sweep() -> None:
    """Run the periodic work that apps registered in portal.sweeps."""
    from portal import sweeps

    sweeps.run()
