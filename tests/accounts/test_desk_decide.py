"""Deciding: what a reviewer may send, what becomes of it, and what the one who was slower is told."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import Claim, Decision, Verification
from portal.models import Notice
from tests import factories
from tests.people import make_person, staff_login

QUEUE = "/admin/accounts/verification/"
Status = Verification.Status


@pytest.fixture
def case(pending_person):
    return pending_person.verification


@pytest.fixture
def desk(reviewer, case):
    """The browser of the reviewer who holds the case."""
    Claim.take(case, by=reviewer, at=timezone.now())
    return staff_login(Client(), reviewer)


@pytest.fixture
def desk2(reviewer2):
    """Another reviewer's browser."""
    return staff_login(Client(), reviewer2)


def decide(client, case, decision, *reasons, message="", **more):
    fields = {"decision": decision, "reasons": reasons, "message": message, "version": case.version, **more}
    return client.post(f"{QUEUE}{case.pk}/decide/", fields)


def text(response):
    return response.content.decode()


def state(case):
    case.refresh_from_db()
    return case.status


def test_approving_tells_the_applicant_and_frees_the_case(case, desk, reviewer):
    response = decide(desk, case, "approve", message="欢迎。")

    assert (response.status_code, response.headers["Location"]) == (302, QUEUE)
    assert state(case) == Status.APPROVED
    assert Decision.objects.get().decided_by == reviewer
    assert Notice.objects.filter(event_key__startswith="decided:").count() == 1
    assert not Claim.objects.filter(released_at=None).exists()
    assert "通过" in text(desk.get(QUEUE))


def test_sending_back_stores_the_reasons_as_they_were_said(case, desk):
    decide(desk, case, "reject", "LICENCE_UNREADABLE", "HOSPITAL_MISMATCH", message="请重拍。\n谢谢")

    decision = Decision.objects.get()
    assert state(case) == Status.REJECTED
    assert not case.is_final
    assert [reason["code"] for reason in decision.reasons] == ["LICENCE_UNREADABLE", "HOSPITAL_MISMATCH"]
    assert decision.message == "请重拍。\n谢谢"


def test_refusing_for_good_needs_a_final_reason(case, desk):
    decide(desk, case, "refuse_final", "FORGED")

    assert state(case) == Status.REJECTED
    assert case.is_final


@pytest.mark.parametrize(
    ("decision", "reasons", "message", "words"),
    [
        ("reject", (), "请重拍", "至少选一条理由"),
        ("reject", ("FORGED",), "", "终局理由只用于终局拒绝"),
        ("refuse_final", ("LICENCE_UNREADABLE",), "", "至少一条终局理由"),
        ("refuse_final", (), "", "至少一条终局理由"),
        ("approve", ("LICENCE_UNREADABLE",), "", "通过时不带退回理由"),
        ("reject", ("NO_SUCH_REASON",), "请重拍", "没有这条理由"),
        ("reject", ("A\x00B",), "请重拍", "没有这条理由"),
        ("", (), "请重拍", "请按「通过」"),
        ("promote", (), "请重拍", "没有这种决定"),
        ("approve", (), "长" * 10_000, "1000"),
        ("approve", (), "坏\x07字", "控制字符"),
        ("approve", (), "坏\x00字", "控制字符"),
    ],
)
def test_what_cannot_be_decided_is_said_and_nothing_typed_is_lost(case, desk, decision, reasons, message, words):
    response = decide(desk, case, decision, *reasons, message=message)

    shown = text(response)
    assert response.status_code == 422
    assert words in shown
    assert "<title>错误：" in shown
    assert message.replace("\x00", "") in shown.replace("\x00", "")
    ticked = re.findall(r'value="([A-Z_]+)" checked', shown)
    assert ticked == [code for code in reasons if code in {"FORGED", "LICENCE_UNREADABLE"}]
    assert state(case) == Status.PENDING
    assert Claim.objects.running(timezone.now()).filter(verification=case).exists()


@pytest.mark.parametrize("version", ["", "x", "0", "-1", "9" * 30, "1.5", "1\x00"])
def test_a_broken_page_decides_nothing(case, desk, version):
    response = desk.post(f"{QUEUE}{case.pk}/decide/", {"decision": "approve", "version": version, "message": "好"})

    assert response.status_code == 422
    assert "请重新打开这件案件" in text(response)
    assert state(case) == Status.PENDING


def test_emoji_and_stray_marks_in_a_message_are_cleaned_not_refused(case, desk):
    decide(desk, case, "approve", message="  好👍\u202e\u200b ")

    assert Decision.objects.get().message == "好👍"


def test_the_slower_one_learns_who_decided_what_and_keeps_what_was_typed(case, desk, desk2):
    version = case.version
    decide(desk, case, "reject", "LICENCE_UNREADABLE")

    response = desk2.post(
        f"{QUEUE}{case.pk}/decide/",
        {"decision": "reject", "reasons": ["NAME_MISMATCH"], "message": "姓名不一致", "version": version},
    )

    shown = text(response)
    assert response.status_code == 409
    assert "审核员甲 已先处理：退回" in shown
    assert "姓名不一致" in shown
    assert "填写的姓名与证书上的不一致" in shown
    assert Decision.objects.count() == 1


def test_a_final_refusal_is_called_so_to_the_slower_one(case, desk, desk2):
    decide(desk, case, "refuse_final", "FORGED")

    assert "审核员甲 已先处理：终局拒绝" in text(decide(desk2, case, "approve"))


def test_a_page_of_the_submission_before_decides_nothing_about_the_next(case, desk, desk2):
    seen = case.version
    decide(desk, case, "reject", "LICENCE_UNREADABLE")
    case.refresh_from_db()
    factories.drafts.begin_again(case, appeal="")
    factories.drafts.send(factories.drafts.draft_of(case.owner), at=timezone.now())

    response = desk2.post(f"{QUEUE}{case.pk}/decide/", {"decision": "approve", "version": seen})

    assert response.status_code == 409
    assert state(case) == Status.PENDING


def test_another_submissions_id_decides_nothing(case, desk):
    response = decide(desk, case, "approve", submission="00000000-0000-0000-0000-000000000000")

    assert response.status_code == 409
    assert state(case) == Status.PENDING


def test_who_does_not_hold_a_held_case_is_told_who_does(case, desk, desk2):
    response = decide(desk2, case, "approve", message="看过了")

    assert response.status_code == 409
    assert "审核员甲 正在处理" in text(response)
    assert "看过了" in text(response)
    assert state(case) == Status.PENDING


def test_a_free_case_is_claimed_in_the_act(case, desk2, reviewer2):
    assert decide(desk2, case, "approve").status_code == 302
    assert Decision.objects.get().decided_by == reviewer2


def test_the_same_press_twice_is_one_decision_and_one_answer(case, desk):
    key = {"idempotency_key": "k1"}
    first = decide(desk, case, "approve", **key)

    again = decide(desk, case, "approve", **key)
    other = decide(desk, case, "reject", "NAME_MISMATCH", **key)

    assert (first.status_code, again.status_code, other.status_code) == (302, 302, 409)
    assert Decision.objects.count() == 1


def test_an_identity_card_is_refused_and_its_files_are_destroyed(case, desk, django_capture_on_commit_callbacks):
    file = case.current.evidence.get()
    stored = settings.EVIDENCE_DIR / file.public_id.hex[:2] / f"{file.public_id}-1.bin"
    assert stored.exists()

    with django_capture_on_commit_callbacks(execute=True):
        decide(desk, case, "reject", "IDENTITY_CARD")

    file.refresh_from_db()
    assert state(case) == Status.REJECTED
    assert file.discarded_at is not None
    assert not stored.exists()


def test_an_appeal_goes_to_another_reviewer(refused_person, reviewer, reviewer2):
    case = refused_person.verification
    draft = factories.drafts.begin_again(case, appeal="证书是真的，请再核对。")
    case = factories.drafts.send(factories.drafts.draft_of(draft.owner), at=timezone.now())
    same, other = staff_login(Client(), reviewer), staff_login(Client(), reviewer2)

    assert "须另一位审核员" in text(same.get(QUEUE))
    assert same.post(f"{QUEUE}{case.pk}/claim/").status_code == 403
    assert decide(same, case, "approve").status_code == 403
    assert same.post(f"{QUEUE}next/").headers["Location"] == QUEUE
    assert other.post(f"{QUEUE}{case.pk}/claim/").status_code == 302
    assert "证书是真的" in text(other.get(f"{QUEUE}{case.pk}/decide/"))
    assert decide(other, case, "approve").status_code == 302


def test_after_deciding_the_next_case_opens_unclaimed_unless_asked_for(case, desk, zone, reviewer):
    following = factories.make_case(make_person())
    third = factories.make_case(make_person())

    response = decide(desk, case, "approve")
    assert response.headers["Location"] == f"{QUEUE}{following.pk}/decide/"
    assert not Claim.objects.running(timezone.now()).exists()

    Claim.take(following, by=reviewer, at=timezone.now())
    response = decide(desk, following, "approve", go_on="1")
    assert response.headers["Location"] == f"{QUEUE}{third.pk}/decide/"
    assert Claim.objects.running(timezone.now()).get().verification == third


# -- revoking


def test_a_revoked_person_is_out_at_the_next_request(doctor, lead, zone):
    reader, client = Client(), staff_login(Client(), lead)
    reader.force_login(doctor)
    assert reader.get("/zones/alk/gate/").headers["Location"] == "/zones/alk/"

    response = client.post(f"{QUEUE}{doctor.verification.pk}/revoke/", {"reason": "注册已被注销。"})

    assert response.status_code == 302
    assert reader.get("/zones/alk/gate/").headers["Location"] == "/zones/alk/gate/revoked/"


@pytest.mark.parametrize("reason", ["", " ", "长" * 5000, "坏\x00"])
def test_revoking_needs_a_reason_that_can_be_read(doctor, lead, reason):
    client = staff_login(Client(), lead)

    response = client.post(f"{QUEUE}{doctor.verification.pk}/revoke/", {"reason": reason})

    assert response.status_code == 422
    assert state(doctor.verification) == Status.APPROVED


def test_what_is_not_approved_cannot_be_revoked(case, lead):
    response = staff_login(Client(), lead).post(f"{QUEUE}{case.pk}/revoke/", {"reason": "注册已被注销。"})

    assert response.status_code == 409
    assert "注册已被注销" not in Verification.objects.get(pk=case.pk).revoke_reason
