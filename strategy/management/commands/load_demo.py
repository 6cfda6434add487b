"""Load the demo once: zones, documents, questions, people, articles, comments, the rule set; write demo.json."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts.judging import Accepted
from accounts.models import User
from articles import install as articles
from portal.models import Notice, Zone
from strategy import population
from strategy.demo import ARTICLE, SLUG
from strategy.discussion import install_discussion
from strategy.shipment import install_shipped

ZONE = "alk"


class Command(BaseCommand):
    help = "Load the demo into an empty portal and write DATA_DIR/demo.json (0600). Repeating it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(settings.DATA_DIR) / "demo.json"
        # The passwords are nowhere else: they are on disk before the people are committed, under a name of their own.
        loading = target.with_name("demo.json.loading")
        now = timezone.now()
        with translation.override("zh-hans"):
            if User.objects.exists():
                if loading.exists() and not target.exists():
                    os.replace(loading, target)
                if target.exists():
                    _write(target, json.loads(target.read_text(encoding="utf-8")) | {"base_url": settings.SITE_URL})
                else:
                    self.stderr.write("This portal already has people; the demo is only for an empty one.")
                return
            picture = population.licence_picture()
            with transaction.atomic():
                _write(loading, _document(_load(picture, now)))
        os.replace(loading, target)
        self.stdout.write(f"demo people: {target}")


def _load(picture: Accepted, now: datetime) -> dict[str, population.DemoPerson]:
    for article in install_shipped(at=now):
        folder = articles.FOLDER / article.slug
        if (folder / "comments.yaml").exists():
            install_discussion(article, folder, at=now)
    zone = Zone.objects.get(slug=ZONE)
    people = population.make_staff()
    people |= population.make_clinicians(zone, people["reviewer"].user, picture=picture, at=now)
    # Nobody is to be told what the demo only pretends: its notices stand as said already.
    said = {"state": Notice.State.SENT, "sent_at": now, "attempts": 1, "lease_token": "demo", "text": ""}
    Notice.objects.filter(state=Notice.State.NEW).update(**said)
    return people


def _document(people: dict[str, population.DemoPerson]) -> dict[str, Any]:
    return {
        "base_url": settings.SITE_URL,
        "zone": ZONE,
        "article_url": reverse("article", kwargs={"zone": ZONE, "slug": ARTICLE}),
        "strategy_url": reverse("strategy", kwargs={"zone": ZONE, "ruleset": SLUG}),
        "profile_answers": {**population.PROFILE, **population.SURVEY},
        "people": {key: person.as_json() for key, person in people.items()},
    }


def _write(target: Path, document: dict[str, Any]) -> None:
    target.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False, indent=2)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, target)
