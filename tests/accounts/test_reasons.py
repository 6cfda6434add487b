"""The catalogue of reasons: edited by staff, every wording kept, each decision pointing at the one it said."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from accounts.install import install_reasons
from accounts.models import Decision, Reason, ReasonChanged, ReasonVersion
from portal.models import RecordEntry
from tests.factories import make_case, make_user, reject
from tests.people import staff_login

pytestmark = pytest.mark.django_db
REASONS = "/admin/accounts/reason/"


@pytest.fixture(autouse=True)
def _ground(zone, settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"


@pytest.fixture
def reason():
    return Reason.objects.get(code="NAME_MISMATCH")


def form(reason, **changes):
    fields = {
        "text_zh": reason.text_zh,
        "text_en": reason.text_en,
        "staff_note_zh": reason.staff_note_zh,
        "concerns": reason.concerns,
        "position": reason.position,
        "is_active": "on",
        "seen": reason.number,
    }
    return fields | changes


def test_every_shipped_reason_has_its_first_version_and_installing_again_adds_nothing():
    assert ReasonVersion.objects.count() == Reason.objects.count()
    assert install_reasons() == 0
    for row in Reason.objects.all():
        first = row.versions.get(number=1)
        assert (first.text_zh, first.concerns, first.is_final) == (row.text_zh, row.concerns, row.is_final)


def test_new_words_are_a_new_frozen_version_with_who_when_and_a_record_entry(reason, lead):
    old, now = reason.text_zh, timezone.now()

    reason.reword(by=lead, at=now, text_zh="请按证书填写姓名。", text_en="Please enter your name as on the licence.")

    first, second = reason.versions.order_by("number")
    assert (first.text_zh, second.text_zh, reason.number) == (old, "请按证书填写姓名。", 2)
    assert (second.created_by, second.created_at) == (lead, now)
    entry = RecordEntry.objects.get(kind="reason.reworded")
    assert entry.subject == "accounts.reason:NAME_MISMATCH"
    assert (entry.payload["number"], entry.payload["changed"]) == (2, ["text_en", "text_zh"])


def test_the_same_words_again_are_no_version_and_a_new_place_is_only_recorded(reason, lead):
    reason.reword(by=lead, at=timezone.now(), text_zh=reason.text_zh)
    reason.reword(by=lead, at=timezone.now(), is_active=False, position=90)

    assert (reason.number, reason.versions.count(), reason.is_active) == (1, 1, False)
    assert RecordEntry.objects.filter(kind="reason.moved").count() == 1


def test_two_editors_at_once_do_not_overwrite_each_other(reason, lead):
    stale = Reason.objects.get(pk=reason.pk)
    reason.reword(by=lead, at=timezone.now(), text_zh="第一位写的。")

    with pytest.raises(ReasonChanged):
        stale.reword(by=lead, at=timezone.now(), text_zh="第二位写的。")
    assert Reason.objects.get(pk=reason.pk).text_zh == "第一位写的。"
    with pytest.raises(ValueError, match="not for rewording"):
        reason.reword(by=lead, at=timezone.now(), code="OTHER")


def test_a_decision_points_at_the_version_it_said(reason, reviewer, lead):
    case = make_case(make_user())
    reject(case, by=reviewer, codes=("NAME_MISMATCH",))
    reason.reword(by=lead, at=timezone.now(), text_zh="后来的话。")

    decision = Decision.objects.get()
    assert [(v.reason.code, v.number) for v in decision.said.all()] == [("NAME_MISMATCH", 1)]
    assert decision.reasons[0]["version"] == 1
    assert decision.reasons[0]["text_zh"] == decision.said.get().text_zh != "后来的话。"


def test_the_admin_saves_words_as_a_version_and_shows_all_of_them(reason, lead):
    desk = staff_login(Client(), lead)

    answer = desk.post(f"{REASONS}{reason.pk}/change/", form(reason, text_zh="请按证书填写姓名。"))

    reason.refresh_from_db()
    assert answer.status_code == 302
    assert (reason.number, reason.versions.get(number=2).created_by) == (2, lead)
    page = desk.get(f"{REASONS}{reason.pk}/change/").content.decode()
    assert reason.versions.get(number=1).text_zh in page
    assert "审核组长" in page


def test_a_stale_form_changes_nothing_and_keeps_what_was_typed(reason, lead):
    desk = staff_login(Client(), lead)
    stale = form(reason, text_zh="后到的话。")
    reason.reword(by=lead, at=timezone.now(), text_zh="先到的话。")

    answer = desk.post(f"{REASONS}{reason.pk}/change/", stale)

    assert "刚被同事改过" in answer.content.decode()
    assert "后到的话。" in answer.content.decode()
    assert Reason.objects.get(pk=reason.pk).text_zh == "先到的话。"


def test_a_reason_concerns_a_question_the_evidence_or_everything(reason, lead):
    desk = staff_login(Client(), lead)

    answer = desk.post(f"{REASONS}{reason.pk}/change/", form(reason, concerns="shoe_size"))

    assert "evidence" in answer.content.decode()
    assert Reason.objects.get(pk=reason.pk).concerns == "name"
    assert desk.post(f"{REASONS}{reason.pk}/change/", form(reason, concerns="")).status_code == 302


def test_a_reason_added_in_the_admin_begins_with_a_version(lead):
    desk = staff_login(Client(), lead)
    fields = {"code": "STAMP_MISSING", "text_zh": "缺少公章。", "text_en": "The seal is missing.", "position": 20}

    answer = desk.post(f"{REASONS}add/", {**fields, "concerns": "evidence", "is_active": "on"})

    added = Reason.objects.get(code="STAMP_MISSING")
    assert answer.status_code == 302
    assert added.versions.get().created_by == lead
    assert RecordEntry.objects.filter(kind="reason.added", subject="accounts.reason:STAMP_MISSING").count() == 1
    with pytest.raises(IntegrityError):
        Reason.begin(by=lead, at=timezone.now(), **fields)
