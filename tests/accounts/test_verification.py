"""The case: which moves there are, who may make them, and that each is made once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts import drafts
from accounts.evidence import LimitReached
from accounts.models import Claim, Decision, NotAllowed, Reason, Submission, User, Verification
from accounts.retention import ask_erasure
from portal.models import Notice, RecordEntry
from portal.workflow import TransitionError
from tests.factories import approve, install_zone, make_case, make_draft, make_evidence, make_user, reject
from tests.people import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ground(db, settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    install_zone()


@pytest.fixture
def case(db):
    return make_case(make_user())


def again(case):
    return Verification.objects.get(pk=case.pk)


def test_sending_begins_the_case_with_event_notice_and_record(case):
    stored = again(case)
    assert (stored.status, stored.version, stored.current.number, stored.profession) == ("PENDING", 1, 1, "physician")
    assert [(event.old, event.new) for event in case.events.all()] == [("", "PENDING")]
    assert Notice.objects.filter(person=case.owner).count() == 1
    entry = RecordEntry.objects.get(kind="verification.submitted")
    assert entry.payload["submission"] == str(case.current.public_id)
    assert case.owner.email not in str(entry.payload)


def test_approving_decides_the_submission_on_the_screen(case, reviewer):
    approve(case, by=reviewer)

    stored = again(case)
    assert (stored.status, stored.decided_by, stored.version) == ("APPROVED", reviewer, 2)
    assert stored.approved_until - stored.decided_at == timedelta(days=365)
    assert stored.current.decision.outcome == "APPROVED"


def test_rejecting_stores_the_reasons_as_they_were_said(case, reviewer):
    reject(case, by=reviewer, message="请重拍。")
    said = Reason.objects.get(code="LICENCE_UNREADABLE").text_zh
    Reason.objects.filter(code="LICENCE_UNREADABLE").update(text_zh="改过的话")

    decision = Decision.objects.get()
    assert decision.reasons[0]["text_zh"] == said
    assert (decision.message, again(case).is_final) == ("请重拍。", False)


@pytest.mark.parametrize("first", ["approve", "reject"])
@pytest.mark.parametrize("second", ["approve", "reject"])
def test_a_stale_page_cannot_decide_again(case, reviewer, reviewer2, first, second):
    moves = {"approve": approve, "reject": reject}
    stale = again(case)
    moves[first](case, by=reviewer)

    with pytest.raises(TransitionError) as raised:
        moves[second](stale, by=reviewer2)

    assert raised.value.stored.decided_by == reviewer
    assert Decision.objects.count() == 1
    assert case.events.count() == 2


def test_a_decision_on_another_submission_than_the_one_in_the_case_is_refused(case, reviewer):
    shown = case.current
    reject(case, by=reviewer)
    draft = drafts.begin_again(again(case), appeal="")
    drafts.send(draft, at=timezone.now())

    with pytest.raises(TransitionError):
        again(case).approve(by=reviewer, submission=shown, at=timezone.now())
    assert again(case).status == "PENDING"


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        ("PENDING", {"APPROVED", "REJECTED"}),
        ("REJECTED", {"PENDING"}),
        ("APPROVED", {"EXPIRED", "REVOKED"}),
        ("EXPIRED", {"PENDING"}),
        ("REVOKED", {"PENDING"}),
    ],
)
def test_these_are_all_the_moves(status, allowed):
    assert Verification.TRANSITIONS[status] == allowed


def test_nobody_decides_their_own_case_not_even_with_the_right(reviewer):
    case = make_case(reviewer)

    with pytest.raises(NotAllowed, match="不能审核自己的案件"):
        approve(case, by=reviewer)
    assert not Verification.objects.reviewable_by(reviewer).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Verification.objects.filter(pk=case.pk).update(decided_by=reviewer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            submission=case.current, outcome="REJECTED", decided_by=reviewer, owner=reviewer, decided_at=timezone.now()
        )


@pytest.mark.parametrize("who", ["member", "editor"])
def test_nobody_decides_without_the_right(case, who, request):
    somebody = request.getfixturevalue(who)

    with pytest.raises(NotAllowed):
        approve(case, by=somebody)
    assert not Verification.objects.reviewable_by(somebody).exists()
    assert again(case).status == "PENDING"


def test_a_waiting_case_takes_no_second_submission(case):
    draft = make_draft(case.owner)
    make_evidence(draft)

    with pytest.raises(TransitionError):
        drafts.send(draft, at=timezone.now())
    assert Submission.objects.get(pk=draft.pk).sent_at is None


def test_a_draft_is_sent_once(case, reviewer):
    reject(case, by=reviewer)
    draft = drafts.begin_again(again(case), appeal="")
    drafts.send(draft, at=timezone.now())

    with pytest.raises(TransitionError):
        drafts.send(draft, at=timezone.now())
    assert case.submissions.count() == 2


def test_a_final_refusal_is_reopened_by_an_appeal_only_and_decided_by_another(case, reviewer, reviewer2):
    case.refuse_final(
        by=reviewer, submission=case.current, reasons=list(Reason.objects.filter(is_final=True)[:1]), at=timezone.now()
    )
    draft = drafts.begin_again(again(case), appeal="")
    with pytest.raises(TransitionError):
        drafts.send(draft, at=timezone.now())

    draft = drafts.begin_again(again(case), appeal="证书可以在发证机关的网站上查到。")
    drafts.send(draft, at=timezone.now())

    with pytest.raises(NotAllowed, match="另一位审核员"):
        approve(again(case), by=reviewer)
    approve(again(case), by=reviewer2)
    assert again(case).status == "APPROVED"


def test_only_a_lead_revokes_and_never_their_own(case, reviewer, lead):
    approve(case, by=reviewer)

    with pytest.raises(NotAllowed):
        again(case).revoke(by=reviewer, reason="原因", at=timezone.now())
    again(case).revoke(by=lead, reason="注册已被注销。", at=timezone.now())

    stored = again(case)
    assert (stored.status, stored.revoke_reason) == ("REVOKED", "注册已被注销。")
    assert not Verification.objects.in_force(timezone.now()).exists()


def test_the_passed_page_is_seen_once_per_approval(case, reviewer):
    approve(case, by=reviewer)
    stored = again(case)

    assert (stored.see_passed(at=timezone.now()), stored.see_passed(at=timezone.now())) == (True, False)


def test_an_expiry_is_stored_once(expired_person):
    case, stale = (Verification.objects.get(owner=expired_person) for _copy in range(2))
    case.expire(at=timezone.now())

    with pytest.raises(TransitionError):
        stale.expire(at=timezone.now())


def test_a_claim_is_one_reviewers_and_names_the_holder(case, reviewer, reviewer2):
    Claim.take(case, by=reviewer, at=timezone.now())

    with pytest.raises(NotAllowed, match="审核员甲"):
        Claim.take(case, by=reviewer2, at=timezone.now())
    Claim.take(case, by=reviewer, at=timezone.now())
    assert Claim.objects.count() == 1


def test_a_claim_that_ran_out_is_taken_over(case, reviewer, reviewer2, settings):
    now = timezone.now()
    Claim.take(case, by=reviewer, at=now)
    later = now + timedelta(minutes=settings.CLAIM_MINUTES, seconds=1)

    Claim.take(case, by=reviewer2, at=later)

    assert Claim.objects.running(later).get().reviewer == reviewer2


def test_a_decision_releases_the_claim(case, reviewer):
    Claim.take(case, by=reviewer, at=timezone.now())
    approve(case, by=reviewer)

    assert not Claim.objects.running(timezone.now()).exists()


class TestAtTheSameMoment:
    """Two threads, two connections, one row: PostgreSQL and SQLite alike."""

    pytestmark = pytest.mark.django_db(transaction=True)

    def race(self, *acts):
        """Run the acts at once and return what each gave or raised."""
        found, barrier = [None] * len(acts), threading.Barrier(len(acts))

        def run(index, act):
            barrier.wait()
            try:
                found[index] = act()
            except (TransitionError, NotAllowed, IntegrityError) as error:
                found[index] = error
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    @pytest.fixture
    def team(self):
        return [make_staff("reviewers", f"r{n}@example.org", display_name=f"审核员{n}") for n in range(4)]

    def test_of_several_decisions_exactly_one_stands(self, team):
        case = make_case(make_user())
        copies = [again(case) for _person in team]
        moves = [approve, reject, approve, reject]
        acts = [
            lambda copy=copy, person=person, move=move: move(copy, by=person)
            for copy, person, move in zip(copies, team, moves, strict=True)
        ]

        found = self.race(*acts)

        losers = [error for error in found if error is not None]
        assert [type(error) for error in losers] == [TransitionError] * 3
        decision = Decision.objects.get()
        assert all(error.stored.decided_by == decision.decided_by for error in losers)
        assert case.events.count() == 2
        assert RecordEntry.objects.filter(kind__in=["verification.approved", "verification.rejected"]).count() == 1
        assert Notice.objects.filter(event_key__startswith="decided:").count() == 1

    def test_of_several_claims_exactly_one_holds(self, team):
        case, now = make_case(make_user()), timezone.now()

        found = self.race(*(lambda person=person: Claim.take(case, by=person, at=now) for person in team))

        assert sum(isinstance(one, Claim) for one in found) == 1
        assert sum(isinstance(one, NotAllowed) for one in found) == 3
        assert Claim.objects.count() == 1

    def test_two_tabs_send_one_case(self):
        person = make_user()
        make_evidence(make_draft(person))
        copies = [drafts.draft_of(person) for _tab in range(2)]

        found = self.race(*(lambda copy=copy: drafts.send(copy, at=timezone.now()) for copy in copies))

        assert sorted(type(one).__name__ for one in found) == ["TransitionError", "Verification"]
        assert (Verification.objects.count(), Submission.objects.count()) == (1, 1)

    def test_two_tabs_begin_one_draft(self):
        person = make_user()

        found = self.race(*(lambda: drafts.begin(User.objects.get(pk=person.pk)) for _tab in range(3)))

        assert len({draft.pk for draft in found}) == 1

    def test_the_sixth_file_does_not_slip_in_beside_the_fifth(self):
        draft = make_draft(make_user())
        for _number in range(4):
            make_evidence(draft)

        def add():
            try:
                return make_evidence(draft)
            except LimitReached as error:
                return error

        found = self.race(add, add, add)

        assert sum(isinstance(one, LimitReached) for one in found) == 2
        assert draft.evidence.count() == 5


def test_who_closed_their_account_leaves_the_queue(pending_person):
    assert Verification.objects.waiting().filter(owner=pending_person).exists()

    ask_erasure(pending_person, at=timezone.now())

    assert not Verification.objects.waiting().filter(owner=pending_person).exists()
