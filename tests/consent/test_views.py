"""The gate's own pages and one's own reader, through the whole stack."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Erasure, User
from consent.install import install_documents
from consent.models import Agreement, AgreementVersion, ConsentRecord
from portal.models import RecordEntry, Zone
from tests.people import make_person

pytestmark = pytest.mark.django_db
GATE = "/zones/alk/gate/"


@pytest.fixture
def zone(db):
    zone = Zone.objects.create(slug="alk", name_zh="甲专区", name_en="Zone A")
    install_documents(at=timezone.now())
    return zone


@pytest.fixture
def person(zone):
    return make_person("lin@example.org")


@pytest.fixture
def reader(person):
    client = Client()
    client.force_login(person)
    return client


def test_a_newcomer_is_led_to_the_agreement(reader):
    assert reader.get(GATE).url == f"{GATE}agreement/"


def test_the_agreement_shows_its_title_two_equal_buttons_and_nothing_ticked(reader):
    html = reader.get(f"{GATE}agreement/").content.decode()

    assert "<h1>壹生身份认证协议书</h1>" in html
    assert html.count('<button class="btn" name="decision"') == 2
    assert 'data-step="agreement"' in html
    assert "checked" not in html
    assert "{{" not in html


def test_agreeing_is_recorded_with_the_exact_text_shown(reader, person):
    reader.post(f"{GATE}agreement/", {"decision": "agree"})

    row = ConsentRecord.objects.get(kind="AGREEMENT")
    assert (row.person, row.answer, row.zone.slug) == (person, "GIVEN", "alk")
    assert row.shown_text.startswith("壹生身份认证协议书")
    assert row.shown_sha256 == hashlib.sha256(row.shown_text.encode()).hexdigest()
    entry = RecordEntry.objects.get(kind="consent.given")
    assert entry.payload["shown_sha256"] == row.shown_sha256
    assert reader.get(GATE).url == f"{GATE}informed-consent/"


def test_refusing_is_recorded_and_can_be_reconsidered(reader):
    reader.post(f"{GATE}agreement/", {"decision": "refuse"})
    assert reader.get(GATE).url == f"{GATE}declined/"
    assert "您选择了拒绝" in reader.get(f"{GATE}declined/").content.decode()

    reader.post(f"{GATE}agreement/", {"decision": "agree"})

    assert reader.get(GATE).url == f"{GATE}informed-consent/"
    assert list(ConsentRecord.objects.filter(kind="AGREEMENT").order_by("pk").values_list("answer", flat=True)) == [
        "REFUSED",
        "GIVEN",
    ]


def test_no_choice_is_said_at_the_form_and_records_nothing(reader):
    answer = reader.post(f"{GATE}agreement/", {})

    assert answer.status_code == 422
    assert "请在下面的两个按钮中选择一个" in answer.content.decode()
    assert not ConsentRecord.objects.filter(kind="AGREEMENT").exists()


def test_an_answer_to_a_version_that_was_replaced_meanwhile_is_not_taken(reader):
    reader.get(f"{GATE}agreement/")
    _publish_again(asks_again=True)

    answer = reader.post(f"{GATE}agreement/", {"decision": "agree", "version": "1"})

    assert answer.status_code == 409
    assert not ConsentRecord.objects.filter(kind="AGREEMENT").exists()


def _publish_again(*, asks_again: bool) -> AgreementVersion:
    old = AgreementVersion.objects.get(agreement__kind=Agreement.Kind.AGREEMENT, agreement__zone__slug="alk")
    fields = {name: getattr(old, name) for name in ("title_zh", "title_en", "summary_zh", "summary_en", "body_en")}
    new = AgreementVersion.objects.create(
        agreement=old.agreement, number=2, asks_again=asks_again, body_zh=old.body_zh + "<p>新增一段。</p>", **fields
    )
    new.publish(by=None, at=timezone.now())
    return new


def test_a_new_required_version_asks_again_and_shows_what_changed(reader):
    reader.post(f"{GATE}agreement/", {"decision": "agree"})
    _publish_again(asks_again=True)

    assert reader.get(GATE).url == f"{GATE}agreement/"
    assert "<ins>新增一段。</ins>" in reader.get(f"{GATE}agreement/").content.decode()


def test_a_corrected_typo_asks_nobody(reader):
    reader.post(f"{GATE}agreement/", {"decision": "agree"})
    _publish_again(asks_again=False)

    assert reader.get(GATE).url == f"{GATE}informed-consent/"


def test_english_is_shown_and_recorded_in_english(reader):
    reader.post("/language/", {"language": "en", "next": GATE})
    reader.post(f"{GATE}agreement/", {"decision": "agree"})

    row = ConsentRecord.objects.get(kind="AGREEMENT")
    assert row.language == "en"
    assert row.shown_text.startswith(row.version.title_en)


def test_a_page_that_is_not_ones_step_leads_to_ones_step(reader):
    for step in ("informed-consent", "pending", "passed", "declined", "evidence", "rejected"):
        assert reader.get(f"{GATE}{step}/").url == GATE


def test_the_receipt_shows_the_text_and_withdrawal_is_effective_on_the_next_request(reader):
    reader.post(f"{GATE}agreement/", {"decision": "agree"})
    row = ConsentRecord.objects.get(kind="AGREEMENT")
    assert row.shown_sha256 in reader.get(f"/me/consents/{row.public_id}/").content.decode()

    reader.post(f"/me/consents/{row.public_id}/withdraw/")

    assert reader.get(GATE).url == f"{GATE}agreement/"
    assert ConsentRecord.objects.filter(answer="WITHDRAWN").count() == 1
    reader.post(f"/me/consents/{row.public_id}/withdraw/")
    assert ConsentRecord.objects.filter(answer="WITHDRAWN").count() == 1


def test_nobody_sees_or_withdraws_another_persons_consent(reader, person):
    reader.post(f"{GATE}agreement/", {"decision": "agree"})
    row = ConsentRecord.objects.get(kind="AGREEMENT")
    other = Client()
    other.force_login(make_person())

    assert other.get(f"/me/consents/{row.public_id}/").status_code == 404
    assert other.post(f"/me/consents/{row.public_id}/withdraw/").status_code == 404
    assert not ConsentRecord.objects.filter(answer="WITHDRAWN").exists()


def _confirm(client: Client, user: User) -> None:
    """Leave the mark that allauth leaves when a password was asked again."""
    session = client.session
    now = timezone.now().timestamp()
    session["account_authentication_methods"] = [{"method": "password", "at": now, "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def test_export_and_erasure_ask_for_the_password_again(reader, person):
    person.set_password("a long password")
    person.save()
    reader.force_login(person)

    assert reader.get("/me/export/").url.startswith("/accounts/reauthenticate/")
    assert reader.get("/me/erase/").url.startswith("/accounts/reauthenticate/")


def test_the_export_holds_what_was_answered(reader, person):
    reader.post(f"{GATE}agreement/", {"decision": "agree"})
    _confirm(reader, person)

    answer = reader.post("/me/export/")

    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    consents = json.loads(archive.read("consents.json"))
    assert [row["answer"] for row in consents] == ["GIVEN"]
    assert json.loads(archive.read("account.json"))["email"] == "lin@example.org"
    assert RecordEntry.objects.filter(kind="person.exported").count() == 1


def test_erasing_closes_the_account_at_once_and_once(reader, person):
    _confirm(reader, person)
    assert reader.post("/me/erase/").status_code == 422
    reader.post("/me/erase/", {"confirm": "erase"})

    assert Erasure.objects.get().person == person
    assert User.objects.get(pk=person.pk).is_active is False
    assert reader.get(GATE).url.startswith("/accounts/login/")


def test_terms_and_privacy_are_open_to_everybody(zone):
    for path in ("/terms/", "/privacy/"):
        assert Client().get(path).status_code == 200


def test_a_refused_post_without_its_token_changes_nothing(person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)

    assert client.post(f"{GATE}agreement/", {"decision": "agree"}).status_code == 403
    assert not ConsentRecord.objects.exists()
