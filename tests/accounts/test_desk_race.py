"""Two reviewers at once, over HTTP: exactly one wins, the other is told by whom."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import review
from accounts.models import Claim, Decision, NotAllowed, Verification
from accounts.retention import expire_approvals
from portal.invariants import broken
from portal.models import Notice, RecordEntry
from portal.workflow import TransitionError
from tests import factories
from tests.people import make_person, make_staff, staff_login

QUEUE = "/admin/accounts/verification/"
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start the acts at the same moment, each on a connection of its own; return their answers in order."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [task.result() for task in [pool.submit(run, act) for act in acts]]


def reviewers(count: int) -> list[Client]:
    return [
        staff_login(Client(), make_staff("reviewers", f"race{number}@example.org", display_name=f"审核员{number}"))
        for number in range(count)
    ]


def test_f15_of_eight_reviewers_deciding_at_once_one_wins_and_the_others_learn_who():
    """F15, T40: one decision, one notice, one entry; nothing typed is lost; nobody gets a 5xx."""
    factories.install_zone()
    clients = reviewers(8)
    for _round in range(3):
        case = factories.make_case(make_person())
        choices = [{"decision": "approve"}, {"decision": "reject", "reasons": ["NAME_MISMATCH"]}] * 4
        acts = [
            partial(
                client.post, f"{QUEUE}{case.pk}/decide/", {"version": case.version, "message": "我看过了", **choice}
            )
            for client, choice in zip(clients, choices, strict=True)
        ]

        answers = at_once(*acts)

        decision = Decision.objects.get(submission=case.current)
        codes = sorted(answer.status_code for answer in answers)
        assert codes == [302] + [409] * 7
        for answer in answers:
            if answer.status_code == 409:
                shown = answer.content.decode()
                assert decision.decided_by.display_name in shown
                assert "我看过了" in shown
        assert Verification.objects.get(pk=case.pk).version == case.version + 1
        assert Notice.objects.filter(event_key=f"decided:{case.current.public_id}").count() == 1
        assert RecordEntry.objects.filter(subject__endswith=str(case.public_id), payload__version=2).count() == 1
        assert not Claim.objects.filter(verification=case, released_at=None).exists()


def test_of_reviewers_claiming_at_once_one_holds_the_case():
    factories.install_zone()
    case = factories.make_case(make_person())
    clients = reviewers(4)

    answers = at_once(*(lambda client=client: client.post(f"{QUEUE}{case.pk}/claim/") for client in clients))

    assert sorted(answer.status_code for answer in answers) == [302, 409, 409, 409]
    holder = Claim.objects.running(timezone.now()).get().reviewer
    assert all(holder.display_name in a.content.decode() for a in answers if a.status_code == 409)


def test_next_gives_each_reviewer_another_case():
    factories.install_zone()
    clients = reviewers(3)
    cases = [factories.make_case(make_person()) for _client in clients]

    answers = at_once(*(lambda client=client: client.post(f"{QUEUE}next/") for client in clients))

    assert sorted(a.headers["Location"] for a in answers) == sorted(f"{QUEUE}{c.pk}/decide/" for c in cases)


def test_f15_a_renewal_the_expiry_job_and_stale_decisions_at_once_leave_one_case_in_order():
    """F15: the owner of an approval that ran out sends again while two sweeps store the expiry and old pages decide."""
    factories.install_zone()
    clients, case = reviewers(4), factories.make_case(make_person())
    judge = make_staff("reviewers", "before@example.org", display_name="从前的审核员")
    factories.approve(case, by=judge, ago=timedelta(days=400))
    case = Verification.objects.get(pk=case.pk)
    draft = factories.drafts.begin_again(case, appeal="")
    url, now = f"{QUEUE}{case.pk}/decide/", timezone.now()
    acts = [partial(client.post, url, {"version": case.version, "decision": "approve"}) for client in clients]

    answers = at_once(
        *acts,
        partial(factories.drafts.send, draft, at=now),
        partial(expire_approvals, now),
        partial(expire_approvals, now),
    )

    assert [answer.status_code for answer in answers[:4]] == [409] * 4
    stored = Verification.objects.get(pk=case.pk)
    assert (stored.status, stored.current_id, stored.version) == ("PENDING", draft.pk, 4)
    assert [event.new for event in stored.events.order_by("seq")] == ["PENDING", "APPROVED", "EXPIRED", "PENDING"]
    assert Notice.objects.filter(event_key__startswith="expired:").count() == 1
    assert Decision.objects.count() == 1
    assert broken(now, without={"Q07", "Q09"}) == []  # nobody was asked for an agreement, nothing drains the outbox


def test_f15_two_reviewers_confirm_one_proposal_at_once_and_it_holds_once(settings):
    """F15 with the second pair of eyes: one confirmation, one decision."""
    settings.SECOND_PAIR_OF_EYES = "all"
    factories.install_zone()
    case = factories.make_case(make_person())
    judges = [make_staff("reviewers", f"eyes{n}@example.org", display_name=f"审核员{n}") for n in range(5)]
    review.decide(case, by=judges[0], decision="approve", version=1, reasons=[], message="", at=timezone.now())

    def confirm(judge: Any) -> Any:
        try:
            return review.confirm(case, by=judge, version=2, at=timezone.now())
        except (TransitionError, NotAllowed) as refusal:
            return refusal

    answers = at_once(*(partial(confirm, judge) for judge in judges))

    assert sum(isinstance(answer, Decision) for answer in answers) == 1
    decision = Decision.objects.get()
    assert decision.proposed_by == judges[0] != decision.decided_by
    assert Notice.objects.filter(event_key__startswith="decided:").count() == 1


def test_f16_a_double_press_decides_once_and_answers_twice_alike():
    """F16: the same key is the same answer, whichever tab or retry sends it."""
    factories.install_zone()
    case, (client,) = factories.make_case(make_person()), reviewers(1)
    fields = {"version": case.version, "decision": "approve", "idempotency_key": "press"}

    answers = at_once(*(lambda: client.post(f"{QUEUE}{case.pk}/decide/", fields) for _press in range(2)))

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Decision.objects.filter(submission=case.current).count() == 1


def test_a_decision_and_a_resubmission_do_not_cross():
    """The old page's approval must never fall on the answers sent after a refusal."""
    factories.install_zone()
    case, (one, two) = factories.make_case(make_person()), reviewers(2)
    seen, first = case.version, case.current
    one.post(f"{QUEUE}{case.pk}/decide/", {"version": seen, "decision": "reject", "reasons": ["NAME_MISMATCH"]})
    case.refresh_from_db()
    factories.drafts.begin_again(case, appeal="")
    draft = factories.drafts.draft_of(case.owner)

    def resubmit() -> int:
        factories.drafts.send(draft, at=timezone.now())
        return 0

    def stale() -> int:
        return two.post(f"{QUEUE}{case.pk}/decide/", {"version": seen, "decision": "approve"}).status_code

    assert at_once(resubmit, stale) == [0, 409]
    case.refresh_from_db()
    assert (case.status, case.current_id) == ("PENDING", draft.pk)
    assert list(Decision.objects.values_list("submission_id", flat=True)) == [first.pk]
