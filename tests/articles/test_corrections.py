"""A correction is public, frozen, and told to whoever had opened an earlier wording: once, by their own channel."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import retention
from articles.meanwhile import readings
from articles.models import Article, Correction, LastRead, Revision, correction
from portal.models import Notice
from tests.articles.conftest import BODY, make_doctor
from tests.people import make_person, staff_login

NEW = BODY.replace("15.2 个月", "9.6 个月")
URL = "/zones/alk/articles/alk-article/"
WORDS = "更正一处数字，以原研究报告为准。"


def publish(article: Article, editor, editor2, *, words: str = WORDS, words_en: str = "", body: str = NEW) -> Revision:
    at = timezone.now()
    article.refresh_from_db()
    revision = Revision.start(article, by=editor, at=at)
    texts = {"title_zh": article.title_zh, "title_en": "", "abstract_zh": "摘要", "abstract_en": ""}
    texts |= {"correction_zh": words, "correction_en": words_en}
    revision.rewrite(by=editor, seen=revision.version, texts=texts, body=body, note="改", at=at)
    revision.submit(by=editor, seen=revision.version, at=at)
    revision.approve(by=editor2, seen=revision.version, at=at)
    return revision


@pytest.fixture
def reader(article, zone):
    person = make_doctor(zone)
    browser = Client()
    browser.force_login(person)
    assert browser.get(URL).status_code == 200
    return person, browser


def test_who_read_the_old_wording_is_told_once_and_who_did_not_is_not(article, reader, editor, editor2):
    person, browser = reader
    make_person("never@example.org")
    publish(article, editor, editor2)

    for _again in range(2):
        correction.tell(timezone.now())

    said = Notice.objects.filter(event_key__startswith="correction:")
    assert [(notice.person, notice.address) for notice in said] == [(person, person.email)]
    assert WORDS in said[0].text
    assert URL in said[0].text
    assert "9.6" not in said[0].text
    assert Correction.objects.get().told_at is not None
    page = browser.get(URL).content.decode()
    assert "您上次读的是第 1 版，之后有更正" in page
    assert 'href="#b-cccccccc"' in page
    assert "您上次读的是" not in browser.get(URL).content.decode()
    assert LastRead.objects.get(person=person).number == 2


def test_by_sms_where_that_is_chosen_and_in_the_persons_language(article, reader, editor, editor2):
    person, _browser = reader
    type(person).objects.filter(pk=person.pk).update(
        notice_channel="SMS", phone="+8613800000000", phone_verified=True, language="en"
    )
    publish(article, editor, editor2)

    correction.tell(timezone.now())

    notice = Notice.objects.get(event_key__startswith="correction:")
    assert (notice.channel, notice.address) == ("sms", "+8613800000000")
    assert "您读过的" not in notice.text


def test_a_new_wording_that_corrects_nothing_tells_nobody(article, reader, editor, editor2):
    publish(article, editor, editor2, words="")

    correction.tell(timezone.now())

    assert not Correction.objects.exists()
    assert not Notice.objects.filter(event_key__startswith="correction:").exists()
    assert "本文有更正" not in reader[1].get(URL).content.decode()


def test_many_readers_are_told_in_batches_and_a_killed_run_goes_on_where_it_stopped(
    article, editor, editor2, zone, monkeypatch
):
    people = [make_person(f"reader-{n}@example.org") for n in range(5)]
    LastRead.objects.bulk_create(LastRead(person=person, article=article, number=1) for person in people)
    publish(article, editor, editor2)
    monkeypatch.setattr(correction, "BATCH", 2)
    written = correction.outbox.enqueue
    runs = []

    def dies_second_time(messages, *, at):
        runs.append(len(messages))
        if len(runs) == 2:
            raise KeyboardInterrupt
        written(messages, at=at)

    monkeypatch.setattr(correction.outbox, "enqueue", dies_second_time)
    with pytest.raises(KeyboardInterrupt):
        correction.tell(timezone.now())
    assert Notice.objects.filter(event_key__startswith="correction:").count() == 2
    correction.tell(timezone.now())

    told = Notice.objects.filter(event_key__startswith="correction:").values_list("address", flat=True)
    assert sorted(told) == sorted(person.email for person in people)
    assert runs == [2, 2, 2, 1]


def test_its_words_are_public_and_nothing_else_is(article, zone, editor, editor2, rf):
    publish(article, editor, editor2, words_en="One figure was put right.")

    landing = Client().get("/zones/alk/").content.decode()
    assert WORDS in landing
    assert "9.6 个月" not in landing
    request = rf.get("/")
    request.session = {}
    (notice,) = readings(request, zone)[0].notices
    assert WORDS in notice.words
    english = Client(headers={"cookie": "language=en"}).get("/zones/alk/").content.decode()
    assert "One figure was put right." in english


def test_the_database_keeps_what_was_said(article, editor, editor2, transactional_db):
    publish(article, editor, editor2)

    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.update(words_zh="别的")
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(number=2).update(correction_zh="")
    Correction.objects.update(told_at=timezone.now())


def test_what_was_read_goes_with_the_account(article, reader):
    person, _browser = reader
    assert LastRead.objects.filter(person=person).exists()
    retention.ask_erasure(person, at=timezone.now())
    retention.carry_out_erasures(timezone.now() + timedelta(days=31))

    assert not LastRead.objects.filter(person=person).exists()


def test_the_second_editor_sees_that_it_is_a_correction_and_how_many_are_told(article, reader, editor, editor2):
    at = timezone.now()
    revision = Revision.start(article, by=editor, at=at)
    writing = staff_login(Client(), editor)
    page = reverse("admin:articles_revision_change", args=[revision.pk])
    fields = {"version": revision.version, "title_zh": "题", "abstract_zh": "摘要", "body": NEW, "note": "改"}
    half = writing.post(page, {**fields, "correction_en": "Only English"})
    assert half.status_code == 422
    assert "请也填写中文的" in half.content.decode()
    assert writing.post(page, {**fields, "correction_zh": WORDS}).status_code == 302
    revision.refresh_from_db()
    revision.submit(by=editor, seen=revision.version, at=at)

    seen = staff_login(Client(), editor2).get(page).content.decode()

    assert "通知读过旧版的 1 人" in seen
    assert WORDS in seen
