"""The Celery application. The queue is a hint, the database is the truth: tasks carry ids at most."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.prod")

app = Celery("portal")


def _configure() -> None:
    from django.conf import settings

    app.conf.update(settings.CELERY)


_configure()
app.autodiscover_tasks(["portal"])
