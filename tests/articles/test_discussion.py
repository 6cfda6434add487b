"""The discussion: posting, answering, limits, modes, moderation, deletion, pages by cursor."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Comment
from portal.models import RecordEntry
from tests.articles.conftest import BODY, make_article, make_doctor, make_editor, make_zone
from tests.articles.test_body import VECTORS
from tests.people import staff_login

URL = "/zones/alk/articles/alk-article/"
TALK = URL + "comments/"


@pytest.fixture
def reader(client: Client, doctor) -> Client:
    client.force_login(doctor)
    return client


def post(article, author, body="一条评论", **fields) -> Comment:
    return Comment.post(article, author=author, body=body, at=timezone.now(), **fields)


def ids(page: str) -> list[str]:
    return re.findall(r'data-comment="([0-9a-f-]{36})"', page)


def test_a_comment_stands_first_on_the_article_at_once(reader, article, doctor):
    post(article, doctor, "旧的")
    answer = reader.post(TALK, {"body": "第一行\n第二行", "idempotency_key": "k1"})
    page = reader.get(URL).content.decode()
    comment = Comment.objects.order_by("-pk").first()

    assert answer.status_code == 302
    assert answer.url == f"{URL}#c-{comment.public_id}"
    assert ids(page)[0] == str(comment.public_id)
    assert "第一行<br>第二行" in page
    assert 'data-comment-count="2"' in page
    assert "欧阳明珠" in page
    assert "主治医师，肿瘤科" in page


def test_the_same_key_is_one_comment_and_another_body_is_refused(reader, article):
    first = reader.post(TALK, {"body": "一次", "idempotency_key": "k1"})
    again = reader.post(TALK, {"body": "一次", "idempotency_key": "k1"})
    other = reader.post(TALK, {"body": "另一条", "idempotency_key": "k1"})

    assert first.url == again.url
    assert other.status_code == 409
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"body": ""}, "请先写下评论内容"),
        ({"body": "   \n "}, "请先写下评论内容"),
        ({"body": "长" * 2001}, "最多 2000 字"),
        ({"body": "长" * 20000}, "最多 2000 字"),
        ({"body": "有\x00空字符"}, "控制字符"),
        ({"body": "有\x1b转义"}, "控制字符"),
        ({"body": "打过的字", "anchor": "block:b-zzzzzzzz"}, "这一段已不在现行版本中"),
        ({"body": "打过的字", "anchor": "<script>"}, "没有这一段"),
        ({"body": "打过的字", "parent": "not-an-id"}, "没有这条评论"),
        ({"body": "打过的字", "parent": str(uuid.uuid4())}, "没有您要回复的那条评论"),
    ],
)
def test_what_cannot_be_posted_comes_back_with_a_reason_and_what_was_typed(reader, article, fields, words):
    answer = reader.post(TALK, fields)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert words in page
    assert re.sub(r"[\x00\x1b]", "", fields["body"]).strip()[:4] in re.sub(r"[\x00\x1b]", "", page)
    assert not Comment.objects.exists()


@pytest.mark.parametrize("vector", VECTORS)
def test_markup_in_a_comment_is_text(reader, article, doctor, vector):
    post(article, doctor, f"前 {vector} 后")
    page = reader.get(TALK).content.decode()
    said = page[page.index("said-text") : page.index("</article>")]

    assert re.findall(r"<(?!/?(?:p|br|div|a|span|details|summary|form|input|button)\b)[a-z!]", said) == []
    assert "javascript:" not in re.sub(r">[^<]*<", "><", said)
    assert "evil.example" not in re.sub(r">[^<]*<", "><", said)


def test_names_cannot_turn_the_line_around(reader, article, zone):
    post(article, make_doctor(zone, display_name="<b>甲\u202e</b>"))

    assert "<bdi>&lt;b&gt;甲" in reader.get(URL).content.decode()


def test_an_answer_stands_beneath_and_keeps_its_thread_without_a_script(reader, article, doctor):
    root = post(article, doctor, "主")
    form = reader.get(f"{TALK}?reply={root.public_id}").content.decode()
    answer = reader.post(TALK, {"body": "答", "parent": str(root.public_id)})
    page = reader.get(answer.url.partition("#")[0]).content.decode()

    assert f'name="parent" value="{root.public_id}"' in form
    assert "回复 欧阳明珠" in form
    assert f"?thread={root.public_id}#c-" in answer.url
    assert ids(page) == [str(root.public_id), str(Comment.objects.get(parent=root).public_id)]


def test_answers_nest_six_deep_and_then_stand_beside(article, doctor):
    comment = post(article, doctor)
    for _depth in range(8):
        comment = post(article, doctor, parent=comment)

    assert sorted(Comment.objects.values_list("depth", flat=True)) == [1, 2, 3, 4, 5, 6, 6, 6, 6]
    for row in Comment.objects.exclude(parent=None).select_related("parent"):
        assert row.path.startswith(row.parent.path)
        assert len(row.path) == 8 * row.depth


def test_what_is_gone_cannot_be_answered_and_the_words_are_kept(reader, article, doctor, editor):
    root = post(article, doctor)
    root.hide(by=editor, at=timezone.now())
    answer = reader.post(TALK, {"body": "我的回答", "parent": str(root.public_id)})

    assert answer.status_code == 409
    assert "我的回答" in answer.content.decode()
    assert Comment.objects.count() == 1


def test_a_comment_of_another_article_cannot_be_answered_here(reader, article, zone, doctor):
    elsewhere = make_article(zone, "elsewhere", BODY)
    foreign = post(elsewhere, doctor, "别处的秘密")

    assert reader.post(TALK, {"body": "x", "parent": str(foreign.public_id)}).status_code == 422
    assert reader.get(f"{TALK}?thread={foreign.public_id}").status_code == 404
    assert reader.get(f"{TALK}?reply={foreign.public_id}").status_code == 404
    assert reader.get(f"{TALK}?reply=nonsense").status_code == 404


def test_a_comment_quotes_the_block_it_is_about(reader, article):
    reader.post(TALK, {"body": "评这一段", "anchor": "block:b-cccccccc"})
    comment = Comment.objects.get()

    assert comment.quote == "文中称15.2 个月，请留意。"
    page = reader.get(TALK).content.decode()
    assert f'href="{URL}#b-cccccccc">评<span lang="zh-Hans">「文中称15.2 个月，请留意。」' in page


def test_the_place_chosen_is_kept_when_the_words_are_refused(reader, article):
    page = reader.post(TALK, {"body": "", "anchor": "block:b-cccccccc"}).content.decode()

    assert '<option value="block:b-cccccccc" selected lang="zh-Hans">' in page


def test_pages_by_cursor_show_each_thread_once_while_others_post(reader, article, doctor, settings):
    posted = [post(article, doctor, f"第 {n} 条") for n in range(47)]
    seen, url = [], TALK
    for late in range(5):
        page = reader.get(url).content.decode()
        seen += ids(page)
        post(article, doctor, f"插进来的 {late}")
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if not following:
            break
        url = following.group(1)

    assert seen == [str(comment.public_id) for comment in reversed(posted)]


def test_the_next_page_comes_whole_without_a_script_and_as_rows_with_one(reader, article, doctor):
    for number in range(25):
        post(article, doctor, f"第 {number} 条")
    first = reader.get(URL).content.decode()
    url = re.search(r'rel="next" href="([^"]+)"', first).group(1)

    whole, rows = reader.get(url).content.decode(), reader.get(url, headers={"HX-Request": "true"}).content.decode()

    assert "查看更多" in first
    assert len(ids(first)) == 20
    assert ids(whole) == ids(rows)
    assert len(ids(rows)) == 5
    assert "<html" in whole
    assert "<html" not in rows
    assert "查看更多" not in rows


def test_a_long_thread_shows_its_beginning_and_a_way_to_the_rest(reader, article, doctor):
    root = post(article, doctor, "主")
    answers = [post(article, doctor, f"答 {n}", parent=root) for n in range(50)]
    page = reader.get(URL).content.decode()

    assert len(ids(page)) == 21
    assert "查看其余 30 条回复" in page
    seen, url = [], f"{TALK}?thread={root.public_id}"
    while url:
        page = reader.get(url).content.decode()
        seen += ids(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = following.group(1).replace("&amp;", "&") if following else ""
    assert seen == [str(c.public_id) for c in [root, *answers]]


@pytest.mark.parametrize("after", ["x", "zzzzzzzz", "00000000", "'; drop", "a" * 500, "\x00"])
def test_a_cursor_nobody_gave_is_no_error(reader, article, doctor, after):
    post(article, doctor)

    assert reader.get(TALK, {"after": after}).status_code == 200
    assert reader.get(TALK, {"after": after}, headers={"HX-Request": "true"}).status_code == 200


def test_in_review_first_only_the_author_sees_it_until_it_is_shown(reader, article, zone, editor):
    Article.objects.filter(pk=article.pk).update(comment_mode="BEFORE")
    reader.post(TALK, {"body": "等着的话"})
    comment = Comment.objects.get()
    other = Client()
    other.force_login(make_doctor(zone))

    assert "待审核" in reader.get(URL).content.decode()
    assert "等着的话" not in other.get(URL).content.decode()
    assert other.get(f"{TALK}?thread={comment.public_id}").status_code == 404
    assert 'data-comment-count="0"' in reader.get(URL).content.decode()
    comment.show(by=editor, at=timezone.now())
    assert "等着的话" in other.get(URL).content.decode()
    assert 'data-comment-count="1"' in other.get(URL).content.decode()


def test_newcomers_wait_for_their_first_three(article, doctor, editor):
    Article.objects.filter(pk=article.pk).update(comment_mode="FIRST_N")
    article.refresh_from_db()
    for _number in range(3):
        comment = post(article, doctor)
        assert comment.state == "HELD"
        comment.show(by=editor, at=timezone.now())

    assert post(article, doctor).state == "SHOWN"


def test_deleting_ones_own_takes_the_words_and_keeps_the_place_of_answers(reader, article, doctor):
    root = post(article, doctor, "收回的话")
    url = reverse("comment-delete", kwargs={"zone": "alk", "slug": "alk-article", "public_id": root.public_id})
    post(article, doctor, "答", parent=root)

    assert reader.post(url).status_code == 302
    page = reader.get(URL).content.decode()
    assert "收回的话" not in page
    assert "作者已删除这条评论" in page
    assert len(ids(page)) == 2
    assert 'data-comment-count="1"' in page
    root.refresh_from_db()
    assert root.body == ""
    assert reader.post(url).status_code == 302
    assert Article.objects.get(pk=article.pk).comment_count == 1


def test_nobody_deletes_what_another_wrote(reader, article, zone):
    foreign = post(article, make_doctor(zone))
    url = reverse("comment-delete", kwargs={"zone": "alk", "slug": "alk-article", "public_id": foreign.public_id})

    assert reader.post(url).status_code == 404
    assert reader.get(url).status_code == 405
    foreign.refresh_from_db()
    assert foreign.state == "SHOWN"


def test_a_hidden_thread_leaves_no_gap_and_no_trace(reader, article, doctor, editor):
    comments = [post(article, doctor, f"第 {n} 条") for n in range(30)]
    for comment in comments[5:30]:
        comment.hide(by=editor, at=timezone.now())
    page = reader.get(URL).content.decode()

    assert len(ids(page)) == 5
    assert 'data-comment-count="5"' in page


def test_moderators_hide_and_show_in_the_admin_and_it_is_recorded(article, doctor, reader):
    comment = post(article, doctor, "要隐藏的话")
    desk = staff_login(Client(), make_editor())
    url = reverse("admin:articles_comment_changelist")
    for action, state, count in (("hide", "HIDDEN", 0), ("hide", "HIDDEN", 0), ("show", "SHOWN", 1)):
        desk.post(url, {"action": action, "_selected_action": [comment.pk]})
        comment.refresh_from_db()
        article.refresh_from_db()
        assert (comment.state, article.comment_count) == (state, count)

    assert list(RecordEntry.objects.filter(kind__startswith="comment.").values_list("kind", flat=True)) == [
        "comment.hidden",
        "comment.shown",
    ]


def test_without_the_right_nobody_moderates(article, doctor):
    comment = post(article, doctor)
    watcher = make_editor()
    watcher.groups.clear()
    watcher.user_permissions.add(Permission.objects.get(codename="view_comment", content_type__app_label="articles"))
    desk = staff_login(Client(), watcher)
    desk.post(reverse("admin:articles_comment_changelist"), {"action": "hide", "_selected_action": [comment.pk]})

    comment.refresh_from_db()
    assert comment.state == "SHOWN"


def test_too_many_in_a_short_time_are_refused_with_the_words_kept(reader, article, settings):
    settings.COMMENT_LIMIT = 3
    answers = [reader.post(TALK, {"body": f"第 {n} 条"}) for n in range(5)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 429, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= settings.COMMENT_WINDOW_SECONDS
    assert "第 4 条" in answers[4].content.decode()
    assert Comment.objects.count() == 3


def test_the_limit_counts_each_person_alone(reader, article, zone, settings):
    settings.COMMENT_LIMIT = 1
    other = Client()
    other.force_login(make_doctor(zone))

    assert reader.post(TALK, {"body": "甲"}).status_code == 302
    assert other.post(TALK, {"body": "乙"}).status_code == 302


def test_strangers_and_the_unverified_post_nothing(article, zone, member):
    visitor, unverified = Client(), Client()
    unverified.force_login(member)
    other_zone = Client()
    other_zone.force_login(make_doctor(make_zone("other")))

    for client in (visitor, unverified, other_zone):
        assert client.post(TALK, {"body": "混进来"}).status_code == 302
    assert not Comment.objects.exists()


def test_a_post_without_its_token_is_refused(article, doctor):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(doctor)

    assert strict.post(TALK, {"body": "x"}).status_code == 403
    assert not Comment.objects.exists()


def test_a_page_with_many_comments_takes_as_many_queries_as_one_with_few(
    reader, article, doctor, django_assert_num_queries
):
    root = post(article, doctor)
    reader.get(TALK)
    with django_assert_num_queries(6):
        reader.get(TALK)
    for number in range(60):
        post(article, doctor, parent=root if number % 3 else None)
    with django_assert_num_queries(6):
        reader.get(TALK)


def test_an_erased_persons_comments_stand_without_a_name(reader, article, zone):
    author = make_doctor(zone)
    post(article, author)
    type(author).objects.filter(pk=author.pk).update(display_name="", display_title="")

    assert "已认证用户" in reader.get(URL).content.decode()


def test_a_comments_time_is_shown_in_shanghai(reader, article, doctor):
    Comment.post(article, author=doctor, body="x", at=timezone.now() - timedelta(days=800))

    assert re.search(r'<time datetime="20\d\d-\d\d-\d\dT', reader.get(URL).content.decode())
