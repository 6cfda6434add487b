"""The demo: everything of it or nothing, and never people whose passwords nobody has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User, Verification
from articles.models import Comment
from portal import invariants
from portal.models import Notice

pytestmark = pytest.mark.django_db
PEOPLE = {
    "newcomer", "pending", "rejected", "doctor", "expired", "revoked",
    "reviewer", "reviewer2", "editor", "editor2", "admin",
}  # fmt: skip


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.DATA_DIR = tmp_path
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return tmp_path


def test_it_holds_who_and_what_the_contract_names(folder):
    call_command("load_demo")

    demo = json.loads((folder / "demo.json").read_text())
    assert set(demo["people"]) == PEOPLE
    assert {key for key, person in demo["people"].items() if "totp_secret" in person} == {
        "reviewer", "reviewer2", "editor", "editor2", "admin",
    }  # fmt: skip
    assert (folder / "demo.json").stat().st_mode & 0o777 == 0o600
    assert all(User.objects.get(email=p["email"]).check_password(p["password"]) for p in demo["people"].values())
    states = {
        key: Verification.objects.filter(owner__email=demo["people"][key]["email"])
        .values_list("status", flat=True)
        .first()
        for key in ("newcomer", "pending", "rejected", "doctor", "expired", "revoked")
    }
    assert states == {
        "newcomer": None, "pending": "PENDING", "rejected": "REJECTED", "doctor": "APPROVED", "expired": "EXPIRED",
        "revoked": "REVOKED",
    }  # fmt: skip
    assert Comment.objects.filter(article__slug="alk-pretreated-strategy").count() == 200
    assert not Notice.objects.exclude(state=Notice.State.SENT, text="").exists()  # nobody is told of the demo
    assert invariants.broken(timezone.now()) == []


def test_loading_it_again_changes_nothing_but_the_address(folder, settings):
    call_command("load_demo")
    before = json.loads((folder / "demo.json").read_text())
    settings.SITE_URL = "http://localhost:9000"

    call_command("load_demo")

    assert json.loads((folder / "demo.json").read_text()) == before | {"base_url": "http://localhost:9000"}
    assert Comment.objects.count() == 200


def test_a_start_killed_after_the_commit_keeps_the_passwords(folder):
    call_command("load_demo")
    (folder / "demo.json").rename(folder / "demo.json.loading")  # as a kill right after the commit leaves it

    call_command("load_demo")

    assert set(json.loads((folder / "demo.json").read_text())["people"]) == PEOPLE


def test_a_portal_with_people_of_its_own_is_left_alone(folder, capsys):
    User.objects.create_user("somebody@example.org")

    call_command("load_demo")

    assert not (folder / "demo.json").exists()
    assert "only for an empty one" in capsys.readouterr().err


def test_synthetic_load_keeps_every_invariant(folder):
    call_command("load_demo")

    call_command("populate", clinicians=3, comments=4, cases=2)

    assert Verification.objects.filter(owner__email__startswith="load-").count() == 5
    assert Comment.objects.count() == 204
    assert invariants.broken(timezone.now()) == []
