"""The article page: what a doctor gets, and that nobody else gets any of it."""

from __future__ import annotations

import gzip
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Verification
from articles.models import Article, Comment
from tests.articles.conftest import agree, make_article, make_doctor, make_zone
from tests.people import make_person

URL = "/zones/alk/articles/alk-article/"
SECRET = "没有疑问的一句"
PAGES = ["", "print/", "history/", "history/1/", "comments/"]


@pytest.fixture
def reader(client: Client, doctor: object) -> Client:
    client.force_login(doctor)
    return client


def test_a_doctor_reads_the_article_with_its_source_and_notes(reader, article):
    page = reader.get(URL).content.decode()

    assert SECRET in page
    assert "据《来源标题》改写" in page
    assert "某某 教授" in page
    assert "草稿，未经临床审核" in page
    assert 'data-step="open"' in page
    assert 'class="mark" href="#n-fact-doubt">存疑' in page
    assert "未查到这一数字。" in page
    assert 'href="/zones/alk/articles/alk-article/history/"' in page
    assert 'data-comment-count="0"' in page


def test_the_page_takes_six_queries_and_little_room_with_200_comments(reader, article, doctor):
    for number in range(200):
        parent = Comment.objects.filter(parent=None).first() if number % 4 == 3 else None
        Comment.post(article, author=doctor, body=f"第 {number} 条评论" * 5, at=timezone.now(), parent=parent)
    reader.get(URL)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = reader.get(URL, headers={"accept-encoding": "gzip"})

    assert response.status_code == 200
    assert len(queries) <= 6, [query["sql"][:120] for query in queries.captured_queries]
    assert len(response.content) < 200_000
    assert 'data-comment-count="200"' in gzip.decompress(response.content).decode()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_it_is_closed_to_visitors_and_to_the_unverified(path, article, zone):
    client, member = Client(), make_person()
    visitor = client.get(URL + path)
    client.force_login(member)
    unverified = client.get(URL + path)
    agree(member, zone)
    agreed = client.get(URL + path)

    assert visitor.status_code == unverified.status_code == agreed.status_code == 302
    assert visitor.url.startswith("/accounts/login/")
    for response in (visitor, unverified, agreed):
        assert SECRET not in response.content.decode()
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("path", PAGES)
def test_a_doctor_whose_agreement_stands_in_another_zone_only_reads_nothing_here(path, article):
    other = make_zone("other")
    client = Client()
    client.force_login(make_doctor(other))

    assert client.get(URL + path).status_code == 302


def test_the_second_line_holds_by_itself(article, doctor, zone):
    visible = Article.objects.visible_to

    assert list(visible(doctor)) == [article]
    assert not visible(make_person()).exists()
    assert not visible(None).exists()
    agree(doctor, zone, "WITHDRAWN")
    assert not visible(doctor).exists()
    agree(doctor, zone)
    Verification.objects.filter(owner=doctor).update(approved_until=timezone.now())
    assert not visible(doctor).exists()


def test_what_is_not_published_or_in_a_closed_zone_is_nowhere(reader, article, zone):
    draft = Article.objects.create(zone=zone, slug="not-yet", title_zh="未发布的标题")
    closed = make_zone("closed", is_open=False)
    make_article(closed, "hidden", title_zh="关闭的标题")

    assert reader.get(f"/zones/alk/articles/{draft.slug}/").status_code == 404
    for path in ("/", "/zones/alk/", "/feed/", "/sitemap.xml"):
        page = Client().get(path).content.decode()
        assert "未发布的标题" not in page
        assert "关闭的标题" not in page
    assert Client().get("/zones/closed/").status_code == 404


def test_a_missing_article_and_a_missing_revision_are_404_for_a_doctor(reader, article):
    assert reader.get("/zones/alk/articles/none/").status_code == 404
    assert reader.get(URL + "history/7/").status_code == 404
    assert reader.get(URL + "history/99999999999999999999/").status_code == 404


def test_public_pages_show_the_abstract_and_nothing_gated(article):
    landing, feed = (Client().get(path) for path in ("/zones/alk/", "/feed/"))

    assert landing.status_code == feed.status_code == 200
    whole = re.sub(r'<wbr>|<span class="nb">|</span>', "", landing.content.decode())  # where its lines may end
    for page in (whole, feed.content.decode()):
        assert "经治患者的治疗策略" in page
        assert "公开的摘要" in page
        assert SECRET not in page
        assert "fact-" not in page
        assert URL not in page
    assert Client().get("/sitemap.xml").content.decode().count("<loc>") == 4


def test_the_landing_links_the_article_for_those_let_in(reader, article):
    assert URL in reader.get("/zones/alk/").content.decode()


def test_print_and_history_read_without_the_discussion(reader, article, doctor):
    Comment.post(article, author=doctor, body="只在讨论里", at=timezone.now())
    for path in ("print/", "history/", "history/1/"):
        page = reader.get(URL + path)
        assert page.status_code == 200
        assert "只在讨论里" not in page.content.decode()
    assert "未查到这一数字。" in reader.get(URL + "print/").content.decode()
