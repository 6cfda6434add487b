"""Search: sentences of one's own zone, never of another or of a draft, for those let in only."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.articles.conftest import make_article, make_zone

URL = "/zones/alk/search/"


@pytest.fixture
def reader(client: Client, doctor: object, article: object) -> Client:
    client.force_login(doctor)
    return client


def test_a_word_leads_to_its_sentence(reader):
    page = reader.get(URL, {"q": "没有疑问"}).content.decode()

    assert 'href="/zones/alk/articles/alk-article/?at=b-bbbbbbbb#b-bbbbbbbb"' in page
    assert "<mark>没有疑问</mark>" in page
    assert "找到 1 处" in page


@pytest.mark.parametrize(
    ("asked", "found"), [("alk 一句", 1), ("ＡＬＫ", 1), ("疑", 1), ("一句 15.2", 0), ("没有这个词", 0)]
)
def test_every_word_must_stand_in_the_sentence_whatever_its_width_or_case(reader, asked, found):
    page = reader.get(URL, {"q": asked}).content.decode()

    assert page.count("?at=b-") == found


def test_nothing_of_another_zone_is_found(reader):
    other = make_zone("other")
    make_article(other, slug="elsewhere")

    page = reader.get(URL, {"q": "没有疑问"}).content.decode()

    assert "elsewhere" not in page


def test_nothing_asked_shows_the_box_alone_and_bad_characters_are_told(reader):
    assert "找到" not in reader.get(URL).content.decode()
    assert reader.get(URL, {"q": "a\x00"}).status_code == 400
    assert reader.get(URL, {"q": "长" * 5000}).status_code == 200


def test_what_is_asked_is_shown_as_text(reader):
    page = reader.get(URL, {"q": "<img src=x onerror=alert(1)>"}).content.decode()

    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_a_stranger_is_led_away_before_anything_is_looked_up(client, article):
    assert client.get(URL, {"q": "没有疑问"}).url.startswith("/accounts/login/")


def test_many_sentences_take_as_many_queries_as_one(reader, zone):
    with CaptureQueriesContext(connection) as few:
        reader.get(URL, {"q": "没有疑问"})
    for number in range(3):
        make_article(zone, slug=f"more-{number}")
    with CaptureQueriesContext(connection) as many:
        assert reader.get(URL, {"q": "没有疑问"}).content.decode().count("?at=b-") == 4

    assert len(many) == len(few)
