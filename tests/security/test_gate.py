"""The gate attacked: it breaks closed, at the second, on every path (T05–T08, T10)."""

from __future__ import annotations

from itertools import product

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from accounts.models import Verification
from articles.models import Comment
from consent import actions, middleware, wanted
from portal.models import Zone
from tests import factories

ARTICLE = "/zones/alk/articles/alk-pretreated-strategy/"


def broken(*args, **kwargs):
    raise OperationalError("the database is away")


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (middleware, "read_facts"),
        (middleware, "judge"),
        (middleware, "Zone"),
        (wanted, "remember"),
    ],
)
def test_a_gate_that_cannot_judge_opens_nothing(zone, member, monkeypatch, place, name):
    browser = Client(raise_request_exception=False)
    browser.force_login(member)
    monkeypatch.setattr(place, name, broken)

    answer = browser.get(ARTICLE)

    assert answer.status_code == 503
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "暂时无法打开" in answer.content.decode()


@pytest.fixture
def reader(article, doctor):
    browser = Client()
    browser.force_login(doctor)
    assert browser.get(ARTICLE).status_code == 200
    return browser


def runs_out(doctor, lead):
    """At this very moment, while no worker runs."""
    Verification.objects.filter(owner=doctor).update(approved_until=timezone.now())


def is_revoked(doctor, lead):
    doctor.verification.revoke(by=lead, reason="注册已被注销。", at=timezone.now())


def withdraws(doctor, lead):
    row = next(row for row in actions.standing_answers(doctor) if row.kind == "AGREEMENT")
    actions.withdraw(row, at=timezone.now(), form="tests")


def is_not_admitted(doctor, lead):
    Zone.objects.filter(slug="alk").update(professions=["nurse"])


def is_closed(doctor, lead):
    doctor.is_active = False
    doctor.save(update_fields=["is_active"])


@pytest.mark.parametrize("happens", [runs_out, is_revoked, withdraws, is_not_admitted, is_closed])
def test_the_very_next_request_of_an_open_session_is_refused(reader, doctor, lead, happens):
    happens(doctor, lead)

    part = {"hx-request": "true"}
    answers = [
        reader.get(ARTICLE),
        reader.head(ARTICLE),
        reader.get(f"{ARTICLE}comments/", headers=part),
        reader.post(f"{ARTICLE}comments/", {"body": "还进得来吗？"}),
        reader.get(f"{ARTICLE}print/"),
        reader.get("/zones/alk/strategy/alk-pretreated/", {"fragment": "1"}, headers=part),
        reader.post("/zones/alk/strategy/alk-pretreated/", {"last_tki": "alectinib"}, headers=part),
    ]

    assert [answer.status_code in {204, 302} for answer in answers] == [True] * len(answers)
    assert not any(answer.content for answer in answers)
    assert {answer.headers["Cache-Control"] for answer in answers} == {"private, no-store"}
    assert not Comment.objects.filter(body="还进得来吗？").exists()


TRICKS = [
    ARTICLE.rstrip("/"),
    f"{ARTICLE}/",
    f"/{ARTICLE}",
    f"{ARTICLE};.css",
    f"{ARTICLE.rstrip('/')}.json",
    f"{ARTICLE.rstrip('/')}%2e",
    f"/zones/./alk/articles{ARTICLE[19:]}",
    f"/static/..{ARTICLE}",
    f"/accounts/login/..{ARTICLE}",
    f"/zones/alk/gate/../articles{ARTICLE[19:]}",
    ARTICLE.replace("/zones", "/ZONES"),
    ARTICLE.replace("articles/", "articles%2f"),
    f"{ARTICLE}%00",
    f"{ARTICLE}%ff",
    f"{ARTICLE}?format=json",
]


METHODS = ["get", "head", "options", "put", "delete", "patch", "trace", "post"]


def test_no_spelling_of_the_path_and_no_method_is_another_door(article, pending_person):
    browser = Client()
    browser.force_login(pending_person)
    for path, method, asking in product(TRICKS, METHODS, (Client(), browser)):
        answer = getattr(asking, method)(path)

        assert answer.status_code in {302, 404}, f"{method} {path}"
        assert b"data-fact" not in answer.content
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_page_that_was_left_out_of_the_doors_is_closed(article, member, settings):
    """A new view is behind its zone's gate, or a plain 404 outside of zones, until somebody lists it."""
    settings.ROOT_URLCONF = "tests.security.new_routes"
    browser = Client()
    browser.force_login(member)

    assert browser.get("/zones/alk/new/").url == "/zones/alk/gate/agreement/"
    assert browser.get("/new/").status_code == 404
    assert Client().get("/new/").url == "/accounts/login/?next=%2Fnew%2F"


def test_only_the_missing_slash_of_an_open_page_is_added(article, member):
    browser = Client()
    browser.force_login(member)

    assert browser.get("/admin").url == "/admin/"
    assert browser.get("/me").url == "/me/"
    assert browser.get("/%2Fme").status_code == 404
    assert browser.post("/me").status_code == 404
    assert browser.get("/there-is-no-such").status_code == 404
    assert Client().get("/me").url == Client().get("/there-is-no-such").url.replace("there-is-no-such", "me")


def test_an_article_of_one_zone_is_not_an_article_of_another(reader, doctor, article):
    other = factories.make_zone("other", professions=[])
    factories.consent_to(doctor, other)

    assert reader.get(ARTICLE.replace("/alk/", "/other/")).status_code in {302, 404}
    assert reader.get("/zones/other/strategy/alk-pretreated/").status_code in {302, 404}
