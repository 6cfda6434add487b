"""Readers report comments; moderators see how many and why, and are told; nobody learns who."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from articles.digest import tell_moderators
from articles.models import Article, Comment, Report
from articles.models.comment import CommentMoved
from articles.models.report import AlreadyReported, reasons_of
from portal.invariants import broken
from portal.models import Notice, RecordEntry
from tests.articles.conftest import make_doctor, make_editor
from tests.people import staff_login

URL = "/zones/alk/articles/alk-article/"
TALK = URL + "comments/"
PART = {"HX-Request": "true"}


@pytest.fixture
def comment(article, zone) -> Comment:
    author = make_doctor(zone, "author@example.org", display_name="某作者")
    return Comment.post(article, author=author, body="推销的话", at=timezone.now())


@pytest.fixture
def readers(zone) -> list:
    return [make_doctor(zone, f"reader{n}@example.org", display_name=f"读者{n}") for n in range(4)]


def address(comment: Comment) -> str:
    return f"{TALK}{comment.public_id}/report/"


def sign_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def report(comment: Comment, *people, reason: str = "ADVERT") -> None:
    for person in people:
        Report.file(comment, by=person, reason=reason, at=timezone.now())


def test_a_reader_reports_with_a_reason_by_page_or_part(comment, readers):
    page, part = sign_in(readers[0]), sign_in(readers[1])
    asked = page.get(address(comment)).content.decode()
    answer = page.post(address(comment), {"reason": "PATIENT"}, follow=True)
    told = part.post(address(comment), {"reason": "ADVERT"}, headers=PART).content.decode()

    assert "推销的话" in asked
    assert "含有可识别患者的信息" in asked
    assert "已收到举报" in answer.content.decode()
    assert told.startswith("<p")
    assert "已收到举报" in told
    assert [r.reason for r in Report.objects.order_by("pk")] == ["PATIENT", "ADVERT"]
    assert RecordEntry.objects.filter(kind="comment.reported").count() == 2
    assert reasons_of(comment) == [("含有可识别患者的信息", 1), ("广告或推销", 1)]


@pytest.mark.parametrize("fields", [{}, {"reason": ""}, {"reason": "NONE"}, {"reason": "\x00"}])
def test_a_report_without_a_reason_is_asked_again(comment, readers, fields):
    answer = sign_in(readers[0]).post(address(comment), fields)

    assert answer.status_code == 422
    assert "data-error-summary" in answer.content.decode()
    assert not Report.objects.exists()


def test_once_a_person_and_never_ones_own(comment, readers):
    report(comment, readers[0])
    again = sign_in(readers[0]).post(address(comment), {"reason": "RUDE"}, headers=PART).content.decode()
    own = sign_in(comment.author).post(address(comment), {"reason": "RUDE"})

    assert "您已经举报过" in again
    assert own.status_code == 404
    with pytest.raises(AlreadyReported):
        report(comment, readers[0])
    with pytest.raises(CommentMoved):
        report(comment, comment.author)
    comment.refresh_from_db()
    assert comment.reports_open == Report.objects.count() == 1


def test_so_many_reports_hold_it_and_its_author_is_not_told_who(comment, article, readers, settings):
    answer = Comment.post(article, author=readers[3], body="回复它的话", parent=comment, at=timezone.now())
    report(comment, *readers[: settings.COMMENT_REPORTS_HOLD])
    others, own = sign_in(readers[3]).get(URL).content.decode(), sign_in(comment.author).get(URL).content.decode()

    assert "推销的话" not in others
    assert "复核期间不显示" in others
    assert "回复它的话" in others
    assert 'data-comment-count="1"' in others
    assert "推销的话" in own
    assert "待审核" in own
    assert not any(reader.display_name in own for reader in readers[:3])
    assert sign_in(readers[0]).get(address(comment)).status_code == 200  # its place is still there
    assert "不必举报" in sign_in(readers[3]).post(address(comment), {"reason": "RUDE"}, headers=PART).content.decode()
    assert answer.state == Comment.State.SHOWN
    assert not [finding for finding in broken(timezone.now()) if finding.code in {"Q17", "Q24"}]


def test_what_a_moderator_keeps_is_not_held_by_the_same_reports(comment, readers, editor):
    report(comment, *readers[:3])
    comment.show(by=editor, at=timezone.now())
    with pytest.raises(AlreadyReported):
        report(comment, readers[0])
    report(comment, readers[3])
    comment.refresh_from_db()

    assert (comment.state, comment.reports_open) == (Comment.State.SHOWN, 1)
    comment.show(by=editor, at=timezone.now())
    assert comment.reports_open == 0
    assert RecordEntry.objects.filter(kind="comment.reports_settled").count() == 1


def test_an_editors_own_words_are_not_held_by_numbers(article, zone, readers):
    editor = make_editor("writer@example.org")
    said = Comment.post(article, author=editor, body="编辑部的话", at=timezone.now(), is_editorial=True)
    report(said, *readers[:3])
    said.refresh_from_db()

    assert (said.state, said.reports_open) == (Comment.State.SHOWN, 3)


def test_moderators_see_how_many_and_why_and_never_who(comment, readers, editor):
    report(comment, *readers[:2])
    desk = staff_login(Client(), editor)
    listed = desk.get("/admin/articles/comment/?waiting=yes").content.decode()
    looked = desk.get(f"/admin/articles/comment/{comment.pk}/change/").content.decode()

    assert "推销的话" in listed
    assert "广告或推销（2 人）" in looked
    assert not any(reader.display_name in listed + looked for reader in readers)


def test_too_many_reports_of_one_person_are_refused_with_words(article, zone, readers, settings):
    settings.REPORT_LIMIT = 1
    author = make_doctor(zone, "busy@example.org")
    first, second = (Comment.post(article, author=author, body=f"{n}", at=timezone.now()) for n in range(2))
    client = sign_in(readers[0])

    assert client.post(address(first), {"reason": "RUDE"}).status_code == 302
    refused = client.post(address(second), {"reason": "RUDE"})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_moderators_are_told_once_of_what_waits_and_never_its_words(comment, article, readers, editor, settings):
    now = timezone.now()
    report(comment, readers[0])
    Article.objects.filter(pk=article.pk).update(comment_mode=Article.CommentMode.BEFORE)
    article.refresh_from_db()
    Comment.post(article, author=readers[1], body="等待审核的话", at=now)
    later = now + timedelta(minutes=settings.MODERATION_DIGEST_MINUTES + 1)

    assert tell_moderators(now) == 0  # it is gathered first
    assert tell_moderators(later) == 1
    assert tell_moderators(later) == 0
    notice = Notice.objects.get(event_key__startswith="moderation:")
    assert notice.address == editor.email
    assert "2" in notice.subject
    assert article.title_zh in notice.text
    assert "?waiting=yes" in notice.text
    assert "等待审核的话" not in notice.text + notice.subject
    assert "推销的话" not in notice.text


def test_with_nobody_to_tell_it_keeps_waiting(comment, readers, settings):
    report(comment, readers[0])
    later = timezone.now() + timedelta(hours=1)

    assert tell_moderators(later) == 0
    make_editor("late@example.org")
    assert tell_moderators(later) == 1
