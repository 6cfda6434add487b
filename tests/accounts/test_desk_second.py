"""The second pair of eyes at the desk: proposing, confirming, not agreeing, and what each of the two sees."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Decision, Proposal, Verification
from portal.models import Notice
from tests.people import staff_login

QUEUE = "/admin/accounts/verification/"


@pytest.fixture(autouse=True)
def _two_people(settings):
    settings.SECOND_PAIR_OF_EYES = "all"


@pytest.fixture
def case(pending_person):
    return pending_person.verification


@pytest.fixture
def first(reviewer):
    return staff_login(Client(), reviewer)


@pytest.fixture
def other(reviewer2):
    return staff_login(Client(), reviewer2)


def act(client, case, name, **fields):
    case.refresh_from_db()
    return client.post(f"{QUEUE}{case.pk}/{name}/", {"version": case.version, **fields})


def propose(client, case, decision="reject", **fields):
    fields = {"reasons": ["LICENCE_UNREADABLE"], "message": "请重拍。"} | fields if decision == "reject" else fields
    return act(client, case, "decide", decision=decision, **fields)


def text(response):
    return response.content.decode()


def test_the_first_button_says_that_it_needs_a_second_person(case, first):
    act(first, case, "claim")

    shown = text(first.get(f"{QUEUE}{case.pk}/decide/"))

    assert "提出通过" in shown
    assert "提出终局拒绝" in shown
    assert "须另一位审核员确认后才生效" in shown


def test_a_proposal_decides_nothing_and_waits_in_the_queue(case, first, other):
    response = propose(first, case)

    assert response.status_code == 302
    case.refresh_from_db()
    assert (case.status, Decision.objects.count()) == ("PENDING", 0)
    assert not Notice.objects.filter(event_key__startswith="decided:").exists()
    assert "待复核：审核员甲 提出退回" in text(other.get(QUEUE))
    assert "您已提出，等另一位复核" in text(first.get(QUEUE))
    assert case.case_number in text(other.get(QUEUE, {"second": "on"}))
    assert "另有 1 件等您复核" in text(other.get("/admin/"))


def test_the_second_person_sees_the_proposal_beside_the_case_and_confirms_it(case, first, other, reviewer, reviewer2):
    propose(first, case)
    act(other, case, "claim")
    shown = text(other.get(f"{QUEUE}{case.pk}/decide/"))
    assert "待您复核" in shown
    assert "请重拍。" in shown
    assert "执业证书的照片看不清" in shown
    assert "欧阳明珠" in shown
    assert 'name="decision"' not in shown

    response = act(other, case, "second", answer="confirm")

    assert response.status_code == 302
    decision = Decision.objects.get()
    assert (decision.proposed_by, decision.decided_by, decision.outcome) == (reviewer, reviewer2, "REJECTED")
    assert Notice.objects.filter(event_key__startswith="decided:").count() == 1
    assert "由 审核员甲 提出" in text(other.get(f"{QUEUE}{case.pk}/history/"))


def test_ones_own_proposal_is_not_confirmed_not_even_by_hand(case, first):
    propose(first, case)

    for response in (
        act(first, case, "second", answer="confirm"),
        act(first, case, "second", answer="set_aside", why="算了"),
        act(first, case, "claim"),
        propose(first, case, "approve"),
    ):
        assert response.status_code == 403
        assert "须由另一位审核员确认" in text(response)
    assert "须由另一位审核员确认" in text(first.get(f"{QUEUE}{case.pk}/decide/"))
    assert Proposal.objects.get().state == "OPEN"


def test_who_does_not_agree_says_why_and_the_case_is_free_again(case, first, other):
    propose(first, case)
    act(other, case, "claim")

    empty = act(other, case, "second", answer="set_aside", why="  ")
    assert empty.status_code == 422
    assert "请写明理由" in text(empty)
    assert act(other, case, "second", answer="set_aside", why="编码清楚可读。").status_code == 302

    assert Proposal.objects.get().state == "SET_ASIDE"
    shown = text(first.get(f"{QUEUE}{case.pk}/history/"))
    assert "编码清楚可读。" in shown
    assert "不同意提出的决定" in shown
    assert act(first, case, "claim").status_code == 302


def test_a_stale_page_confirms_nothing_and_keeps_what_was_typed(case, first, other):
    propose(first, case)
    case.refresh_from_db()
    seen = case.version
    act(other, case, "second", answer="set_aside", why="再看看")
    propose(first, case, "approve")

    response = other.post(
        f"{QUEUE}{case.pk}/second/", {"version": seen, "answer": "set_aside", "why": "我不同意，因为…"}
    )

    assert response.status_code == 409
    assert "我不同意，因为…" in text(response)
    assert Decision.objects.count() == 0


@pytest.mark.parametrize(
    "fields", [{}, {"answer": "yes"}, {"answer": "confirm", "version": "x"}, {"version": "9" * 40}]
)
def test_a_broken_answer_does_nothing(case, first, other, fields):
    propose(first, case)

    assert act(other, case, "second", **fields).status_code == 409
    assert Verification.objects.get(pk=case.pk).status == "PENDING"


def test_nobody_decides_past_a_waiting_proposal(case, first, other):
    propose(first, case)

    response = propose(other, case, "approve")

    assert response.status_code == 409
    assert "已提出一项决定" in text(response)
    assert Decision.objects.count() == 0


def test_the_same_press_twice_confirms_once(case, first, other):
    propose(first, case)
    case.refresh_from_db()
    fields = {"version": case.version, "answer": "confirm", "idempotency_key": "k"}

    answers = [other.post(f"{QUEUE}{case.pk}/second/", fields).status_code for _press in range(2)]

    assert answers == [302, 302]
    assert Decision.objects.count() == 1


def test_who_withdrew_is_shown_as_paused(case, first, pending_person):
    case.hold(because="tests", by=pending_person, at=timezone.now())

    assert "暂停：已撤回同意" in text(first.get(QUEUE))
    assert "暂停审核" in text(first.get(f"{QUEUE}{case.pk}/decide/"))
