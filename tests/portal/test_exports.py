"""The copy of all one's data is whole: every relation to a person is in it or has its reason, and its values are."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import Claim, Evidence, EvidenceView, User
from accounts.retention import destroy_key_of
from portal import exports
from portal.models import RecordEntry
from portal.personal import Personal
from tests.people import staff_login

pytestmark = pytest.mark.django_db
OURS = {"portal", "accounts", "consent", "articles", "strategy"}


def copy_of(person, language="zh-hans"):
    """The archive as its owner opens it."""
    return zipfile.ZipFile(io.BytesIO(b"".join(exports.archive(person, at=timezone.now(), language=language))))


def read(archive, name):
    return json.loads(archive.read(f"{name}.json"))


def test_every_relation_to_a_person_is_in_the_copy_or_has_its_reason():
    relations = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.related_model is User and not field.auto_created
    }
    told = set(exports.covered()) | set(exports.left_out())

    assert relations - told == set()
    assert {name for name in told if name.count(".") == 2} - relations == set()
    assert set(exports.covered()) & set(exports.left_out()) == set()


def _reaches_a_person(model, depth=3):
    if model is User or depth == 0:
        return model is User
    fields = [f for f in model._meta.get_fields() if (f.many_to_one or f.one_to_one) and not f.auto_created]
    return any(_reaches_a_person(field.related_model, depth - 1) for field in fields)


def test_every_model_with_personal_data_of_a_person_is_in_the_copy_or_has_its_reason():
    told = {".".join(name.split(".")[:2]) for name in [*exports.covered(), *exports.left_out()]}
    holding = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in OURS
        and any(isinstance(value, Personal) for value in getattr(model, "PERSONAL_DATA", {}).values())
        and _reaches_a_person(model)
    }

    assert holding - told == set()


def test_every_reason_is_words():
    assert all(len(str(reason)) > 8 for reason in exports.left_out().values())


@pytest.fixture
def looked_at(pending_person, reviewer):
    """Somebody whose case a reviewer holds and whose file the reviewer opened."""
    case = pending_person.verification
    Claim.take(case, by=reviewer, at=timezone.now())
    row = Evidence.objects.get(owner=pending_person)
    EvidenceView.objects.create(evidence=row, viewer=reviewer, page=1, purpose="review", viewed_at=timezone.now())
    return pending_person


def test_what_a_person_gave_and_what_was_done_with_it_is_all_there(looked_at, zone):
    UserSession.objects.create(user=looked_at, ip="192.0.2.7", user_agent="Kestrel/7", session_key="k" * 32)
    archive = copy_of(looked_at)

    assert read(archive, "account")["email"] == looked_at.email
    assert {row["question"]: row["value"] for row in read(archive, "answers")}["执业证书编码"] == "141100000012345"
    assert read(archive, "sign-ins")[0]["user_agent"] == "Kestrel/7"
    assert read(archive, "verification")[0]["case_number"] == looked_at.verification.case_number
    assert read(archive, "evidence-views")[0]["viewer__display_name"] == "审核员甲"
    assert {row["kind"] for row in read(archive, "consents")} == {"AGREEMENT", "INFORMED_CONSENT"}
    assert "verification.submitted" in {row["kind"] for row in read(archive, "record")}
    assert read(archive, "notices")[0]["address"] == looked_at.email
    receipts = [name for name in archive.namelist() if name.startswith("receipts/")]
    assert len(receipts) == 2
    assert json.loads(archive.read(receipts[0]))["schema_version"] == "ISO/IEC TS 27560:2023"


def test_evidence_is_in_it_while_its_key_lives_and_no_longer(looked_at):
    row = Evidence.objects.get(owner=looked_at)
    page = f"evidence/{row.public_id}-1.jpg"
    assert copy_of(looked_at).read(page).startswith(b"\xff\xd8")

    assert destroy_key_of(looked_at, because="erasure", at=timezone.now())

    archive = copy_of(looked_at)
    assert page not in archive.namelist()
    assert read(archive, "evidence")[0]["pages"] == 1
    assert "141100000012345" not in archive.read("answers.json").decode()
    assert "密钥已销毁" in archive.read("answers.json").decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_reads_without_us_and_holds_no_script(looked_at, language):
    archive = copy_of(looked_at, language)
    page, readme = archive.read("index.html").decode(), archive.read("README.txt").decode()

    assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in page
    assert "141100000012345" in page
    assert "<script" not in page
    assert 'href="http' not in page
    assert "index.html" in readme
    for name in archive.namelist():
        if name.endswith(".json") and "/" not in name:
            assert name in page
            assert name in readme


def test_nothing_of_another_person_and_no_secret_is_in_it(looked_at, doctor, zone):
    looked_at.set_password("kestrel lantern orchard")
    looked_at.save(update_fields=["password"])
    archive = copy_of(looked_at)
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode("latin-1")

    for secret in (doctor.email, str(doctor.public_id), looked_at.password, settings.RECORD_KEY):
        assert secret not in everything


def test_a_name_with_markup_stays_text(looked_at):
    User.objects.filter(pk=looked_at.pk).update(display_name="<img src=x onerror=y>")
    looked_at.refresh_from_db()

    assert "<img" not in copy_of(looked_at).read("index.html").decode()


def test_the_download_is_streamed_recorded_and_leaves_nothing_on_disk(looked_at, tmp_path):
    browser = staff_login(Client(), looked_at)  # has just proved who they are
    before = sorted(settings.DATA_DIR.rglob("*"))

    response = browser.post("/me/export/")

    assert response.streaming
    assert response["Content-Type"] == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(response.getvalue())).testzip() is None
    assert RecordEntry.objects.filter(kind="person.exported").count() == 1
    assert [path for path in sorted(settings.DATA_DIR.rglob("*")) if path not in before] == []


def test_an_empty_account_has_an_honest_copy(member):
    archive = copy_of(member)

    assert read(archive, "consents") == []
    assert "没有记录。" in archive.read("index.html").decode()
