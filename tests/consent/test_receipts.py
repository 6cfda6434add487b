"""Receipts: what they say, whose they are, how they are proved; T42, a consent that is disputed years later."""

from __future__ import annotations

import copy
import hashlib
import importlib.util
import json
import subprocess
import sys
import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from accounts.retention import ask_erasure, carry_out_erasures
from consent.actions import withdraw
from consent.models import AgreementVersion, ConsentRecord
from consent.receipts import is_text_whole, receipt
from consent.sender import keyed
from consent.texts import shown_text
from portal import keys, seals
from tests.factories import consent_to, make_user

pytestmark = pytest.mark.django_db
VERIFIER = settings.BASE_DIR / "deploy" / "verify_receipt.py"
_spec = importlib.util.spec_from_file_location("verify_receipt", VERIFIER)
VERIFY = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(VERIFY)


@pytest.fixture
def person(zone):
    return make_user("lin@example.org", display_name="林医生")


@pytest.fixture
def reader(person):
    client = Client(headers={"user-agent": "Mozilla/5.0 (Linux; Android 14)"})
    client.force_login(person)
    return client


@pytest.fixture
def row(reader):
    reader.post("/zones/alk/gate/agreement/", {"decision": "agree"})
    return ConsentRecord.objects.get(kind="AGREEMENT")


def page(reader, row, rest=""):
    return reader.get(f"/me/consents/{row.public_id}/{rest}")


def verify(document, folder):
    """Run the verifier as its user does: a script, two files, no Django."""
    (folder / "receipt.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    published = Client().get("/record/keys.json").content
    (folder / "keys.json").write_bytes(published)
    command = [sys.executable, "-I", str(VERIFIER), str(folder / "receipt.json"), "--keys", str(folder / "keys.json")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_t42_a_record_holds_all_that_proves_a_consent(row, person):
    version = AgreementVersion.objects.current("AGREEMENT", row.zone)

    assert (row.person, row.version, row.language, row.form) == (person, version, "zh-hans", "agreement")
    assert row.at.utcoffset().total_seconds() == 0
    assert row.shown_sha256 == hashlib.sha256(row.shown_text.encode()).hexdigest()
    assert row.ip_hash == keyed("ip", "127.0.0.1")
    assert row.agent_hash == keyed("agent", "Mozilla/5.0 (Linux; Android 14)")
    assert row.entry.payload["receipt"] == str(row.public_id)
    assert row.entry.payload["shown_sha256"] == row.shown_sha256
    assert row.entry.actor == keys.pseudonym(person)


def test_t42_years_later_under_other_templates_the_text_still_has_its_hash(reader, row, tmp_path):
    """The pages are all rewritten, the operator renamed, the document at its third version."""
    folder = tmp_path / "consent"
    folder.mkdir()
    (folder / "receipt.html").write_text("<html>{{ row.shown_text }}|{{ row.shown_sha256 }}</html>", encoding="utf-8")
    (folder / "agreement.html").write_text("all is new", encoding="utf-8")
    changed = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    texts = {name: f"<p>新 {name}</p>" for name in AgreementVersion.TEXTS}
    for number in (2, 3):
        new = AgreementVersion.objects.create(agreement=row.version.agreement, number=number, **texts)
        new.publish(by=None, at=timezone.now())

    with override_settings(TEMPLATES=changed, OPERATOR_ZH="后来的运营者", CONTACT_EMAIL="later@example.org"):
        words = page(reader, row).content.decode()
        again = json.loads(page(reader, row, "receipt.json").content)

    stored = ConsentRecord.objects.get(pk=row.pk)
    assert words.endswith(f"|{stored.shown_sha256}</html>")
    text = again["content"]["pii_processing"]["privacy_notice_text"]
    assert hashlib.sha256(text.encode()).hexdigest() == stored.shown_sha256 == stored.entry.payload["shown_sha256"]
    with override_settings(TEMPLATES=changed):  # rendered anew from the frozen version: the same bytes
        assert shown_text(stored.version) == stored.shown_text


def test_the_file_has_the_shape_of_the_standard(reader, row, person):
    response = page(reader, row, "receipt.json")
    document = json.loads(response.content)
    content, purpose = document["content"], document["content"]["pii_processing"]["purposes"][0]

    assert response["Content-Disposition"] == f'attachment; filename="receipt-{row.public_id}.json"'
    assert document["schema_version"] == "ISO/IEC TS 27560:2023"
    assert document["receipt_id"] == content["record"]["record_id"] == str(row.public_id)
    assert content["record"]["pii_principal_id"] == keys.pseudonym(person)
    assert set(content["pii_processing"]) >= {"privacy_notice", "privacy_notice_sha256", "language", "purposes"}
    assert set(purpose) >= {
        "purpose",
        "purpose_type",
        "lawful_basis",
        "pii_information",
        "pii_controllers",
        "collection_method",
        "processing_method",
        "storage_locations",
        "retention_period",
        "jurisdiction",
        "recipient_third_parties",
        "withdrawal_method",
        "privacy_rights",
    }
    assert any(item["sensitive_pii_category"] for item in purpose["pii_information"])
    assert content["party_identification"][0]["party_role"] == "PII controller"
    assert content["event"] == [
        {
            "event_time": row.at.isoformat(timespec="microseconds"),
            "event_type": "explicit",
            "event_state": "consent given",
            "event_answer": "GIVEN",
            "event_receipt": str(row.public_id),
            "event_form": "agreement",
            "validity_duration": "until withdrawn",
            "entity_id": keys.pseudonym(person),
        }
    ]
    assert "lin@example.org" not in response.content.decode()


def test_before_the_seal_it_says_so_and_after_it_a_stranger_verifies_it(reader, row, tmp_path):
    assert "将在一分钟内封存" in page(reader, row).content.decode()
    assert json.loads(page(reader, row, "receipt.json").content)["record"]["state"] == "pending"

    seals.seal(timezone.now())

    assert "已封存" in page(reader, row).content.decode()
    document = json.loads(page(reader, row, "receipt.json").content)
    good = verify(document, tmp_path)
    assert good.returncode == 0, good.stdout + good.stderr
    document["content"]["event"][0]["event_answer"] = "REFUSED"
    assert verify(document, tmp_path).returncode == 1


def test_a_receipt_changed_in_any_field_does_not_stand(reader, row):
    """Every value in turn, the later event and its proof too; then every field left out, and one added everywhere."""
    withdraw(row, at=timezone.now(), form="me")
    seals.seal(timezone.now())
    document = json.loads(page(reader, row, "receipt.json").content)
    published = VERIFY.keys_in(Client().get("/record/keys.json").json())
    VERIFY.check(document, published)
    assert [event["event_answer"] for event in document["content"]["event"]] == ["GIVEN", "WITHDRAWN"]

    places = [(change, path) for path in paths(document) for change in (other, without)]
    holders = [(), ("content",), ("content", "event", 0), ("content", "event", 1), ("record",), ("record", "head")]
    places += [(other, (*holder, "more")) for holder in holders]
    stands = []
    for change, path in places:
        try:
            VERIFY.check(change(document, path), published)
        except VERIFY.Wrong:
            continue
        stands.append((change.__name__, path))
    assert stands == []


def paths(value, before=()):
    """Every place of a document that holds a value, a list or an object."""
    if before:
        yield before
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inside:
        yield from paths(part, (*before, name))


def other(document, path):
    (changed, holder), value = held(document, path)
    holder[path[-1]] = value + 1 if type(value) is int else not value if type(value) is bool else f"{value}x"
    return changed


def without(document, path):
    (changed, holder), _value = held(document, path)
    del holder[path[-1]]
    return changed


def held(document, path):
    """A copy with the holder of the place in it, and the value there."""
    changed = holder = copy.deepcopy(document)
    for name in path[:-1]:
        holder = holder[name]
    return (changed, holder), holder.get(path[-1]) if isinstance(holder, dict) else holder[path[-1]]


def test_a_receipt_says_what_was_true_when_it_was_given(reader, row):
    with override_settings(OPERATOR_ZH="后来的运营者", CONTACT_EMAIL="later@example.org"):
        again = page(reader, row, "receipt.json").content

    assert again == page(reader, row, "receipt.json").content
    assert "后来的运营者" not in again.decode()


def test_a_later_answer_stands_in_the_receipt_once_it_is_sealed(row, tmp_path):
    seals.seal(timezone.now())
    withdraw(row, at=timezone.now(), form="me")

    assert verify(receipt(row), tmp_path).returncode == 0
    assert len(receipt(row)["content"]["event"]) == 1
    seals.seal(timezone.now())
    assert len(receipt(row)["content"]["event"]) == 2
    assert verify(receipt(row), tmp_path).returncode == 0


@pytest.mark.parametrize("answer", ["GIVEN", "SKIPPED", "WITHDRAWN"])
def test_every_kind_of_receipt_is_verified_offline(zone, person, answer, tmp_path):
    consent_to(person, zone, informed="SKIPPED" if answer == "SKIPPED" else "GIVEN")
    row = ConsentRecord.objects.get(kind="INFORMED_CONSENT")
    if answer == "WITHDRAWN":
        row = withdraw(row, at=timezone.now(), form="me")
    seals.seal(timezone.now())

    result = verify(receipt(row), tmp_path)

    assert row.answer == answer
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_receipt_kept_before_the_erasure_still_verifies_after_it(reader, row, person, tmp_path):
    seals.seal(timezone.now())
    kept = json.loads(page(reader, row, "receipt.json").content)

    ask_erasure(person, at=timezone.now())
    assert carry_out_erasures(timezone.now() + timedelta(days=31)) == 1
    seals.seal(timezone.now())

    assert verify(kept, tmp_path).returncode == 0
    assert (
        seals.proof_of(ConsentRecord.objects.get(pk=row.pk).entry)["inclusion_path"] == kept["record"]["inclusion_path"]
    )


@pytest.mark.parametrize("rest", ["", "print/", "receipt.json", "withdrawn/"])
def test_anothers_receipt_answers_as_a_missing_one(row, rest):
    other = Client()
    other.force_login(make_user())
    theirs = other.get(f"/me/consents/{row.public_id}/{rest}")
    missing = other.get(f"/me/consents/{uuid.uuid4()}/{rest}")

    assert theirs.status_code == missing.status_code == 404
    assert _bare(theirs) == _bare(missing)


def _bare(response):
    words = response.content.decode()
    start, end = words.find("<main"), words.find("</main>")
    return words[start:end]


@pytest.mark.parametrize(
    "bad", ["0", "x", "%00", "../me", "1" * 36, "é", "00000000-0000-0000-0000-00000000000G", "%2e%2e"]
)
@pytest.mark.parametrize("rest", ["", "print/", "receipt.json", "withdraw/", "withdrawn/"])
def test_a_bad_id_is_404_or_a_redirect_and_never_an_error(reader, bad, rest):
    path = f"/me/consents/{bad}/{rest}"

    assert reader.get(path).status_code in {301, 302, 404}
    assert reader.post(path).status_code in {404, 405}


def test_the_page_and_its_print_say_everything_in_words(reader, row):
    for rest in ("", "print/"):
        words = page(reader, row, rest).content.decode()
        for part in (row.shown_sha256, str(row.public_id), "UTC+8", "敏感个人信息", "与留存的原文相符", "第 1 版"):
            assert part in words, part
    words = page(reader, row).content.decode()
    assert f"python3 verify_receipt.py receipt-{row.public_id}.json --keys keys.json" in words


def test_a_text_that_was_changed_behind_the_back_is_said_to_be_wrong(reader, row):
    forged = ConsentRecord.objects.get(pk=row.pk)
    forged.shown_text += "偷偷添上的一句。"

    assert is_text_whole(row)
    assert not is_text_whole(forged)
