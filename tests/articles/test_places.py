"""One comment by its own address, however deep; the parts of a page that the script asks for; closed discussions."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Article, Comment
from tests.articles.conftest import make_doctor

URL = "/zones/alk/articles/alk-article/"
TALK = URL + "comments/"
PART = {"HX-Request": "true"}


@pytest.fixture
def reader(client: Client, doctor) -> Client:
    client.force_login(doctor)
    return client


def post(article, author, body="一条评论", **fields) -> Comment:
    return Comment.post(article, author=author, body=body, at=timezone.now(), **fields)


def key_of(url: str) -> str:
    return re.search(r"#c-([0-9a-f-]{36})$", url).group(1)


def test_every_comment_has_an_address_that_opens_the_page_it_stands_on(reader, article, doctor):
    for n in range(30):
        post(article, doctor, f"主 {n}")
    old = Comment.objects.order_by("pk").first()
    answers = [post(article, doctor, f"答 {n}", parent=old) for n in range(60)]
    for asked in (old, answers[0], answers[45], answers[-1]):
        answer = reader.get(f"{TALK}?comment={asked.public_id}")
        page = reader.get(answer.url).content.decode()

        assert key_of(answer.url) == str(asked.public_id)
        assert f'id="c-{asked.public_id}"' in page
        assert f'id="c-{old.public_id}"' in page  # what the thread is about stands above
        assert f'?comment={asked.public_id}"><time' in page


def test_an_address_says_nothing_of_what_one_may_not_read(reader, article, zone):
    article.comment_mode = Article.CommentMode.BEFORE
    held = post(article, make_doctor(zone, "other@example.org"), "别人待审的话")

    for query in ("comment", "acts", "reply", "thread"):
        for headers in (PART,) if query == "acts" else ({}, PART):
            assert reader.get(f"{TALK}?{query}={held.public_id}", headers=headers).status_code == 404


def test_a_part_puts_the_new_comment_in_its_place_with_the_count_and_an_empty_form(reader, article, doctor):
    sent = {"body": "用脚本发的", "idempotency_key": "k1"}
    answer = reader.post(TALK, sent, headers=PART | {"HX-Target": "write"})
    again = reader.post(TALK, sent, headers=PART | {"HX-Target": "write"})
    part = reader.get(answer.url, headers=PART | {"HX-Target": "write"})
    html = part.content.decode()

    assert answer.url == again.url
    assert Comment.objects.count() == 1
    assert (part["HX-Retarget"], part["HX-Reswap"]) == ("#talk .threads", "afterbegin")
    assert html.count("<article") == html.count("</article>") == 1
    assert 'data-comment-count="1" data-hx-swap-oob="true"' in html
    assert re.search(r'<form[^>]* id="write"[^>]*data-hx-swap-oob="true"', html)
    assert 'data-announce="评论已发表。"' in html
    assert "k1" not in html


def test_an_answer_as_a_part_goes_under_what_it_answers_and_its_form_goes(reader, article, doctor):
    root = post(article, doctor)
    target = PART | {"HX-Target": f"write-{root.public_id}"}
    answer = reader.post(TALK, {"body": "答", "parent": str(root.public_id)}, headers=target)
    part = reader.get(answer.url, headers=target)
    html = part.content.decode()

    assert (part["HX-Retarget"], part["HX-Reswap"]) == (f"#c-{root.public_id}", "beforeend")
    assert html.count(f'data-hx-swap-oob="outerHTML:#write-{root.public_id}"') == 1
    assert "<textarea" not in html


@pytest.mark.parametrize(("fields", "status"), [({"body": ""}, 422), ({"body": "长" * 2001}, 422)])
def test_a_refused_part_is_the_form_alone_with_what_was_typed(reader, article, fields, status):
    answer = reader.post(TALK, fields, headers=PART | {"HX-Target": "write"})
    html = answer.content.decode()

    assert answer.status_code == status
    assert html.startswith("<form")
    assert "<html" not in html
    assert fields["body"] in html


def test_who_is_signed_out_meanwhile_leaves_the_page_and_comes_back_to_it(article):
    answer = Client().post(TALK, {"body": "x"}, headers=PART | {"HX-Current-URL": f"http://testserver{URL}"})

    assert answer.status_code == 204
    assert answer["HX-Redirect"].endswith("next=%2Fzones%2Falk%2Farticles%2Falk-article%2F")


def test_a_closed_discussion_is_read_and_takes_nothing_new(reader, article, doctor):
    root = post(article, doctor, "早先的话")
    Article.objects.update(comment_mode=Article.CommentMode.CLOSED)
    page = reader.get(URL).content.decode()
    late = reader.post(TALK, {"body": "来迟的话", "parent": str(root.public_id)})

    assert "早先的话" in page
    assert "讨论已经关闭" in page
    assert "<textarea" not in page
    assert "?reply=" not in page
    assert late.status_code == 409
    assert "来迟的话" in late.content.decode()
    assert Comment.objects.count() == 1


def test_others_comments_are_drawn_anew_when_their_words_or_standing_change(reader, article, zone, editor):
    author = make_doctor(zone, "drawn@example.org", display_name="旧名字")
    comment = post(article, author, "会变的话")
    first = reader.get(URL).content.decode()
    type(author).objects.filter(pk=author.pk).update(display_name="新名字")
    second = reader.get(URL).content.decode()
    comment.hide(by=editor, at=timezone.now())
    third = reader.get(URL).content.decode()

    assert "旧名字" in first
    assert "新名字" in second
    assert "旧名字" not in second
    assert "会变的话" not in third


def test_deep_answers_say_whom_they_answer(reader, article, zone):
    people = [make_doctor(zone, f"deep{n}@example.org", display_name=f"甲{n}") for n in range(5)]
    comment = None
    for person in people:
        comment = post(article, person, "一层", parent=comment)
    page = reader.get(URL).content.decode()

    assert [f"<span>回复 甲{n}</span>" in page for n in range(5)] == [False, False, True, True, False]


def test_emoji_right_to_left_and_endless_words_stay_in_their_frame(reader, article, zone):
    author = make_doctor(zone, "rtl@example.org", display_name="د. ليلى 👩🏽‍⚕️")
    post(article, author, "مرحبا 👋🏽 " + "A" * 500)
    page = reader.get(URL).content.decode()

    assert "<bdi>د. ليلى 👩🏽‍⚕️</bdi>" in page
    assert 'dir="auto"><p>مرحبا 👋🏽' in page
