"""What tests/portal/test_access.py stands on: the demo's people as sessions, the written table, one request undone.

A line is one route, one path and the methods that are answered alike. The path `*` stands for every route that matches
the pattern and has no line of its own. A cell says what one person is answered: a status, or where they are sent:
  login    the sign-in page, which knows the page wanted   <step>   their own step of the gate, by its name
  gate     the zone's gate, which knows the step           desk     the desk's login, which says what is missing
  reauth   to prove once more who they are                 change   the desk's page of the object
  >path    exactly there; with a * at its end, below there
"""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import Evidence, User, Verification
from articles.models import Article, Comment
from consent.actions import answer
from consent.models import AgreementVersion, ConsentRecord
from consent.texts import shown_text
from portal.models import Zone
from tests import factories
from tests.people import staff_login

ANY, UNNAMED = "*", "admin:None"
TABLE = Path(__file__).with_name("access.csv")
PERSONAS = (
    "visitor",
    "newcomer",
    "declined",
    "pending",
    "rejected",
    "expired",
    "revoked",
    "approved",
    "doctor",
    "reviewer",
    "editor",
    "admin",
    "staff_without_factor",
)
STAFF = ("reviewer", "editor", "admin")
INSIDE = ("approved", "doctor")  # the zone alk is open for these
STEPS = {
    "agreement",
    "declined",
    "informed-consent",
    "profile",
    "survey",
    "evidence",
    "pending",
    "rejected",
    "expired",
    "revoked",
    "passed",
}
PASSWORD = "Kestrel-lantern-731"
EVIDENCE_NAME = "探针照片七三一.jpg"
COMMENT_WORDS = "这句只有进了门的人读得到，编号七三二。"


@dataclass
class World:
    """The demo, its people's sessions, and what the paths of the table are filled in with."""

    sessions: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    canaries: list[str] = field(default_factory=list)
    handler: ClientHandler = field(default_factory=lambda: ClientHandler(enforce_csrf_checks=False))

    def fill(self, text: str) -> str:
        """Put the demo's ids into a path or a cell."""
        for name, value in self.places.items():
            text = text.replace("{" + name + "}", value)
        return text

    def client(self, persona: str, **options: Any) -> Client:
        """A browser in which the person is signed in. All share one handler: loading the middleware is dear."""
        client = Client(raise_request_exception=False, **options)
        if not options:
            client.handler = self.handler
        if persona in self.sessions:
            client.cookies["sessionid"] = self.sessions[persona]
        return client

    def ask(self, persona: str, method: str, path: str, data: Any = None, **options: Any) -> HttpResponse:
        """One request of this person; whatever it changed is undone."""
        client = self.client(persona, **options)
        if settings.REDIS_URL:  # what limits count is undone too; in the database it goes with the rest
            cache.clear()
        with transaction.atomic():
            if method == "POST" and data is not None:
                response = client.post(path, data)
            else:
                bare, _sep, query = path.partition("?")
                form = "application/x-www-form-urlencoded"
                # PATH_INFO as a server gives it: decoded, and a leading // left alone.
                response = client.generic(method, "/", content_type=form, PATH_INFO=unquote(bare), QUERY_STRING=query)
            content = b"".join(response.streaming_content) if response.streaming else response.content
            response.whole = content  # type: ignore[attr-defined]
            transaction.set_rollback(True)
        return response


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    route: str
    path: str
    methods: tuple[str, ...]
    cells: dict[str, str]

    @property
    def label(self) -> str:
        return f"{'/'.join(self.methods)} {self.path} [{self.route}]"


def lines() -> list[Row]:
    """Return the table as written."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Row(line["route"], line["path"], tuple(line["method"].split()), {who: line[who] for who in PERSONAS})
            for line in csv.DictReader(file)
        ]


def rows() -> list[Row]:
    """Return the table with its patterns spelt out, one row for each route they stand for."""
    written = lines()
    told = {row.route for row in written if row.path != ANY}
    found = [row for row in written if row.path != ANY]
    for row in (row for row in written if row.path == ANY):
        for name, path in routes():
            if fnmatchcase(name, row.route) and (name not in told or name == UNNAMED) and "(?P<" not in path:
                found.append(Row(name, path, row.methods, row.cells))
    return found


def routes() -> list[tuple[str, str]]:
    """Return every route: its name with its namespace, and a path of it with places to fill."""
    return sorted({(name, _example(pattern)) for name, pattern in _walk(get_resolver().url_patterns, "", "/")})


def _walk(patterns: Any, namespace: str, before: str) -> Iterator[tuple[str, str]]:
    for item in patterns:
        route = f"{before}{item.pattern}"
        if isinstance(item, URLResolver):
            yield from _walk(item.url_patterns, f"{namespace}{item.namespace}:" if item.namespace else namespace, route)
        elif isinstance(item, URLPattern):
            yield f"{namespace}{item.name}", route


def _example(pattern: str) -> str:
    """Of the desk's routes: the first object of the model. Others are spelt out in the table."""
    return re.sub(r"^/admin/(\w+)/(\w+)/<(?:path:object_id|int:pk)>", r"/admin/\1/\2/{pk:\1.\2}", pattern)


def answered(response: Any, path: str) -> str:
    """Return how the table writes this answer."""
    if response.status_code not in {301, 302, 303, 307, 308}:
        return str(response.status_code)
    target = response.headers["Location"]
    bare, _mark, query = target.partition("?")
    wanted = parse_qs(query).get("next", [""])[0]
    if bare == reverse("account_login") and unquote(wanted) == unquote(path):
        return "login"
    if bare == reverse("admin:login") and wanted == path:
        return "desk"
    if bare in {reverse("account_reauthenticate"), reverse("mfa_reauthenticate")}:
        return "reauth"
    if bare == f"{path}change/" and path.startswith("/admin/"):
        return "change"
    parts = bare.strip("/").split("/")
    if len(parts) in {3, 4} and (parts[0], parts[2]) == ("zones", "gate") and target == bare:
        return "gate" if len(parts) == 3 else parts[3] if parts[3] in STEPS else f">{target}"
    return f">{target}"


@contextmanager
def demo_world() -> Iterator[World]:
    """The demo loaded and everybody signed in, inside one transaction that is undone at the end."""
    with transaction.atomic():
        call_command("load_demo", stdout=StringIO())
        yield _build()
        transaction.set_rollback(True)


def _build() -> World:
    zone = Zone.objects.get(slug="alk")
    people = {
        key: User.objects.get(email=f"{key}@demo.example")
        for key in PERSONAS
        if key not in {"visitor", "declined", "approved", "staff_without_factor"}
    }
    people["staff_without_factor"] = User.objects.get(email="reviewer2@demo.example")
    people["declined"], people["approved"] = _declined(zone), _approved(zone, people["reviewer"])
    world = World()
    for key, person in people.items():
        client = Client()
        if key in STAFF:
            staff_login(client, person)
            _some_time_ago(client)
        else:
            client.force_login(person)
        world.sessions[key] = client.cookies["sessionid"].value
    article = Article.objects.get(zone=zone)
    world.places |= _places(zone, article, people)
    world.canaries = [*_sentences(article), COMMENT_WORDS.split("，")[0], EVIDENCE_NAME]
    return world


def _some_time_ago(client: Client) -> None:
    """The second factor was used twenty minutes ago: the desk is still open, proof for what is delicate is not."""
    session = client.session
    for used in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        used["at"] = time.time() - 1200
    session.save()


def _declined(zone: Zone) -> User:
    person = factories.make_user("declined@demo.example", password=PASSWORD)
    version = AgreementVersion.objects.current("AGREEMENT", zone)
    assert version is not None
    answer(person=person, version=version, answer="REFUSED", text=shown_text(version), form="tests", at=timezone.now())
    return person


def _approved(zone: Zone, reviewer: User) -> User:
    """Approved just now: the passed page still stands before them."""
    person = factories.make_user("approved@demo.example", password=PASSWORD)
    factories.consent_to(person, zone)
    factories.approve(factories.make_case(person), by=reviewer)
    return person


def _places(zone: Zone, article: Article, people: dict[str, User]) -> dict[str, str]:
    held = Verification.objects.get(owner=people["pending"])
    file = Evidence.objects.filter(owner=people["pending"]).first()
    assert file is not None
    Evidence.objects.filter(pk=file.pk).update(name=EVIDENCE_NAME)
    at = timezone.now() - timedelta(hours=1)
    comment = Comment.post(article, author=people["doctor"], body=COMMENT_WORDS, at=at)
    receipt = ConsentRecord.objects.owned_by(people["doctor"]).first()
    assert receipt is not None
    models = {f"pk:{model._meta.label_lower}": model._base_manager.order_by("pk") for model in apps.get_models()}
    first = {name: str(objects.values_list("pk", flat=True).first() or 0) for name, objects in models.items()}
    return first | {
        "pk:accounts.verification": str(held.pk),
        "case": str(held.pk),
        "article": article.get_absolute_url(),
        "evidence": str(file.public_id),
        "comment": str(comment.public_id),
        "receipt": str(receipt.public_id),
        "nobody": "00000000-0000-4000-8000-000000000000",
    }


def _sentences(article: Article) -> list[str]:
    """Three pieces of the body as it is served, from its start, middle and end, that are in no public abstract."""
    assert article.published is not None
    runs = [run.strip() for run in re.findall(r">([^<>&]{24,})<", article.published.rendered)]
    secret = [run[:40] for run in runs if run[:40] not in article.abstract_zh]
    return [secret[0], secret[len(secret) // 2], secret[-1]]
