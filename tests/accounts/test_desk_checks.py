"""The list of checks and the kept messages at the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import CannedMessage, Check, Claim, NotAllowed, Verification
from portal.models import RecordEntry
from tests import factories
from tests.people import staff_login

QUEUE = "/admin/accounts/verification/"
ALL_GOOD = {
    "check_name": "MATCHES",
    "check_register": "FOUND",
    "check_institution": "MATCHES",
    "check_validity": "MATCHES",
}


@pytest.fixture
def case(pending_person):
    return pending_person.verification


@pytest.fixture
def desk(reviewer, case):
    """The browser of the reviewer who holds the case."""
    Claim.take(case, by=reviewer, at=timezone.now())
    return staff_login(Client(), reviewer)


def post(client, case, name, **fields):
    return client.post(f"{QUEUE}{case.pk}/{name}/", {"version": case.version, **fields})


def test_checks_are_recorded_with_who_and_when_and_stand_on_the_page(case, desk, reviewer):
    answer = post(desk, case, "checks", check_name="MATCHES", check_register="NOT_FOUND")

    assert answer.status_code == 200
    assert "审核员甲 于" in answer.json()["check_register"]
    assert "查询" in answer.json()["check_register"]
    assert {row.kind: row.result for row in Check.objects.all()} == {"NAME": "MATCHES", "REGISTER": "NOT_FOUND"}
    assert RecordEntry.objects.get(kind="verification.checked").payload["results"]["REGISTER"] == "NOT_FOUND"
    shown = desk.get(f"{QUEUE}{case.pk}/decide/").content.decode()
    assert 'value="NOT_FOUND" checked' in shown


def test_the_same_answer_again_keeps_the_time_another_one_is_a_new_row(case, desk):
    for result in ("FOUND", "FOUND", "DIFFERS"):
        post(desk, case, "checks", check_register=result)

    assert list(Check.objects.order_by("pk").values_list("result", flat=True)) == ["FOUND", "DIFFERS"]
    assert Check.objects.latest_of(case.current)["REGISTER"].result == "DIFFERS"


def test_only_the_holder_records_checks(case, desk, reviewer2):
    other = staff_login(Client(), reviewer2)

    answer = post(other, case, "checks", check_name="MATCHES")

    assert answer.status_code == 409
    assert "审核员甲" in answer.json()["reason"]
    assert not Check.objects.exists()


def test_after_the_decision_nothing_more_is_checked(case, desk, reviewer):
    factories.approve(case, by=reviewer)

    assert post(desk, case, "checks", check_name="MATCHES").status_code == 409
    with pytest.raises(NotAllowed):
        Check.note(Verification.objects.get(pk=case.pk), {"NAME": "MATCHES"}, by=reviewer, at=timezone.now())


@pytest.mark.parametrize("fields", [{"check_name": "FOUND"}, {"check_register": "MATCHES"}, {"check_name": "x\x00"}])
def test_an_answer_that_is_none_is_refused(case, desk, fields):
    assert post(desk, case, "checks", **fields).status_code == 400
    assert post(desk, case, "decide", decision="approve", **fields).status_code == 422
    assert not Check.objects.exists()


def test_approving_needs_the_required_checks(case, desk, settings):
    settings.REQUIRED_CHECKS = ["NAME", "REGISTER"]

    refused = post(desk, case, "decide", decision="approve", check_name="MATCHES", message="欢迎。")

    assert refused.status_code == 422
    assert "官方登记查询：通过之前须先核对这一项。" in refused.content.decode()
    assert "欢迎。" in refused.content.decode()
    assert 'value="MATCHES" checked' in refused.content.decode()
    assert (
        post(desk, case, "decide", decision="approve", check_name="MATCHES", check_register="FOUND").status_code == 302
    )
    assert Check.objects.filter(submission=case.current).count() == 2


def test_a_recorded_check_counts_and_sending_back_needs_none(case, desk, settings):
    settings.REQUIRED_CHECKS = list(Check.Kind.values)
    post(desk, case, "checks", **ALL_GOOD)

    assert post(desk, case, "decide", decision="approve").status_code == 302


@pytest.mark.parametrize("result", ["DIFFERS", "UNCLEAR"])
def test_what_was_found_wrong_is_not_approved(case, desk, result):
    response = post(desk, case, "decide", decision="approve", check_name=result)

    assert response.status_code == 422
    assert "不能通过" in response.content.decode()
    assert (
        post(desk, case, "decide", decision="reject", reasons=["NAME_MISMATCH"], check_name=result).status_code == 302
    )


def test_the_history_shows_the_checks_of_each_submission(case, desk):
    post(desk, case, "checks", check_register="FOUND")

    assert "官方登记查询：查到（审核员甲）" in desk.get(f"{QUEUE}{case.pk}/history/").content.decode()


def test_without_a_script_a_button_records_the_checks_and_loses_nothing_typed(case, desk):
    response = post(
        desk, case, "decide", do="note", check_name="MATCHES", message="写了一半", reasons=["NAME_MISMATCH"]
    )

    shown = response.content.decode()
    assert response.status_code == 200
    assert "还没有作决定" in shown
    assert "写了一半" in shown
    assert 'value="NAME_MISMATCH" checked' in shown
    assert Check.objects.get().kind == "NAME"
    assert Verification.objects.get(pk=case.pk).status == "PENDING"


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "四角入镜"), ("en", "all four corners visible")])
def test_without_a_script_a_button_puts_a_kept_message_into_the_box(case, desk, language, words):
    type(case.owner).objects.filter(pk=case.owner_id).update(language=language)
    kept = CannedMessage.objects.get(title_zh="照片不清")

    shown = post(desk, case, "decide", do="insert", canned=kept.pk, message="您好。").content.decode()

    box = shown.partition('name="message"')[2].partition("</textarea>")[0]
    assert "您好。\n" in box
    assert words in box


@pytest.mark.parametrize("chosen", ["", "0", "x", "9" * 40, "\x00"])
def test_no_kept_message_changes_nothing(case, desk, chosen):
    shown = post(desk, case, "decide", do="insert", canned=chosen, message="您好。")

    assert shown.status_code == 200
    assert "您好。</textarea>" in shown.content.decode()


def test_the_link_to_the_register_says_nothing_of_the_case(case, desk, settings):
    settings.REGISTER_URL = "https://register.example.org/"

    shown = desk.get(f"{QUEUE}{case.pk}/decide/").content.decode()

    link = shown.partition('<a class="small" href="https://register.example.org/"')[2].partition(">")[0]
    assert 'target="_blank"' in link
    assert "noreferrer" in link
    settings.REGISTER_URL = ""
    assert "官方登记（新标签页）" not in desk.get(f"{QUEUE}{case.pk}/decide/").content.decode()


def test_a_large_view_works_by_links_alone_and_for_the_holder_only(case, desk, reviewer2):
    file = case.current.evidence.get()
    address = f"{QUEUE}{case.pk}/page/{file.public_id}/1/"
    assert f'href="{address}"' in desk.get(f"{QUEUE}{case.pk}/decide/").content.decode()

    shown = desk.get(address, {"zoom": "2", "turn": "3"}).content.decode()

    assert f'src="/evidence/{file.public_id}/?page=1"' in shown
    assert "zoom-2 turn-3" in shown
    assert "?zoom=3&amp;turn=3" in shown
    assert "?zoom=2&amp;turn=0" in shown
    assert "zoom-1 turn-0" in desk.get(address, {"zoom": "9" * 30, "turn": "\x00"}).content.decode()
    assert desk.get(f"{QUEUE}{case.pk}/page/{file.public_id}/2/").status_code == 404
    other = staff_login(Client(), reviewer2)
    assert other.get(address).headers["Location"] == f"{QUEUE}{case.pk}/decide/"


def test_a_hold_that_ran_out_is_taken_again_by_recording(case, desk):
    Claim.objects.update(until=timezone.now() - timedelta(minutes=1))

    assert post(desk, case, "checks", check_name="MATCHES").status_code == 200
    assert Claim.objects.running(timezone.now()).count() == 1
