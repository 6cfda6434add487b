"""T27–T30, T44: a scan leaves no trace where nobody expects one; every look is counted; an erasure is whole."""

from __future__ import annotations

import csv
import logging
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import evidence, retention, sweeping, uploads
from accounts.models import Erasure, Evidence, EvidenceView, User
from portal import keys, purging
from portal.models import PersonKey
from tests import factories
from tests.accounts.test_key_destruction import database_bytes
from tests.people import make_person, staff_login

PAGE = "/zones/alk/gate/evidence/"
NAME, FILE = "探针七三一欧阳", "探针七三一的证书.jpg"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path, monkeypatch):
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    return settings.EVIDENCE_DIR


@pytest.fixture
def person(zone):
    person = make_person("canary-731@example.org")
    factories.consent_to(person, zone)
    factories.make_draft(person, name=NAME)
    return person


def browser_of(person) -> Client:
    browser = Client(raise_request_exception=False)
    browser.force_login(person)
    return browser


def send(browser: Client, name: str = FILE, **fields: str):
    return browser.post(PAGE, {"files": SimpleUploadedFile(name, factories.jpeg(size=(900, 700))), **fields})


@pytest.mark.django_db(transaction=True)
def test_t27_a_scan_lies_in_plain_sight_nowhere(zone, person, store, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    browser = browser_of(person)
    assert send(browser).status_code == 302
    page = browser.get(f"/evidence/{Evidence.objects.get().public_id}/").content
    pieces = [page[start : start + 24] for start in range(600, len(page) - 24, 200)]
    assert len(pieces) > 5
    number = factories.PROFILE["licence_number"].encode()

    places = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert any(path.is_relative_to(store) for path in places)
    places["database"] = database_bytes()
    places["log"] = caplog.text.encode()
    for place, content in places.items():
        assert not any(piece in content for piece in pieces), place
        assert number not in content, place
    assert FILE not in caplog.text
    assert NAME not in caplog.text
    assert not [path for path in (tmp_path / "temp").rglob("*") if path.is_file() and path.stat().st_size]


@pytest.mark.parametrize(
    ("where", "name", "path"),
    [
        (uploads, "judge_all", PAGE),
        (evidence, "staged", PAGE),
        (evidence, "keep", PAGE),
        (evidence, "open_page", "file"),
        (keys, "open_for", "file"),
        (keys, "open_for", "/zones/alk/gate/profile/"),
    ],
)
def test_t28_an_accident_on_the_way_of_a_scan_says_nothing_of_it(
    person, where, name, path, monkeypatch, caplog, mailoutbox
):
    browser = browser_of(person)
    assert send(browser).status_code == 302
    row = Evidence.objects.get()
    caplog.clear()
    monkeypatch.setattr(where, name, lambda *args, **fields: 1 / 0)

    answer = send(browser) if path == PAGE else browser.get(f"/evidence/{row.public_id}/" if path == "file" else path)

    assert answer.status_code == 500
    said = answer.content.decode() + caplog.text + "".join(mail.body for mail in mailoutbox)
    for canary in (FILE, NAME, factories.PROFILE["licence_number"], person.email, "JFIF"):
        assert canary not in said
    assert mailoutbox == []


def test_t29_there_are_as_many_rows_as_looks(person, reviewer, reviewer2):
    assert send(browser_of(person)).status_code == 302
    case = factories.drafts.send(factories.drafts.draft_of(person), at=timezone.now())
    row = Evidence.objects.get()
    desk, other = staff_login(Client(), reviewer), staff_login(Client(), reviewer2)
    address = f"/evidence/{row.public_id}/"
    desk.post(f"/admin/accounts/verification/{case.pk}/claim/")

    asked = [
        desk.get(address),
        desk.get(address, headers={"range": "bytes=0-9"}),
        desk.head(address),
        desk.get(address),
    ]
    asked += [desk.get(f"{address}?page=2"), other.get(address), Client().get(address)]

    good = [answer for answer in asked if answer.status_code == 200]
    assert (len(good), len(asked)) == (4, 7)
    views = EvidenceView.objects.filter(viewer=reviewer, evidence=row, page=1, purpose="review")
    assert views.count() == EvidenceView.objects.count() == len(good)
    assert browser_of(person).get(address).status_code == 200
    assert EvidenceView.objects.count() == len(good)
    shown = browser_of(person).get("/me/").content.decode()
    assert str(reviewer) in shown
    assert "审核资质" in shown


def test_t30_a_person_is_stopped_at_their_limit_and_nobody_else_is(person, zone, settings):
    settings.EVIDENCE_STORED_BYTES, settings.EVIDENCE_MAX_FILES = 20_000, 50
    browser, sent = browser_of(person), 0
    while (answer := send(browser)).status_code == 302:
        sent += 1
        assert sent < 20
    assert answer.status_code == 422
    assert "已到上限" in answer.content.decode()
    assert sum(Evidence.objects.values_list("size", flat=True)) <= 20_000

    other = make_person()
    factories.consent_to(other, zone)
    factories.make_draft(other)
    assert send(browser_of(other)).status_code == 302


def test_t30_a_volume_nearly_full_takes_no_file_from_anybody_and_says_so(person, settings):
    settings.EVIDENCE_DISK_PERCENT, settings.EVIDENCE_DISK_RESERVE = 0, 2**62
    browser = browser_of(person)

    refused = send(browser)

    assert refused.status_code == 503
    assert "快满了" in refused.content.decode()
    assert not Evidence.objects.exists()
    assert browser.get(PAGE).status_code == 200
    settings.EVIDENCE_DISK_RESERVE = 0  # so much is left that the share does not matter
    assert send(browser).status_code == 302


def everything_stored() -> str:
    """All that any table of ours or of a library holds, as text."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed:
            found += [repr(row) for row in model._base_manager.values_list()]
    return "\n".join(found)


@pytest.mark.django_db(transaction=True)
def test_t44_of_an_erased_person_nothing_is_found_and_a_restore_does_not_bring_them_back(
    zone, person, reviewer, store, tmp_path
):
    number = factories.PROFILE["licence_number"]
    canaries = [NAME, FILE, "canary-731", number, keys.blind_index("licence", number)]
    browser = browser_of(person)
    assert send(browser, decision="submit").status_code == 302
    factories.reject(person.verification, by=reviewer)
    assert all(canary in everything_stored() for canary in canaries if canary != number)

    later = timezone.now() + timedelta(days=31)
    retention.ask_erasure(person, at=timezone.now())
    retention.carry_out_erasures(later)
    sweeping.remove_unreadable(later)
    purging.purge(later)

    stored = everything_stored()
    assert [canary for canary in canaries if canary in stored] == []
    assert not [path for path in store.rglob("*") if path.is_file()]
    assert not PersonKey.objects.filter(person=person, destroyed_at=None).exists()
    if connection.vendor == "sqlite":  # PostgreSQL's dead rows wait for its own vacuum; docs/operating.md
        raw = database_bytes()
        assert [canary for canary in canaries if canary.encode() in raw] == []
    assert person.verification.current.decision.outcome == "REJECTED"
    replayed(zone, tmp_path)


def replayed(zone, tmp_path) -> None:
    """Somebody whom a backup brought back, asked to be erased since: the list that the backup keeps is replayed."""
    back = make_person("canary-732@example.org", display_name=NAME)
    factories.consent_to(back, zone)
    listed = tmp_path / "erasures.csv"
    with listed.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["public_id", "asked_at", "due_at", "done_at"])
        table.writerow([back.public_id.hex, "2026-01-01 00:00:00.000001", "2026-01-31 00:00:00.000001", ""])

    for _again in range(2):
        call_command("replay_erasures", str(listed))

    assert Erasure.objects.get(person=back).done_at is not None
    assert not User.objects.get(pk=back.pk).is_active
    assert NAME not in everything_stored()
    assert "canary-732" not in everything_stored()
