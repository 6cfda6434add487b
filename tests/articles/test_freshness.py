"""A conditional GET of the article: 304 while nothing changed for this reader, and judged every time."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User, Verification
from articles.models import Article, Comment
from tests.articles.conftest import make_doctor

URL = "/zones/alk/articles/alk-article/"


@pytest.fixture
def reader(client: Client, doctor) -> Client:
    client.force_login(doctor)
    return client


@pytest.fixture
def etag(reader, article) -> str:
    first = reader.get(URL)
    assert first["Cache-Control"] == "private, no-store"
    return reader.get(URL)["ETag"]


def ask(client: Client, etag: str):
    return client.get(URL, headers={"If-None-Match": etag})


def test_unchanged_is_304_without_a_body_and_asks_again_the_next_time(reader, etag):
    answer = ask(reader, etag)

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["ETag"] == etag
    assert ask(reader, '"something else"').status_code == 200


def _comment(article, doctor, zone):
    Comment.post(article, author=make_doctor(zone, "o@example.org"), body="新的", at=timezone.now())


def _held(article, doctor, zone):
    article.comment_mode = Article.CommentMode.BEFORE
    Comment.post(article, author=doctor, body="待审", at=timezone.now())


def _article(article, doctor, zone):
    Article.objects.update(checked_up_to="2026 年 7 月")


def _name(article, doctor, zone):
    User.objects.filter(pk=doctor.pk).update(display_name="改了名")


@pytest.mark.parametrize("change", [_comment, _held, _article, _name])
def test_whatever_the_page_shows_changes_it(reader, etag, article, doctor, zone, change):
    change(article, doctor, zone)

    assert ask(reader, etag).status_code == 200


def test_another_reader_or_session_is_another_page(reader, etag, zone, doctor):
    other, again = Client(), Client()
    other.force_login(make_doctor(zone, "other@example.org"))
    again.force_login(doctor)

    assert ask(other, etag).status_code == 200
    assert ask(again, etag).status_code == 200


def test_who_lost_their_standing_gets_no_304(reader, etag, doctor):
    Verification.objects.filter(owner=doctor).update(approved_until=timezone.now())
    answer = ask(reader, etag)

    assert answer.status_code == 302
    assert answer["Cache-Control"] == "private, no-store"
    assert ask(Client(), etag).status_code == 302
