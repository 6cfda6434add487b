"""Counters hold when many post at once, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from articles.models import Article, Comment, Revision
from articles.models.comment import CommentMoved
from portal.workflow import TransitionError
from tests.articles.conftest import BODY, make_article, make_doctor, make_editor, make_zone
from tests.articles.test_editing import submitted


@pytest.mark.django_db(transaction=True)
def test_twenty_posts_at_once_are_twenty_rows_and_twenty_counted():
    zone = make_zone()
    article = make_article(zone)
    doctor = make_doctor(zone)
    root = Comment.post(article, author=doctor, body="主", at=timezone.now())

    def answer(number: int) -> None:
        try:
            parent = Comment.objects.get(pk=root.pk) if number % 2 else None
            Comment.post(Article.objects.get(pk=article.pk), author=doctor, body="答", at=timezone.now(), parent=parent)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=10) as pool:
        list(pool.map(answer, range(20)))

    stored, root = Article.objects.get(pk=article.pk), Comment.objects.get(pk=root.pk)
    assert Comment.objects.count() == stored.comment_count == stored.comments_version == 21
    assert root.shown_in_thread == 11
    assert Comment.objects.filter(path="").count() == 0
    assert len(set(Comment.objects.values_list("path", flat=True))) == 21


@pytest.mark.django_db(transaction=True)
def test_of_two_drafts_approved_at_once_one_is_published():
    zone = make_zone()
    article = make_article(zone)
    writers, chief = [make_editor() for _ in range(4)], make_editor()
    waiting = [submitted(article, writer, BODY + f"<p>第 {n} 稿</p>") for n, writer in enumerate(writers)]

    def approve(revision: Revision) -> bool:
        try:
            Revision.objects.get(pk=revision.pk).approve(by=chief, seen=revision.version, at=timezone.now())
        except TransitionError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(max_workers=4) as pool:
        done = list(pool.map(approve, waiting))

    stored = Article.objects.select_related("published").get(pk=article.pk)
    assert sum(done) == 1
    assert stored.published.number == 2
    assert Revision.objects.filter(status="PUBLISHED").count() == 1
    assert Revision.objects.filter(status="IN_REVIEW").count() == 3


@pytest.mark.django_db(transaction=True)
def test_of_two_moderators_hiding_at_once_one_counts():
    zone = make_zone()
    article = make_article(zone)
    doctor = make_doctor(zone)
    comment = Comment.post(article, author=doctor, body="x", at=timezone.now())

    def hide(_number: int) -> bool:
        try:
            Comment.objects.get(pk=comment.pk).hide(by=doctor, at=timezone.now())
        except CommentMoved:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(max_workers=6) as pool:
        done = list(pool.map(hide, range(6)))

    assert sum(done) == 1
    assert Article.objects.get(pk=article.pk).comment_count == 0
