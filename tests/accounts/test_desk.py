"""The review desk: the queue, claiming, and the decide page as a reviewer meets them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Claim, EvidenceView, Verification
from portal import keys
from portal.models import RecordEntry
from tests import factories
from tests.people import make_person, staff_login

QUEUE = "/admin/accounts/verification/"
Status = Verification.Status


@pytest.fixture
def case(pending_person):
    return pending_person.verification


@pytest.fixture
def desk(reviewer):
    """The reviewer's browser."""
    return staff_login(Client(), reviewer)


@pytest.fixture
def desk2(reviewer2):
    """Another reviewer's browser."""
    return staff_login(Client(), reviewer2)


def page(case, name):
    return f"{QUEUE}{case.pk}/{name}/"


def text(response):
    return response.content.decode()


def make_cases(count, **changes):
    return [factories.make_case(make_person(), **changes) for _number in range(count)]


# -- the queue


def test_the_queue_shows_what_waits_oldest_first(zone, desk):
    now = timezone.now()
    later = factories.make_case(make_person(), at=now)
    earlier = factories.make_case(make_person(), at=now - timedelta(hours=5))

    shown = text(desk.get(QUEUE))

    assert shown.index(earlier.case_number) < shown.index(later.case_number)
    assert "欧***" in shown
    assert "欧阳明珠" not in shown


def test_an_empty_queue_says_so(zone, desk):
    assert "现在没有案件在等" in text(desk.get(QUEUE))


def test_the_queue_takes_as_many_queries_for_three_rows_as_for_one(zone, desk, django_assert_num_queries):
    make_cases(1)
    desk.get(QUEUE)  # what a session reads once, it has read

    with django_assert_num_queries(13):
        desk.get(QUEUE)
    for case in make_cases(2):
        Claim.objects.create(
            verification=case,
            reviewer=make_person(),
            claimed_at=timezone.now(),
            until=timezone.now() + timedelta(minutes=5),
        )
    with django_assert_num_queries(13):
        desk.get(QUEUE)


@pytest.mark.parametrize("query", ["{number}", "v{hex}", "明珠", "APPLICANT@example.org", "141100000012345"])
def test_a_case_is_found_by_number_name_address_and_licence(zone, desk, query):
    case = factories.make_case(make_person("applicant@example.org"))
    other = factories.make_case(make_person(), name="王小明", licence_number="990000000000001")
    words = query.format(number=case.case_number, hex=case.public_id.hex[:6])

    shown = text(desk.get(QUEUE, {"q": words}))

    assert case.case_number in shown
    assert other.case_number not in shown


@pytest.mark.parametrize("query", ["14110000001234", "applicant@example", "V-ZZZZZZ", "'; drop", "%", "欧阳\u202e"])
def test_part_of_a_licence_number_or_address_finds_nobody(zone, desk, query):
    case = factories.make_case(make_person("applicant@example.org"), name="李四光")

    response = desk.get(QUEUE, {"q": query})

    assert response.status_code == 200
    assert case.case_number not in text(response)


def test_filters_narrow_the_queue(zone, desk, reviewer):
    nurse = factories.make_case(make_person(), profession="nurse")
    physician = factories.make_case(make_person())
    done = factories.make_case(make_person())
    factories.approve(done, by=reviewer)
    Claim.take(physician, by=reviewer, at=timezone.now())

    def shown(**wanted):
        page = text(desk.get(QUEUE, wanted))
        return [case for case in (nurse, physician, done) if case.case_number in page]

    assert shown() == [nurse, physician]
    assert shown(profession="nurse") == [nurse]
    assert shown(mine="on") == [physician]
    assert shown(status="APPROVED") == [done]
    assert shown(status="ALL") == [nurse, physician, done]
    assert shown(again="on") == []


@pytest.mark.parametrize(
    "bad",
    [{"status": "x"}, {"profession": "x\x00"}, {"p": "9" * 40}, {"p": "\x00"}, {"q": "a\x00b"}, {"q": "长" * 3000}],
)
def test_a_filter_that_is_none_is_no_accident(zone, desk, bad):
    factories.make_case(make_person())

    assert desk.get(QUEUE, bad).status_code == 200


# -- claiming


def test_a_case_not_held_shows_neither_answers_nor_evidence(case, desk):
    shown = text(desk.get(page(case, "decide")))

    assert "领取" in shown
    assert "欧阳明珠" not in shown
    assert "141100000012345" not in shown
    assert "/evidence/" not in shown


def test_the_holder_sees_answers_and_evidence_side_by_side(case, desk, reviewer):
    assert desk.post(page(case, "claim")).status_code == 302

    shown = text(desk.get(page(case, "decide")))

    file = case.current.evidence.get()
    assert "欧阳明珠" in shown
    assert "141100000012345" in shown
    assert "医师" in shown
    assert f'src="/evidence/{file.public_id}/?page=1"' in shown
    assert f'name="version" value="{case.version}"' in shown
    assert RecordEntry.objects.filter(kind="licence.read", subject__endswith=str(case.public_id)).count() == 1


def test_enter_in_a_box_presses_a_button_that_decides_nothing(case, desk):
    desk.post(page(case, "claim"))
    form = text(desk.get(page(case, "decide"))).partition("data-decide")[2]

    first = form[form.index("<button") :].partition(">")[0]

    assert "name=" not in first
    assert desk.post(page(case, "decide"), {"version": case.version}).status_code == 422


def test_looking_at_evidence_is_written_down_and_shown(case, desk, reviewer):
    desk.post(page(case, "claim"))

    assert desk.get(f"/evidence/{case.current.evidence.get().public_id}/?page=1").status_code == 200

    assert EvidenceView.objects.get().viewer == reviewer
    assert "审核员甲" in text(desk.get(page(case, "history")))


def test_a_second_claim_is_refused_and_names_the_holder(case, desk, desk2):
    desk.post(page(case, "claim"))

    response = desk2.post(page(case, "claim"))

    assert response.status_code == 409
    assert "审核员甲" in text(response)
    assert "欧阳明珠" not in text(desk2.get(page(case, "decide")))


def test_a_claim_put_back_or_run_out_is_free_again(case, desk, desk2, reviewer):
    desk.post(page(case, "claim"))
    desk.post(page(case, "release"))
    assert desk2.post(page(case, "claim")).status_code == 302
    Claim.objects.filter(released_at=None).update(until=timezone.now() - timedelta(seconds=1))

    assert desk.post(page(case, "claim")).status_code == 302

    assert Claim.objects.running(timezone.now()).get().reviewer == reviewer


def test_one_releases_only_ones_own_hold(case, desk, desk2):
    desk.post(page(case, "claim"))

    desk2.post(page(case, "release"))

    assert Claim.objects.running(timezone.now()).filter(verification=case).exists()


def test_renewing_keeps_the_hold_and_says_until_when(case, desk, desk2):
    desk.post(page(case, "claim"))
    soon = timezone.now() + timedelta(seconds=5)
    Claim.objects.update(until=soon)

    answer = desk.post(page(case, "renew"))

    assert answer.json()["until"] > soon.isoformat()
    assert desk2.post(page(case, "renew")).status_code == 409


def test_next_claims_the_oldest_free_case(zone, desk, desk2):
    now = timezone.now()
    second = factories.make_case(make_person(), at=now - timedelta(minutes=5))
    first = factories.make_case(make_person(), at=now - timedelta(minutes=9))

    assert desk.post(f"{QUEUE}next/").headers["Location"] == page(first, "decide")
    assert desk2.post(f"{QUEUE}next/").headers["Location"] == page(second, "decide")
    assert desk2.post(f"{QUEUE}next/").headers["Location"] == page(second, "decide")  # nothing else is free


def test_next_with_nothing_to_do_goes_to_the_queue(zone, desk):
    assert desk.post(f"{QUEUE}next/").headers["Location"] == QUEUE


def test_a_decided_case_cannot_be_claimed(case, desk, reviewer):
    factories.approve(case, by=reviewer)

    assert desk.post(page(case, "claim")).status_code == 409
    assert not Claim.objects.filter(released_at=None).exists()


# -- what else the decide page says


def test_a_second_submission_shows_what_differs_and_what_was_said(case, desk, reviewer2):
    factories.reject(case, by=reviewer2, codes=("HOSPITAL_MISMATCH",), message="请写全称。")
    case.refresh_from_db()
    draft = factories.drafts.begin_again(case, appeal="")
    factories.make_draft(draft.owner, hospital="示例市第二人民医院")
    case = factories.drafts.send(factories.drafts.draft_of(draft.owner), at=timezone.now())
    desk.post(page(case, "claim"))

    shown = text(desk.get(page(case, "decide")))

    assert "第 2 次提交" in shown
    assert "示例市第二人民医院" in shown
    assert '<del><bdi lang="zh-Hans">示例市第一人民医院</bdi></del>' in shown
    assert '<ins><bdi lang="zh-Hans">示例市第二人民医院</bdi></ins>' in shown
    assert shown.count("有变动</span>") == 1
    assert "请写全称。" in shown


def test_the_same_licence_of_somebody_else_is_said_with_the_cases_number_and_standing_not_the_name(case, desk):
    other = factories.make_case(make_person(), name="另一个人")
    desk.post(page(case, "claim"))

    shown = text(desk.get(page(case, "decide")))

    assert "另有 1 个账号" in shown
    assert "另一个人" not in shown
    assert f'href="{page(other, "decide")}">{other.case_number}</a>：审核中' in shown


def test_the_overview_says_what_waits_and_was_decided(case, desk, reviewer):
    done = factories.make_case(make_person(), at=timezone.now() - timedelta(hours=2))
    factories.approve(done, by=reviewer)

    shown = text(desk.get("/admin/"))

    assert case.case_number in shown
    assert "通过 1，退回 0，终局拒绝 0" in shown


def test_there_is_no_form_behind_the_desk(case, desk):
    assert desk.get(f"{QUEUE}{case.pk}/change/").headers["Location"] == page(case, "decide")
    assert desk.get(f"{QUEUE}add/").status_code == 403
    assert desk.post(f"{QUEUE}{case.pk}/delete/", {"post": "yes"}).status_code == 403
    assert desk.get(f"{QUEUE}{'9' * 30}/decide/").status_code == 404


def test_answers_that_cannot_be_opened_are_said_to_be_so(case, desk, pending_person):
    desk.post(page(case, "claim"))
    sealed = case.current.answers.get(question__key="licence_number")
    type(sealed).objects.filter(pk=sealed.pk).update(sealed=bytes(sealed.sealed)[:-1] + b"\x00")
    assert "无法解密" in text(desk.get(page(case, "decide")))

    keys.destroy(pending_person, purpose=keys.EVIDENCE, at=timezone.now())

    shown = desk.get(page(case, "decide"))
    assert shown.status_code == 200
    assert "密钥已销毁" in text(shown)
    assert desk.get(f"/evidence/{case.current.evidence.get().public_id}/").status_code == 410


@pytest.mark.parametrize("path", ["", "accounts/", f"{QUEUE.removeprefix('/admin/')}", "accounts/questionset/"])
def test_the_desk_opens_in_english_too(case, desk, path):
    desk.cookies["language"] = "en"

    assert desk.get(f"/admin/{path}").status_code == 200
    desk.post(page(case, "claim"))
    shown = text(desk.get(page(case, "decide")))
    assert "Licence number" in shown
    assert "Physician" in shown


def test_reading_the_licence_number_is_recorded_once_a_hold(case, desk):
    for _hold in range(2):
        desk.post(page(case, "claim"))
        for _look in range(3):
            desk.get(page(case, "decide"))
        desk.post(page(case, "release"))

    assert RecordEntry.objects.filter(kind="licence.read").count() == 2
