"""A second pair of eyes (SECOND_PAIR_OF_EYES): proposed by one reviewer, holding once another confirmed it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts import drafts, review
from accounts.models import Claim, Decision, NotAllowed, Proposal, Reason, Verification
from accounts.retention import ask_erasure
from portal import append_only
from portal.models import Notice, RecordEntry
from portal.workflow import TransitionError
from tests.factories import make_case, make_evidence, make_user, reject
from tests.people import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ground(zone, settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    settings.SECOND_PAIR_OF_EYES = "all"


@pytest.fixture
def case():
    return make_case(make_user())


@pytest.fixture
def third(db):
    return make_staff("reviewers", "reviewer3@example.org", display_name="审核员丙")


def again(case):
    return Verification.objects.get(pk=case.pk)


def some(*codes):
    return list(Reason.objects.filter(code__in=codes))


def decide(case, by, decision="approve", reasons=(), message=""):
    seen = again(case)
    return review.decide(
        seen,
        by=by,
        decision=decision,
        version=seen.version,
        reasons=some(*reasons),
        message=message,
        at=timezone.now(),
    )


def confirm(case, by):
    seen = again(case)
    return review.confirm(seen, by=by, version=seen.version, at=timezone.now())


def test_a_proposal_is_stored_whole_and_nothing_happens_to_the_applicant(case, reviewer):
    told = Notice.objects.count()

    made = decide(case, reviewer, "reject", ["NAME_MISMATCH"], "请核对。")

    stored = again(case)
    assert (stored.status, stored.version, stored.decided_by) == ("PENDING", 2, None)
    assert (made.outcome, made.proposed_by, made.submission, made.version) == ("REJECTED", reviewer, case.current, 2)
    assert (made.reasons[0]["code"], made.reasons[0]["version"], made.message) == ("NAME_MISMATCH", 1, "请核对。")
    assert stored.proposal == made
    assert Notice.objects.count() == told
    assert not Decision.objects.exists()
    event = stored.events.get(seq=2)
    assert (event.kind, event.old, event.new, event.actor) == ("verification.proposed", "PENDING", "PENDING", reviewer)
    assert RecordEntry.objects.get(kind="verification.proposed").payload["outcome"] == "REJECTED"


def test_proposing_puts_the_case_back_for_a_colleague_and_hides_it_from_the_proposer(case, reviewer, reviewer2):
    decide(case, reviewer)

    assert not Claim.objects.running(timezone.now()).exists()
    assert review.take_next(reviewer, at=timezone.now()) is None
    assert review.take_next(reviewer2, at=timezone.now()) == case


def test_a_colleagues_confirmation_makes_it_hold_to_the_letter(case, reviewer, reviewer2):
    decide(case, reviewer, "reject", ["NAME_MISMATCH"], "请核对。")
    Reason.objects.get(code="NAME_MISMATCH").reword(by=reviewer2, at=timezone.now(), text_zh="改过的话")

    decision = confirm(case, reviewer2)

    stored = again(case)
    assert (stored.status, stored.decided_by, stored.version, stored.proposal) == ("REJECTED", reviewer2, 3, None)
    assert (decision.proposed_by, decision.decided_by, decision.message) == (reviewer, reviewer2, "请核对。")
    assert decision.reasons[0]["text_zh"] != "改过的话"
    assert [(said.reason.code, said.number) for said in decision.said.all()] == [("NAME_MISMATCH", 1)]
    assert Proposal.objects.get().state == "CONFIRMED"
    assert Notice.objects.filter(event_key=f"decided:{case.current.public_id}").count() == 1
    assert not Claim.objects.running(timezone.now()).exists()


def test_nobody_confirms_what_they_proposed_whatever_they_send(case, reviewer):
    made = decide(case, reviewer)

    with pytest.raises(NotAllowed, match="另一位审核员"):
        confirm(case, reviewer)
    with pytest.raises(NotAllowed, match="另一位审核员"):
        again(case).confirm(made, by=reviewer, at=timezone.now())
    with pytest.raises(NotAllowed, match="另一位审核员"):
        again(case).set_aside(made, by=reviewer, why="想想再说", at=timezone.now())
    assert "另一位审核员" in again(case).why_not(reviewer)
    assert again(case).status == "PENDING"


def test_the_database_itself_refuses_one_person_in_both_places(case, reviewer, reviewer2):
    made = decide(case, reviewer)
    now = timezone.now()

    for wrong in (
        {"state": "CONFIRMED", "closed_by": reviewer, "closed_at": now},
        {"state": "CONFIRMED", "closed_by": case.owner, "closed_at": now},
        {"state": "CONFIRMED"},
        {"state": "SET_ASIDE", "closed_by": reviewer2, "closed_at": now},
        {"proposed_by": case.owner},
        {"outcome": "MAYBE"},
        {"outcome": "REJECTED"},
        {"reasons": [{"code": "FORGED"}]},
    ):
        with append_only.lifted(connection), pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(pk=made.pk).update(**wrong)
    confirm(case, reviewer2)
    for person in (reviewer2, case.owner):
        with append_only.lifted(connection), pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.update(proposed_by=person)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Proposal.objects.update(message="别的话")


def test_one_case_has_one_open_proposal(case, reviewer, reviewer2):
    made = decide(case, reviewer)

    with pytest.raises(NotAllowed, match="审核员甲 已提出"):
        decide(case, reviewer2, "reject", ["NAME_MISMATCH"])
    made.pk, made.public_id = None, "11111111-1111-4111-8111-111111111111"
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)


@pytest.mark.parametrize("who", ["member", "editor", "owner"])
def test_only_a_reviewer_who_is_not_the_applicant_confirms(case, reviewer, who, request):
    made = decide(case, reviewer)
    person = case.owner if who == "owner" else request.getfixturevalue(who)

    with pytest.raises(NotAllowed):
        again(case).confirm(made, by=person, at=timezone.now())
    with pytest.raises(NotAllowed):
        confirm(case, person)
    assert again(case).status == "PENDING"


def test_disagreeing_needs_a_reason_and_gives_the_case_back_to_everybody(case, reviewer, reviewer2):
    decide(case, reviewer, "refuse_final", ["FORGED"])
    seen = again(case)
    with pytest.raises(ValueError, match="reason"):
        review.set_aside(seen, by=reviewer2, version=seen.version, why=" ", at=timezone.now())

    made = review.set_aside(
        again(case), by=reviewer2, version=seen.version, why="登记网站上查得到。", at=timezone.now()
    )

    stored = again(case)
    assert (made.state, made.closed_by, made.why) == ("SET_ASIDE", reviewer2, "登记网站上查得到。")
    assert (stored.status, stored.version, stored.proposal) == ("PENDING", 3, None)
    assert stored.events.get(seq=3).kind == "verification.set_aside"
    assert RecordEntry.objects.filter(kind="verification.set_aside").count() == 1
    assert {review.take_next(one, at=timezone.now()) for one in (reviewer,)} == {stored}
    Claim.release(stored, by=reviewer, at=timezone.now())
    assert isinstance(decide(case, reviewer2), Proposal)


def test_a_stale_page_neither_confirms_nor_disagrees(case, reviewer, reviewer2, third):
    decide(case, reviewer)
    seen = again(case)
    review.set_aside(again(case), by=reviewer2, version=seen.version, why="看不清。", at=timezone.now())

    for act in (
        lambda: review.confirm(seen, by=third, version=seen.version, at=timezone.now()),
        lambda: review.set_aside(seen, by=third, version=seen.version, why="也不同意", at=timezone.now()),
        lambda: seen.confirm(Proposal.objects.get(), by=third, at=timezone.now()),
    ):
        with pytest.raises(TransitionError):
            act()
    assert again(case).status == "PENDING"


def test_a_case_that_moved_voids_what_was_proposed_of_it(case, reviewer, reviewer2):
    made = decide(case, reviewer)
    again(case).hold(because="consent.withdrawn", by=case.owner, at=timezone.now())
    again(case).resume(by=case.owner, at=timezone.now())

    made.refresh_from_db()
    assert (made.state, again(case).proposal) == ("VOID", None)
    with pytest.raises(TransitionError):
        again(case).confirm(made, by=reviewer2, at=timezone.now())
    with pytest.raises(TransitionError):
        confirm(case, reviewer2)


def test_nothing_is_confirmed_of_who_closed_their_account(case, reviewer, reviewer2):
    made = decide(case, reviewer)
    ask_erasure(case.owner, at=timezone.now())

    with pytest.raises(NotAllowed):
        confirm(case, reviewer2)
    with pytest.raises(TransitionError):
        again(case).confirm(made, by=reviewer2, at=timezone.now())
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("setting", "alone"),
    [
        ("off", {"approve", "reject", "refuse_final"}),
        ("final", {"approve", "reject"}),
        ("refusals", {"approve"}),
        ("approvals", {"reject", "refuse_final"}),
        ("all", set()),
    ],
)
def test_the_setting_says_which_decisions_need_two(setting, alone, settings, reviewer):
    settings.SECOND_PAIR_OF_EYES = setting
    reasons = {"approve": (), "reject": ("NAME_MISMATCH",), "refuse_final": ("FORGED",)}
    made = {d: decide(make_case(make_user()), reviewer, d, reasons[d]) for d in reasons}

    assert {d for d, row in made.items() if isinstance(row, Decision)} == alone


def test_no_method_of_the_case_goes_past_the_switch(case, reviewer):
    for act in (
        lambda: case.approve(by=reviewer, submission=case.current, at=timezone.now()),
        lambda: reject(case, by=reviewer),
        lambda: case.refuse_final(by=reviewer, submission=case.current, reasons=some("FORGED"), at=timezone.now()),
    ):
        with pytest.raises(NotAllowed, match="第二位"):
            act()
    assert again(case).status == "PENDING"


def test_switched_off_again_anybody_decides_and_an_open_proposal_is_void(case, reviewer, settings):
    made = decide(case, reviewer)
    settings.SECOND_PAIR_OF_EYES = "off"

    assert isinstance(decide(case, reviewer, "reject", ["NAME_MISMATCH"]), Decision)
    made.refresh_from_db()
    assert made.state == "VOID"


def test_an_appeal_goes_to_neither_of_the_two_who_refused(case, reviewer, reviewer2, third):
    decide(case, reviewer, "refuse_final", ["FORGED"])
    confirm(case, reviewer2)
    draft = drafts.begin_again(again(case), appeal="可以在登记网站上查到。")
    drafts.send(draft, at=timezone.now())

    for judge in (reviewer, reviewer2):
        assert not Verification.objects.decidable_by(judge).exists()
        with pytest.raises(NotAllowed, match="申诉"):
            decide(case, judge)
    assert isinstance(decide(case, third), Proposal)


def test_a_colleague_who_did_not_claim_it_cannot_confirm_what_another_holds(case, reviewer, reviewer2, third):
    decide(case, reviewer)
    Claim.take(again(case), by=third, at=timezone.now())

    with pytest.raises(NotAllowed, match="审核员丙"):
        confirm(case, reviewer2)
    Claim.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert confirm(case, reviewer2).outcome == "APPROVED"


def test_an_approval_signs_by_and_an_identity_card_destroys_only_once_confirmed(case, reviewer, reviewer2):
    extra = make_case(make_user())
    decide(extra, reviewer, "reject", ["IDENTITY_CARD"])
    assert not extra.current.evidence.exclude(discarded_at=None).exists()

    confirm(extra, reviewer2)

    assert not extra.current.evidence.filter(discarded_at=None).exists()
    draft = drafts.begin_again(again(extra), appeal="")
    make_evidence(draft)
    assert drafts.send(draft, at=timezone.now()).status == "PENDING"
