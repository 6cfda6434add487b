"""Publishing at the desk: how many people it asks, what it changes, and what it refuses."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from consent.actions import answer, withdraw
from consent.admin import shown
from consent.models import AgreementVersion, ConsentRecord
from consent.texts import shown_text
from tests.factories import consent_to, make_user
from tests.people import staff_login

pytestmark = pytest.mark.django_db
VERSIONS = "/admin/consent/agreementversion/"


@pytest.fixture
def current(zone):
    return AgreementVersion.objects.current("AGREEMENT", zone)


@pytest.fixture
def publisher(editor2):
    return staff_login(Client(), editor2)


def draft_of(current, editor, number=2, **changes):
    texts = {name: getattr(current, name) for name in AgreementVersion.TEXTS}
    return AgreementVersion.objects.create(
        agreement=current.agreement, number=number, created_by=editor, **{**texts, **changes}
    )


def page(client, version):
    return client.get(f"{VERSIONS}{version.pk}/publish/").content.decode()


def told(words):
    return {name: int(count) for name, count in re.findall(r'data-(accepted|asked)="(\d+)"', words)}


def test_the_preview_counts_who_is_asked_again(current, zone, doctor, editor, publisher):
    """Four agreed; one of them withdrew, one closed the account: two are asked, one of them is inside."""
    people = [make_user() for _ in range(3)]
    for person in people:
        consent_to(person, zone)
    withdraw(ConsentRecord.objects.get(person=people[0], kind="AGREEMENT"), at=timezone.now(), form="tests")
    type(people[1]).objects.filter(pk=people[1].pk).update(is_active=False)

    words = page(publisher, draft_of(current, editor))

    assert told(words) == {"accepted": 2, "asked": 2}
    assert "其中 1 人认证有效" in words


def test_a_typo_asks_nobody_and_an_acceptance_that_no_longer_holds_is_not_counted(
    current, zone, doctor, editor, publisher
):
    second = draft_of(current, editor)
    publisher.post(f"{VERSIONS}{second.pk}/publish/", {"text": shown(second)})

    words = page(publisher, draft_of(second, editor, number=3, asks_again=False))

    assert told(words) == {"accepted": 0, "asked": 0}  # the doctor agreed to version 1, which version 2 ended
    assert "只改错字" in words


def test_the_preview_shows_both_languages_with_the_words_that_changed(current, editor, publisher):
    draft = draft_of(current, editor, body_en=current.body_en.replace("30 days", "45 days"))

    words = page(publisher, draft)

    assert "<del>30</del>" in words
    assert "<ins>45</ins>" in words
    assert "文字没有不同" in words  # the Chinese


def test_a_preview_held_to_a_version_that_is_not_in_force_any_more_publishes_nothing(current, editor, publisher):
    second, third = draft_of(current, editor), draft_of(current, editor, number=3, title_zh="第三版")
    seen = shown(third)
    publisher.post(f"{VERSIONS}{second.pk}/publish/", {"text": shown(second)})

    response = publisher.post(f"{VERSIONS}{third.pk}/publish/", {"text": seen})

    assert response.status_code == 409
    assert AgreementVersion.objects.get(pk=third.pk).published_at is None


def test_a_flag_turned_after_it_was_read_publishes_nothing(current, editor, publisher):
    draft = draft_of(current, editor)
    seen = shown(draft)
    AgreementVersion.objects.filter(pk=draft.pk).update(asks_again=False)

    assert publisher.post(f"{VERSIONS}{draft.pk}/publish/", {"text": seen}).status_code == 409
    assert AgreementVersion.objects.get(pk=draft.pk).published_at is None


def test_an_older_draft_is_told_that_it_was_passed_by(current, editor, publisher):
    second, third = draft_of(current, editor), draft_of(current, editor, number=3)
    publisher.post(f"{VERSIONS}{third.pk}/publish/", {"text": shown(third)})

    assert "这一版不能再发布" in page(publisher, second)
    publisher.post(f"{VERSIONS}{second.pk}/publish/", {"text": shown(second)})
    assert AgreementVersion.objects.get(pk=second.pk).published_at is None


def test_publishing_asks_for_the_factor_again(current, editor, editor2):
    client = staff_login(Client(), editor2)
    session = client.session
    for method in session["account_authentication_methods"]:
        method["at"] -= 3600
    session["account_authentication_methods"] = list(session["account_authentication_methods"])
    session["desk_last_seen"] = session["account_authentication_methods"][-1]["at"] + 3500
    session.save()
    draft = draft_of(current, editor)

    response = client.post(f"{VERSIONS}{draft.pk}/publish/", {"text": shown(draft)})

    assert response.status_code == 302
    assert response.url.startswith("/accounts/2fa/reauthenticate/")
    assert AgreementVersion.objects.get(pk=draft.pk).published_at is None


def test_the_platforms_documents_ask_in_me_and_keep_nobody_outside(zone, doctor, editor, publisher):
    current = AgreementVersion.objects.current("PRIVACY", None)
    reader = Client()
    reader.force_login(doctor)
    accept(doctor, current)
    assert reader.get("/me/privacy/").url == "/me/"
    draft = draft_of(current, editor, body_zh=current.body_zh + "<p>多了一项用途。</p>")
    words = page(publisher, draft)
    assert told(words) == {"accepted": 1, "asked": 1}
    assert "他们进入专区不受影响" in words

    publisher.post(f"{VERSIONS}{draft.pk}/publish/", {"text": shown(draft)})

    assert reader.get("/zones/alk/search/").status_code == 200
    assert "/me/privacy/" in reader.get("/me/").content.decode()
    assert "<ins>多了一项用途。</ins>" in reader.get("/me/privacy/").content.decode()
    assert reader.post("/me/privacy/", {"decision": "agree", "version": "1"}).status_code == 409
    assert reader.post("/me/privacy/", {"decision": "agree", "version": "2"}).url == "/me/"
    assert "/me/privacy/" not in reader.get("/me/").content.decode()


def accept(person, version):
    return answer(
        person=person, version=version, answer="GIVEN", text=shown_text(version), form="tests", at=timezone.now()
    )
