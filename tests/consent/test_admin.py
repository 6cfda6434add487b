"""Agreements in the admin: one writes, another publishes, what is published stays."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from consent.admin import shown
from consent.models import AgreementVersion
from portal.models import RecordEntry
from tests.people import make_staff, staff_login

VERSIONS = "/admin/consent/agreementversion/"


@pytest.fixture
def current(zone):
    return AgreementVersion.objects.current("AGREEMENT", zone)


@pytest.fixture
def writer(editor):
    return staff_login(Client(), editor)


@pytest.fixture
def publisher(editor2):
    return staff_login(Client(), editor2)


@pytest.fixture
def draft(current, editor):
    texts = {name: getattr(current, name) for name in AgreementVersion.TEXTS}
    texts["body_zh"] = texts["body_zh"] + "<p>新增的一段。</p>"
    return AgreementVersion.objects.create(agreement=current.agreement, number=2, created_by=editor, **texts)


def text(response):
    return response.content.decode()


def fields(version, **changes):
    texts = {name: getattr(version, name) for name in AgreementVersion.TEXTS}
    return {"agreement": version.agreement_id, "asks_again": "on", **texts, **changes}


def publish(client, version):
    return client.post(f"{VERSIONS}{version.pk}/publish/", {"text": shown(version)})


def test_a_draft_starts_from_the_text_in_force(current, writer, editor):
    form = writer.get(f"{VERSIONS}add/?agreement={current.agreement_id}")
    assert current.title_zh in text(form)

    response = writer.post(f"{VERSIONS}add/", fields(current, title_zh="改了标题"))

    assert response.status_code == 302, text(response)
    made = AgreementVersion.objects.get(title_zh="改了标题")
    assert (made.number, made.created_by, made.published_at) == (2, editor, None)


def test_the_writer_may_not_publish_and_the_page_says_so(draft, writer):
    assert "须由另一位" in text(writer.get(f"{VERSIONS}{draft.pk}/publish/"))
    assert publish(writer, draft).status_code == 403
    assert AgreementVersion.objects.get(pk=draft.pk).published_at is None


def test_another_editor_sees_what_changes_and_publishes(draft, zone, publisher, editor2):
    shown = text(publisher.get(f"{VERSIONS}{draft.pk}/publish/"))
    assert "<ins>新增的一段。</ins>" in shown
    assert "<del>" not in shown

    publish(publisher, draft)

    current = AgreementVersion.objects.current("AGREEMENT", zone)
    assert (current, current.published_by, len(current.sha256)) == (draft, editor2, 64)
    assert RecordEntry.objects.filter(kind="agreement.published", payload__sha256=current.sha256).count() == 1


def test_a_text_changed_after_it_was_read_is_not_published(draft, publisher):
    seen = shown(draft)
    AgreementVersion.objects.filter(pk=draft.pk).update(title_zh="又改了")

    response = publisher.post(f"{VERSIONS}{draft.pk}/publish/", {"text": seen})

    assert response.status_code == 409
    assert AgreementVersion.objects.get(pk=draft.pk).published_at is None


def test_publishing_a_copy_that_is_no_longer_the_stored_one_does_nothing(draft, editor2):
    AgreementVersion.objects.filter(pk=draft.pk).update(title_zh="又改了")

    assert not draft.publish(by=editor2, at=timezone.now())


def test_publishing_twice_is_publishing_once(draft, publisher):
    publish(publisher, draft)
    first = AgreementVersion.objects.get(pk=draft.pk).published_at

    assert publish(publisher, draft).status_code == 302
    assert AgreementVersion.objects.get(pk=draft.pk).published_at == first


def test_a_published_version_is_only_looked_at(current, writer):
    address = f"{VERSIONS}{current.pk}/change/"

    assert writer.get(address).status_code == 200
    assert writer.post(address, fields(current, title_zh="偷偷改")).status_code == 403
    assert writer.post(f"{VERSIONS}{current.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_draft_is_changed_by_its_writer_alone(draft, writer, publisher):
    address = f"{VERSIONS}{draft.pk}/change/"

    assert publisher.post(address, fields(draft, title_zh="别人改")).status_code == 403
    assert writer.post(address, fields(draft, title_zh="自己改")).status_code == 302
    assert AgreementVersion.objects.get(pk=draft.pk).title_zh == "自己改"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title_zh": ""}, "请填写此项"),
        ({"title_zh": "长" * 800}, "80"),
        ({"body_zh": "没有标签"}, "HTML 段落"),
        ({"body_zh": "<p>坏\x00</p>"}, "控制字符"),
        ({"agreement": "999999"}, "选择"),
    ],
)
def test_a_draft_that_cannot_stand_is_refused_with_words(current, writer, changes, words):
    response = writer.post(f"{VERSIONS}add/", fields(current, **changes))

    assert response.status_code == 422
    assert words in text(response)
    assert AgreementVersion.objects.filter(agreement=current.agreement).count() == 1


def test_a_script_in_a_body_never_reaches_a_reader(current, draft, writer, publisher, member):
    writer.post(f"{VERSIONS}{draft.pk}/change/", fields(draft, body_zh="<p onclick='x()'>好<script>x()</script></p>"))
    draft.refresh_from_db()
    publish(publisher, draft)
    reader = Client()
    reader.force_login(member)

    shown = text(reader.get("/zones/alk/gate/agreement/"))

    assert "<p>好</p>" in shown
    assert "onclick" not in shown


@pytest.mark.parametrize("person", ["reviewer", "lead", "member", "operator"])
def test_others_neither_see_nor_write_agreements(draft, request, person):
    user = make_staff("operators", "o@example.org") if person == "operator" else request.getfixturevalue(person)
    client = staff_login(Client(), user)

    for address in (VERSIONS, f"{VERSIONS}{draft.pk}/publish/", f"{VERSIONS}add/"):
        assert client.get(address).status_code in {302, 403}
    assert publish(client, draft).status_code in {302, 403}
    assert AgreementVersion.objects.get(pk=draft.pk).published_at is None
