"""Periodic work, registered by the apps that own it and run by Celery beat or the embedded child, every minute.

Every job is idempotent and catches up by query, not by schedule: a missed or doubled run changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import Error
from django.utils import timezone

log = logging.getLogger(__name__)
_jobs: list[Callable[[datetime], object]] = []


def register(job: Callable[[datetime], object]) -> Callable[[datetime], object]:
    """Add a job taking the time; called from an app's ready()."""
    if job not in _jobs:
        _jobs.append(job)
    return job


def run() -> None:
    """Run every job; one that fails on the database is logged and does not stop the others."""
    for job in _jobs:
        try:
            job(timezone.now())
        except Error:
            log.exception("sweep %s failed", job.__qualname__)
