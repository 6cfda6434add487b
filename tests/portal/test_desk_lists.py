"""Lists and forms of the desk: kept filters, empty and long lists, forms shown again, first pages, rights of roles."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.models import Article, Comment
from portal.models import KeptFilter, Notice, RecordEntry, Zone
from portal.models.kept_filter import MOST
from tests.articles.conftest import make_article
from tests.people import make_person, make_staff, staff_login

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("desk")]
COMMENTS, KEEP = "/admin/articles/comment/", "/admin/portal/keptfilter/keep/"


def html_of(response: Any) -> str:
    return response.content.decode()


# -- kept filters


@pytest.fixture
def desk(db: None) -> Client:
    return staff_login(Client(), make_staff("editors", "keeper@example.org"))


def keep(client: Client, **changes: str) -> Any:
    data = {"table": "articles.comment", "name": "待审核的", "query": "state__exact=HELD"}
    return client.post(KEEP, data | changes)


def test_a_kept_filter_stands_on_its_list_with_its_count(desk: Client, doctor: User, zone: Zone):
    article = make_article(zone, comment_mode=Article.CommentMode.BEFORE)
    Comment.post(article, author=doctor, body="这一段的剂量从何而来？", at=timezone.now())

    assert keep(desk).headers["Location"] == f"{COMMENTS}?state__exact=HELD"
    page = html_of(desk.get(COMMENTS))

    assert re.search(r'href="\?state__exact=HELD"><bdi>待审核的</bdi> <span class="num">1</span>', page)


def test_what_was_searched_is_never_kept_nor_what_the_list_does_not_offer(desk: Client):
    keep(desk, query="q=王明珠&state__exact=HELD&author__email__startswith=a&p=2")
    keep(desk, name="只有搜索", query="q=王明珠")
    keep(desk, name="带字", query="state__exact=王明珠")

    assert list(KeptFilter.objects.values_list("name", "query")) == [("待审核的", "state__exact=HELD")]


def test_the_queue_keeps_its_own_form_without_the_search(reviewer: User):
    desk = staff_login(Client(), reviewer)
    keep(desk, table="accounts.verification", name="我的再次提交", query="q=V-AAAAAA&again=on&mine=on&status=")

    assert KeptFilter.objects.get().query == "again=on&mine=on"
    assert "我的再次提交" in html_of(desk.get("/admin/accounts/verification/"))


def test_nobody_sees_or_deletes_somebody_elses_filter(desk: Client, editor2: User):
    keep(desk)
    row = KeptFilter.objects.get()
    other = staff_login(Client(), editor2)

    assert "待审核的" not in html_of(other.get(COMMENTS))
    assert other.post(f"/admin/portal/keptfilter/{row.pk}/drop/").status_code == 404
    assert (
        desk.post(f"/admin/portal/keptfilter/{row.pk}/drop/", {"back": "https://evil.example/"}).headers["Location"]
        == COMMENTS
    )
    assert not KeptFilter.objects.exists()


def test_a_list_one_may_not_open_keeps_nothing(desk: Client):
    assert keep(desk, table="portal.notice", query="state__exact=DEAD").status_code == 403
    assert keep(desk, table="auth.nothing").status_code == 403


def test_twenty_filters_of_a_list_are_enough_and_a_name_is_kept_once(desk: Client):
    for number in range(MOST):
        keep(desk, name=f"第 {number} 个")
    keep(desk, name="多一个")
    keep(desk, name="第 0 个", query="state__exact=HIDDEN")

    assert KeptFilter.objects.count() == MOST
    assert KeptFilter.objects.get(name="第 0 个").query == "state__exact=HIDDEN"


# -- lists and forms


def test_an_empty_list_says_what_to_do(desk: Client):
    nothing, narrowed = html_of(desk.get(COMMENTS)), html_of(desk.get(f"{COMMENTS}?state__exact=HELD"))
    done = html_of(desk.get(f"{COMMENTS}?waiting=yes"))

    assert 'data-empty="none"' in nothing
    assert ('data-empty="narrowed"' in narrowed, "清除筛选" in narrowed) == (True, True)
    assert "都处理完了" in done


def test_a_thousand_rows_come_in_pages_and_long_or_turned_names_stay_in_their_cells(db: None):
    desk = staff_login(Client(), make_person("chief@example.org", is_staff=True, is_superuser=True))
    name = "مرحبا 👩🏽‍⚕️ " + "长" * 40
    User.objects.bulk_create(User(email=f"n{n}@example.org", display_name=name[:60]) for n in range(1000))

    page = html_of(desk.get("/admin/accounts/user/"))

    assert page.count("<tr>") == 51
    assert f"<bdi>{name[:60]}</bdi>" in page
    assert 'rel="next"' in page
    assert "21" in html_of(desk.get("/admin/accounts/user/?p=21"))


def test_a_form_shown_again_is_an_error_that_links_to_its_field(db: None):
    desk = staff_login(Client(), make_person("chief@example.org", is_staff=True, is_superuser=True))
    response = desk.post("/admin/portal/zone/add/", {"slug": "x y", "name_zh": "有名字"})
    page = html_of(response)

    assert response.status_code == 422
    assert 'href="#id_slug"' in page
    assert 'value="有名字"' in page
    assert "<title>错误：" in page


def test_a_roles_rights_are_boxes_with_chinese_names_and_a_change_is_recorded(db: None):
    desk = staff_login(Client(), make_person("chief@example.org", is_staff=True, is_superuser=True))
    role = Group.objects.get(name="reviewers")
    before = set(role.permissions.values_list("codename", flat=True))
    right = Permission.objects.get(codename="moderate_comment")
    page = html_of(desk.get(f"/admin/auth/group/{role.pk}/change/"))
    boxes = [*role.permissions.values_list("pk", flat=True), right.pk]

    desk.post(f"/admin/auth/group/{role.pk}/change/", {"name": "reviewers", "permissions": boxes})

    assert ("可以管理评论" in page, "Can add" in page) == (True, False)
    assert set(role.permissions.values_list("codename", flat=True)) == before | {"moderate_comment"}
    assert "moderate_comment" in RecordEntry.objects.get(kind="role.rights_changed").payload["rights"]


def test_the_first_page_begins_with_ones_own_work(reviewer: User, editor: User):
    operator = make_staff("operators", "operator@example.org")
    for person, part in ((reviewer, "part-review"), (editor, "part-editing"), (operator, "part-operating")):
        page = html_of(staff_login(Client(), person).get("/admin/"))
        assert page.index(f'id="{part}"') < page.index('id="part-tables"')


def test_operators_see_dead_notices_and_unsealed_entries_with_a_table_beside_the_chart(db: None):
    at = timezone.now()
    Notice.objects.create(
        event_key="x:1", channel="email", address="a@example.org", state="DEAD", next_at=at, created_at=at
    )
    page = html_of(staff_login(Client(), make_staff("operators", "operator@example.org")).get("/admin/"))

    assert "多次失败，已放弃" in page
    assert re.search(r'role="img" aria-label="近 14 天：[^"]*已放弃 1', page)
    assert "磁盘剩余" in page
