"""What a messenger shows of a link: public words and a picture without any; of gated pages, the way to sign in."""

from __future__ import annotations

import re
import struct

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests.articles.conftest import BODY, make_article

GATED = re.findall(r">([^<>]{6,})<", BODY)


def card(page: str) -> dict[str, str]:
    """Return what the page says of itself to machines: property or name, and content."""
    head = page.partition("</head>")[0]
    return dict(re.findall(r'<meta (?:property|name)="((?:og:|twitter:)?[\w:]+)" content="([^"]*)"', head))


def test_a_landing_and_the_home_page_have_a_card_of_public_words(client, article, zone, settings):
    settings.SITE_URL = "https://portal.example.org"
    type(zone).objects.update(summary_zh='摘要里有 "引号" 与 <b>')
    page = client.get("/zones/alk/").content.decode()
    home = card(client.get("/").content.decode())
    shown = card(page)

    assert shown["og:title"] == zone.name_zh
    assert shown["og:description"] == shown["description"] == "摘要里有 &quot;引号&quot; 与 &lt;b&gt;"
    assert shown["og:url"] == "https://portal.example.org/zones/alk/"
    assert shown["og:image"].startswith("https://portal.example.org/static/share.png?v=")
    assert home["og:title"] == home["og:site_name"]
    assert not any(words in page for words in GATED)


@pytest.mark.parametrize("path", ["", "print/", "comments/", "history/", "history/1/"])
def test_of_a_gated_page_a_messengers_robot_gets_the_way_to_sign_in(article, path):
    robot = Client(HTTP_USER_AGENT="Mozilla/5.0 MicroMessenger/8.0.49 facebookexternalhit/1.1")
    answer = robot.get(f"/zones/alk/articles/alk-article/{path}")
    page = robot.get(answer.url).content.decode()

    assert answer.status_code == 302
    assert answer.content == b""
    assert card(page)["og:title"] == "登录"
    assert "og:url" not in card(page)
    assert not any(words in page for words in [article.title_zh, article.abstract_zh, *GATED])


def test_the_picture_is_a_small_png_of_the_size_that_is_said():
    with open(finders.find("share.png"), "rb") as file:
        data = file.read()

    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (1200, 630)
    assert len(data) < 20_000


def test_a_title_of_200_characters_and_no_abstract_make_a_page(client, zone, doctor):
    title = ("阿来替尼与布格替尼" * 30)[:200]
    make_article(zone, title_zh=title, title_en="", abstract_zh="", abstract_en="", source_title="", tool_slug="")
    landing = client.get("/zones/alk/").content.decode()
    client.force_login(doctor)
    pages = [client.get(f"/zones/alk/articles/alk-article/{path}") for path in ("", "print/", "comments/", "history/")]

    assert "公开摘要：" not in landing
    assert [page.status_code for page in pages] == [200] * 4
    assert all(title in re.sub(r"<wbr>|<span[^>]*>|</span>", "", page.content.decode()) for page in pages)


def test_the_next_pages_scripts_are_fetched_ahead_for_who_may_go_on_and_never_the_page(client, article, doctor):
    closed = client.get("/zones/alk/").content.decode()
    client.force_login(doctor)
    ahead = re.findall(r'<link rel="prefetch" href="([^"]+)"', client.get("/zones/alk/").content.decode())

    assert "prefetch" not in closed
    assert len(ahead) == 3
    assert all(address.startswith("/static/") for address in ahead)


def test_a_zone_without_articles_says_so_to_everybody(client, zone, doctor):
    strangers = client.get("/zones/alk/")
    client.force_login(doctor)
    readers = client.get("/zones/alk/")

    assert strangers.status_code == readers.status_code == 200
    assert all("发布之后会列在这里" in page.content.decode() for page in (strangers, readers))
