"""Posts that must not happen twice, on a real one: the agreement."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from consent.install import install_documents
from consent.models import ConsentRecord
from portal.models import StoredAnswer, Zone
from tests.people import make_person

pytestmark = pytest.mark.django_db
PAGE = "/zones/alk/gate/agreement/"


@pytest.fixture
def person(db):
    Zone.objects.create(slug="alk", name_zh="专区", name_en="Zone")
    install_documents(at=timezone.now())
    return make_person()


@pytest.fixture
def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def test_the_same_key_gives_the_same_answer_and_acts_once(signed_in):
    first = signed_in.post(PAGE, {"decision": "refuse", "idempotency_key": "k1"})
    second = signed_in.post(PAGE, {"decision": "refuse", "idempotency_key": "k1"})

    assert (first.status_code, first.url) == (second.status_code, second.url) == (302, "/zones/alk/gate/")
    assert ConsentRecord.objects.filter(kind="AGREEMENT").count() == 1


def test_the_same_key_with_another_body_is_a_conflict_and_changes_nothing(signed_in):
    signed_in.post(PAGE, {"decision": "refuse", "idempotency_key": "k1"})

    answer = signed_in.post(PAGE, {"decision": "agree", "idempotency_key": "k1"})

    assert answer.status_code == 409
    assert "未作任何更改" in answer.content.decode()
    assert ConsentRecord.objects.get(kind="AGREEMENT").answer == "REFUSED"


def test_a_refused_post_may_be_sent_again_with_its_key(signed_in):
    assert signed_in.post(PAGE, {"decision": "maybe", "idempotency_key": "k1"}).status_code == 422
    assert StoredAnswer.objects.count() == 0

    assert signed_in.post(PAGE, {"decision": "refuse", "idempotency_key": "k1"}).status_code == 302


def test_keys_of_two_people_are_two_keys(signed_in):
    signed_in.post(PAGE, {"decision": "refuse", "idempotency_key": "k1"})
    other = Client()
    other.force_login(make_person())

    assert other.post(PAGE, {"decision": "agree", "idempotency_key": "k1"}).status_code == 302
    assert ConsentRecord.objects.filter(kind="AGREEMENT").count() == 2


@pytest.mark.django_db(transaction=True)
def test_ten_posts_at_once_are_one(person):
    codes: list[tuple[int, str]] = []

    def post() -> None:
        client = Client()
        client.force_login(person)
        response = client.post(PAGE, {"decision": "refuse", "idempotency_key": "k1"})
        codes.append((response.status_code, response.url))
        connection.close()

    threads = [threading.Thread(target=post) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert codes == [(302, "/zones/alk/gate/")] * 10
    assert ConsentRecord.objects.filter(kind="AGREEMENT").count() == 1
