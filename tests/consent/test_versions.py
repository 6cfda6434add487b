"""Which acceptance still holds when versions follow each other, in the gate itself and on both documents."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from consent.actions import answer
from consent.gate import Step, standing
from consent.models import AgreementVersion, ConsentRecord
from consent.models.agreement import Frozen
from consent.texts import shown_text
from tests.factories import consent_to, make_user

pytestmark = pytest.mark.django_db
AGREEMENT, INFORMED = "AGREEMENT", "INFORMED_CONSENT"


def publish(zone, *, asks_again, kind=AGREEMENT, add="<p>新的一段。</p>"):
    old = AgreementVersion.objects.current(kind, zone)
    texts = {name: getattr(old, name) for name in AgreementVersion.TEXTS}
    texts["body_zh"] += add
    texts["body_en"] += "<p>A new paragraph.</p>"
    new = AgreementVersion.objects.create(
        agreement=old.agreement, number=old.number + 1, asks_again=asks_again, **texts
    )
    assert new.publish(by=None, at=timezone.now())
    return new


def say(person, zone, what, kind=AGREEMENT):
    version = AgreementVersion.objects.current(kind, zone)
    return answer(
        person=person, version=version, answer=what, text=shown_text(version), form="tests", at=timezone.now()
    )


@pytest.mark.parametrize(
    ("later", "accepts_at", "asked"),
    [
        ([False], 1, False),  # a typo
        ([True], 1, True),
        ([True, False], 1, True),  # v1 accepted, v2 asks, v3 is a typo: still asked
        ([True, False], 2, False),  # v2 accepted: fine at v3
        ([False, False, False], 1, False),
        ([False, True, False, False], 2, True),
        ([True, True], 2, True),
        ([True, False, True], 3, True),
        ([True, False, True, False], 4, False),
    ],
)
@pytest.mark.parametrize("kind", [AGREEMENT, INFORMED])
def test_an_acceptance_holds_until_a_later_version_asks(zone, kind, later, accepts_at, asked):
    person = make_user()
    consent_to(person, zone, informed="GIVEN")  # version 1 of both
    for number, asks_again in enumerate(later, start=2):
        publish(zone, asks_again=asks_again, kind=kind)
        if number == accepts_at:
            say(person, zone, "GIVEN", kind)

    step = {AGREEMENT: Step.AGREEMENT, INFORMED: Step.INFORMED_CONSENT}[kind]
    assert (standing(person, zone) == step) is asked


def test_a_first_version_asks_whatever_its_flag_says(zone):
    AgreementVersion.objects.required(AGREEMENT, zone).get()
    AgreementVersion._base_manager.filter(agreement__kind=AGREEMENT).exclude(agreement__zone=zone)
    person = make_user()

    assert standing(person, zone) == Step.AGREEMENT


def test_who_skipped_is_not_asked_again_because_the_wording_changed(zone):
    person = make_user()
    consent_to(person, zone, informed="SKIPPED")
    publish(zone, asks_again=True, kind=INFORMED)

    assert standing(person, zone) == Step.PROFILE


def test_one_acceptance_holds_for_both_languages(zone, client):
    person = make_user()
    client.force_login(person)
    client.post("/language/", {"language": "en", "next": "/"})
    client.post("/zones/alk/gate/agreement/", {"decision": "agree"})
    client.post("/language/", {"language": "zh-hans", "next": "/"})

    assert client.get("/zones/alk/gate/").url.endswith("/informed-consent/")


def test_what_was_on_the_screen_is_recorded_though_another_tab_changed_the_language(zone, client):
    client.force_login(make_user())
    page = client.get("/zones/alk/gate/agreement/")
    client.post("/language/", {"language": "en", "next": "/"})

    client.post("/zones/alk/gate/agreement/", {"decision": "agree", "version": "1", "shown": page.context["shown"]})

    row = ConsentRecord.objects.get(kind=AGREEMENT)
    assert (row.language, row.shown_text.startswith("壹生")) == ("zh-hans", True)


@pytest.mark.parametrize("stale", [{"version": "1"}, {"version": "1", "shown": "0" * 64}, {"shown": "f" * 64}])
def test_a_page_left_open_gets_409_with_the_version_in_force_and_what_changed(zone, client, stale):
    client.force_login(make_user())
    publish(zone, asks_again=False, add="<p>后来添上的一句。</p>")

    response = client.post("/zones/alk/gate/agreement/", {"decision": "agree", **stale})

    words = response.content.decode()
    assert response.status_code == 409
    assert "您的选择没有记录" in words
    assert 'name="version" value="2"' in words
    assert ("<ins>后来添上的一句。</ins>" in words) is ("version" in stale)
    assert not ConsentRecord.objects.filter(kind=AGREEMENT).exists()


@pytest.mark.parametrize("version", ["", "99999999999999999999", "-1", "1; DROP", "\u0661", "²", "1\x00"])
def test_a_version_that_is_none_is_409_and_never_an_error(zone, client, version):
    client.force_login(make_user())

    response = client.post("/zones/alk/gate/agreement/", {"decision": "agree", "version": version})

    assert response.status_code == 409


def test_a_double_click_is_one_answer_and_one_entry(zone, client):
    client.force_login(make_user())
    for _ in range(2):
        page = client.get("/zones/alk/gate/agreement/")
        fields = {"decision": "agree", "version": "1", "shown": page.context["shown"] if page.context else ""}
        client.post("/zones/alk/gate/agreement/", fields)
    person = ConsentRecord.objects.get(kind=AGREEMENT).person

    assert say(person, zone, "GIVEN") == ConsentRecord.objects.get(kind=AGREEMENT)


def test_an_older_draft_is_not_published_over_a_newer_version(zone, editor, editor2):
    old = AgreementVersion.objects.current(AGREEMENT, zone)
    texts = {name: getattr(old, name) for name in AgreementVersion.TEXTS}
    second = AgreementVersion.objects.create(agreement=old.agreement, number=2, created_by=editor, **texts)
    third = AgreementVersion.objects.create(agreement=old.agreement, number=3, created_by=editor, **texts)

    assert third.publish(by=editor2, at=timezone.now())
    assert not second.publish(by=editor2, at=timezone.now())


def test_published_versions_and_consents_change_by_no_way(zone):
    person = make_user()
    consent_to(person, zone)
    version, row = AgreementVersion.objects.current(AGREEMENT, zone), ConsentRecord.objects.first()

    for attempt in (
        version.save,
        version.delete,
        lambda: AgreementVersion.objects.filter(pk=version.pk).update(title_zh="改"),
        lambda: AgreementVersion.objects.filter(pk=version.pk).delete(),
    ):
        with pytest.raises(Frozen), transaction.atomic():
            attempt()
    for attempt in (
        row.save,
        row.delete,
        lambda: ConsentRecord.objects.update(answer="GIVEN"),
        lambda: ConsentRecord.objects.all().delete(),
        lambda: ConsentRecord.objects.bulk_create([row]),
        lambda: ConsentRecord.objects.bulk_update([row], ["answer"]),
    ):
        with pytest.raises(TypeError), transaction.atomic():
            attempt()
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentRecord._base_manager.filter(pk=row.pk)._raw_delete("default")


def test_the_readers_page_holds_the_diff_and_the_whole_text_without_a_script(zone):
    person, reader = make_user(), Client()
    consent_to(person, zone)
    publish(zone, asks_again=True, add="<p>另外添上的一句。</p>")
    reader.force_login(person)

    words = reader.get("/zones/alk/gate/agreement/").content.decode()

    assert "这一版改了什么" in words
    assert words.index("<ins>另外添上的一句。</ins>") < words.index("<p>另外添上的一句。</p>")
    assert "段没有改动" in words
