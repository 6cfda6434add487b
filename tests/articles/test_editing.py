"""The editors' desk: one writes, another publishes, and neither can do both."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Revision
from portal.models import Notice, RecordEntry
from portal.workflow import TransitionError
from tests.articles.conftest import BODY, make_doctor, make_editor
from tests.people import staff_login

NEW = BODY.replace("15.2 个月", "9.6 个月")
URL = "/zones/alk/articles/alk-article/"


@pytest.fixture
def writing(editor):
    return staff_login(Client(), editor)


@pytest.fixture
def reviewing(editor2):
    return staff_login(Client(), editor2)


def page(name: str, pk: int) -> str:
    return reverse(f"admin:articles_{name}", args=[pk])


def fields(revision: Revision, **changes: object) -> dict[str, object]:
    return {
        "version": revision.version,
        "title_zh": revision.title_zh,
        "title_en": "",
        "abstract_zh": "摘要",
        "abstract_en": "",
        "body": NEW,
        "note": "改了一个数字",
        **changes,
    }


def drafted(article: Article, editor: object, body: str = NEW) -> Revision:
    revision = Revision.start(article, by=editor, at=timezone.now())
    texts = {"title_zh": article.title_zh, "title_en": "", "abstract_zh": "新的摘要", "abstract_en": ""}
    revision.rewrite(by=editor, seen=revision.version, texts=texts, body=body, note="改了一个数字", at=timezone.now())
    return revision


def submitted(article: Article, editor: object, body: str = NEW) -> Revision:
    revision = drafted(article, editor, body)
    revision.submit(by=editor, seen=revision.version, at=timezone.now())
    return revision


def test_from_draft_to_the_readers_next_request_with_two_editors(article, zone, writing, reviewing, client):
    client.force_login(make_doctor(zone))
    assert "15.2 个月" in client.get(URL).content.decode()

    started = writing.post(page("article_draft", article.pk))
    revision = Revision.objects.get(status="DRAFT")
    assert started.url == page("revision_change", revision.pk)
    assert writing.post(started.url, fields(revision)).status_code == 302
    revision.refresh_from_db()
    assert writing.post(page("revision_submit", revision.pk), {"version": revision.version}).status_code == 302
    revision.refresh_from_db()
    seen = reviewing.get(page("revision_change", revision.pk)).content.decode()
    assert 'data-change="changed" data-block="b-cccccccc"' in seen
    assert "<del>15.2</del>" in seen
    assert "<ins>9.6</ins>" in seen
    assert "15.2 个月" in client.get(URL).content.decode()
    approved = reviewing.post(
        page("revision_decide", revision.pk), {"version": revision.version, "decision": "approve"}
    )

    assert approved.status_code == 302
    shown = client.get(URL).content.decode()
    assert "9.6 个月" in shown
    assert "15.2 个月" not in shown
    assert "第 2 版" in shown
    assert "15.2 个月" in client.get(URL + "history/1/").content.decode()
    assert "改了一个数字" in client.get(URL + "history/").content.decode()
    assert list(Revision.objects.order_by("pk").values_list("status", "number")) == [
        ("SUPERSEDED", 1),
        ("PUBLISHED", 2),
    ]
    assert RecordEntry.objects.filter(kind="revision.published", payload__number=2).count() == 1
    assert Notice.objects.filter(person=revision.author).count() == 1


def test_the_first_revision_of_a_new_article_goes_the_same_way(zone, editor, editor2):
    article = Article.objects.create(zone=zone, slug="new", title_zh="新文章")
    revision = submitted(article, editor, "<p>第一版</p>")
    revision.approve(by=editor2, seen=revision.version, at=timezone.now())

    article.refresh_from_db()
    assert article.published == revision
    assert revision.number == 1


def test_nobody_approves_or_returns_their_own(article, editor, writing):
    revision = submitted(article, editor)
    for decision in ("approve", "return"):
        answer = writing.post(
            page("revision_decide", revision.pk), {"version": revision.version, "decision": decision, "note": "好"}
        )
        assert answer.status_code == 403
        assert "不能审阅自己的稿件" in answer.content.decode()
    assert "批准并发布" not in writing.get(page("revision_change", revision.pk)).content.decode()

    revision.refresh_from_db()
    assert revision.status == "IN_REVIEW"


def test_the_database_itself_refuses_an_author_as_approver(article, editor, editor2):
    revision = submitted(article, editor)
    revision.approve(by=editor2, seen=revision.version, at=timezone.now())

    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(published_by=editor)


def test_without_the_rights_nothing_of_it_can_be_reached(article, editor, zone):
    revision = submitted(article, editor)
    stranger = staff_login(Client(), make_doctor(zone, is_staff=True))

    for path in (page("revision_change", revision.pk), page("article_change", article.pk)):
        assert stranger.get(path).status_code in {403, 404, 302}
        assert "15.2" not in stranger.get(path).content.decode()
    for name in ("article_draft", "revision_submit", "revision_decide", "revision_preview"):
        pk = article.pk if name == "article_draft" else revision.pk
        answer = stranger.post(page(name, pk), {"decision": "approve", "version": revision.version})
        assert answer.status_code in {403, 404}
    with pytest.raises(PermissionDenied):
        Revision.start(article, by=make_doctor(zone), at=timezone.now())


def test_only_the_author_writes_on_a_draft(article, editor, editor2, reviewing):
    revision = drafted(article, editor)
    answer = reviewing.post(page("revision_change", revision.pk), fields(revision, body="<p>抢写</p>"))

    assert answer.status_code == 409
    with pytest.raises(PermissionDenied):
        revision.submit(by=editor2, seen=revision.version, at=timezone.now())
    assert reviewing.post(page("revision_submit", revision.pk), {"version": revision.version}).status_code == 403


def test_a_stale_page_saves_nothing_and_loses_nothing(article, editor, writing):
    revision = drafted(article, editor)
    answer = writing.post(page("revision_change", revision.pk), fields(revision, version=1, body="<p>旧窗口里的字</p>"))

    assert answer.status_code == 409
    assert "旧窗口里的字" in answer.content.decode()
    revision.refresh_from_db()
    assert "9.6" in revision.body


def test_a_stale_approval_publishes_nothing(article, editor, editor2, reviewing):
    revision = submitted(article, editor)
    seen = revision.version
    revision.send_back(by=editor2, seen=seen, note="请补出处", at=timezone.now())
    answer = reviewing.post(page("revision_decide", revision.pk), {"version": seen, "decision": "approve"})

    assert answer.status_code == 409
    article.refresh_from_db()
    assert article.published.number == 1


def test_going_back_needs_a_word_and_the_author_gets_it(article, editor, reviewing, writing):
    revision = submitted(article, editor)
    url, answer = page("revision_decide", revision.pk), {"version": revision.version, "decision": "return"}

    assert reviewing.post(url, answer).status_code == 422
    assert reviewing.post(url, answer | {"note": "请补出处"}).status_code == 302
    seen = writing.get(page("revision_change", revision.pk)).content.decode()
    assert "审阅者退回了这份稿件" in seen
    assert "请补出处" in seen
    assert Notice.objects.filter(person=editor, text__contains="请补出处").count() == 1


def test_a_draft_from_an_older_revision_cannot_undo_a_newer_one(article, editor, editor2, zone):
    third = make_editor("third@example.org")
    first, second = submitted(article, editor), submitted(article, editor2, BODY + "<p>另一处</p>")
    first.approve(by=third, seen=first.version, at=timezone.now())

    with pytest.raises(TransitionError):
        second.approve(by=third, seen=second.version, at=timezone.now())
    article.refresh_from_db()
    assert article.published_id == first.pk
    assert second.is_stale()
    reviewer = staff_login(Client(), third)
    answer = reviewer.post(page("revision_decide", second.pk), {"version": second.version, "decision": "approve"})
    assert answer.status_code == 409
    assert "另一版发布" in answer.content.decode()


def test_a_published_revision_is_frozen(article):
    revision = article.published
    revision.body = "<p>改写历史</p>"

    with pytest.raises(TypeError):
        revision.save()


def test_starting_twice_is_one_draft(article, writing):
    first, second = (writing.post(page("article_draft", article.pk)).url for _ in range(2))

    assert first == second
    assert Revision.objects.filter(status="DRAFT").count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"body": ""}, "请填写此项"),
        ({"body": "<script>x</script>"}, "正文不能为空"),
        ({"body": '<p><span data-fact="unheard-of">x</span></p>'}, "没有这些事实编号：unheard-of"),
        ({"body": "<p>\x00</p>"}, "空字符"),
        ({"body": "<p>\x1b</p>"}, "控制字符"),
        ({"title_zh": ""}, "请填写此项"),
        ({"title_zh": "长" * 2000}, "200"),
        ({"note": "长" * 3000}, "300"),
    ],
)
def test_a_form_that_cannot_be_stored_comes_back_with_what_was_typed(article, editor, writing, changes, words):
    revision = drafted(article, editor)
    typed = fields(revision, abstract_zh="打过的字", **changes)
    answer = writing.post(page("revision_change", revision.pk), typed)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "打过的字" in answer.content.decode()
    revision.refresh_from_db()
    assert revision.abstract_zh == "新的摘要"


def test_a_draft_is_not_handed_in_without_saying_what_changed(article, editor, writing):
    revision = Revision.start(article, by=editor, at=timezone.now())
    writing.post(page("revision_submit", revision.pk), {"version": revision.version})

    revision.refresh_from_db()
    assert revision.status == "DRAFT"


def test_the_comparison_names_facts_that_are_lost_and_blocks_that_came_moved_and_went(article, editor, reviewing):
    body = (
        '<h2 id="b-aaaaaaaa" data-section="sec-1">一、背景</h2>'
        '<p id="b-ffffffff">结语中的<span data-fact="fact-bare">无出处的一句</span>。</p>'
        '<p id="b-bbbbbbbb">先说没有疑问的一句，再说<span class="nb">ALK</span>。</p>'
        "<p>新的一段</p>"
    )
    seen = reviewing.get(page("revision_change", submitted(article, editor, body).pk)).content.decode()

    for kind in ("added", "removed", "markup", "moved"):
        assert f'data-change="{kind}"' in seen
    for lost in ("fact-ok", "fact-doubt", "sec-2"):
        assert f"<code>{lost}</code>" in seen


def test_the_preview_shows_notes_and_stores_nothing(article, editor, writing):
    revision = drafted(article, editor)
    body = '<p>试<span data-fact="fact-doubt">写</span><img src=x onerror=alert(1)></p>'
    seen = writing.post(page("revision_preview", revision.pk), fields(revision, body=body)).content.decode()

    assert "未查到这一数字。" in seen
    assert "<img" not in seen
    revision.refresh_from_db()
    assert "试" not in revision.body


def test_the_pages_of_the_desk_open(article, editor, writing):
    revision = drafted(article, editor)
    for path in (
        page("article_change", article.pk),
        page("revision_change", revision.pk),
        page("revision_change", article.published_id),
        reverse("admin:articles_article_changelist"),
        reverse("admin:articles_revision_changelist"),
        reverse("admin:articles_comment_changelist"),
        reverse("admin:articles_fact_changelist"),
        reverse("admin:articles_reference_changelist"),
    ):
        assert writing.get(path).status_code == 200, path
    assert writing.get(page("article_settings", article.pk)).status_code in {200, 403}
