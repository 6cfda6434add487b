"""A case attacked by its owner: sending nothing, coming back without a word, signing as somebody else (T40, T41)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import answers, drafts, evidence
from accounts.models import QuestionSet, User, Verification
from portal.workflow import TransitionError
from tests import factories


def test_the_last_file_taken_out_in_another_tab_leaves_nothing_sent(zone, member, monkeypatch):
    draft = factories.make_draft(member)
    row = factories.make_evidence(draft)

    def in_another_tab(person, at):
        evidence.discard(draft, row, at=at)

    monkeypatch.setattr(drafts, "_store_expiry", in_another_tab)

    with pytest.raises(drafts.Incomplete):
        drafts.send(draft, at=timezone.now())
    assert not Verification.objects.filter(owner=member).exists()
    assert drafts.draft_of(member) is not None


def test_a_draft_begun_before_a_revocation_does_not_pass_as_an_appeal(doctor, lead):
    """An approval past its date that no sweep has stored: its owner renews, and is revoked meanwhile."""
    now = timezone.now()
    dates = {"decided_at": now - timedelta(days=366), "approved_until": now - timedelta(days=1)}
    Verification.objects.filter(owner=doctor).update(**dates)
    draft = drafts.begin_again(Verification.objects.get(owner=doctor), appeal="")
    Verification.objects.get(owner=doctor).revoke(by=lead, reason="注册已被注销。", at=timezone.now())

    with pytest.raises(TransitionError):
        drafts.send(draft, at=timezone.now())

    draft = drafts.begin_again(Verification.objects.get(owner=doctor), appeal="注册并未注销，请再核对一次。")
    assert drafts.send(draft, at=timezone.now()).status == "PENDING"


def test_comments_are_signed_by_what_was_approved_not_by_what_is_claimed_next(expired_person, reviewer):
    case = Verification.objects.get(owner=expired_person)
    draft, question_set = drafts.begin_again(case, appeal=""), QuestionSet.objects.current_profile()
    new = {**factories.PROFILE, "name": "编辑部", "title": "主任医师"}
    answers.save_profile(draft, question_set, new, at=timezone.now())
    assert User.objects.get(pk=expired_person.pk).display_name == factories.PROFILE["name"]

    sent = drafts.send(draft, at=timezone.now())
    factories.approve(sent, by=reviewer)

    signed = User.objects.get(pk=expired_person.pk)
    assert (signed.display_name, signed.display_title) == ("编辑部", "主任医师，肿瘤内科")


@pytest.mark.parametrize(
    "path", ["passed", "pending", "rejected", "expired", "revoked", "declined", "survey", "evidence", "profile"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_newcomer_skips_no_step(zone, member, path, method):
    browser = Client()
    browser.force_login(member)
    fields = {"decision": "submit", "appeal": "请让我进去，我是医生。", **factories.PROFILE}

    answer = getattr(browser, method)(f"/zones/alk/gate/{path}/", fields)

    assert (answer.status_code, answer.url) == (302, "/zones/alk/gate/")
    assert not member.submissions.exists()


def test_fields_of_the_case_are_not_fields_of_its_forms(zone, member):
    factories.consent_to(member, zone)
    browser = Client()
    browser.force_login(member)
    mine = {
        "status": "APPROVED",
        "approved_until": "2099-01-01",
        "is_staff": "on",
        "is_superuser": "on",
        "owner": "1",
        "submission": "1",
        "is_profile_complete": "on",
        "passed_seen_at": "2026-01-01",
    }

    answer = browser.post("/zones/alk/gate/profile/", {**factories.PROFILE, **mine})

    assert answer.status_code == 302
    member.refresh_from_db()
    assert (member.is_staff, member.is_superuser) == (False, False)
    assert not Verification.objects.exists()


def test_what_is_typed_stands_in_no_log_when_the_page_breaks(zone, member, monkeypatch, caplog):
    factories.consent_to(member, zone)
    browser = Client(raise_request_exception=False)
    browser.force_login(member)

    def broken(*args, **kwargs):
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(answers, "save_profile", broken)
    answer = browser.post("/zones/alk/gate/profile/", factories.PROFILE)

    assert answer.status_code == 500
    for words in ("141100000012345", factories.PROFILE["name"], member.email):
        assert words not in caplog.text
        assert words not in answer.content.decode()
    assert "RuntimeError" not in answer.content.decode()
