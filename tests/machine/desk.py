"""The machine plays reviewers and leads: claims, decisions alone and by two, revocations."""

from __future__ import annotations

from django.test import override_settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from accounts import review
from accounts.models import Claim
from tests.machine.base import JUDGE, LEAD, WHO, Base
from tests.machine.model import LEASE, TWO


class Desk(Base):
    """What reviewers, leads and editors do."""

    # -- reviewers

    def can_review(self, judge: int, who: int) -> bool:
        """Whether this reviewer has an account still, and it is not their own case."""
        gone = 2 in self.model and not self.model[2].active
        return not (judge == 2 and (who == 2 or gone))

    @rule(judge=JUDGE, who=WHO, puts_back=st.sampled_from([False, False, True]))
    def claim_or_release(self, judge: int, who: int, puts_back: bool) -> None:
        if puts_back:
            self.release(judge, who)
        else:
            self.claim(judge, who)

    def claim(self, judge: int, who: int) -> None:
        case = self.case(who)
        if case is None:
            return
        person, now = self.model[who], self.world.now
        legal = self.can_review(judge, who) and person.may_judge(judge, self.eyes)
        legal = legal and person.holder(now) in {None, judge}

        def effect() -> None:
            person.claim = (judge, now + LEASE)

        self.act(lambda: Claim.take(case, by=self.world.judge(judge), at=now), legal=legal, effect=effect)

    def release(self, judge: int, who: int) -> None:
        case = self.case(who)
        if case is None:
            return
        person = self.model[who]

        def effect() -> None:
            if person.claim and person.claim[0] == judge:
                person.claim = None

        self.act(lambda: Claim.release(case, by=self.world.judge(judge), at=self.world.now), legal=True, effect=effect)

    @rule(
        judge=JUDGE,
        who=WHO,
        decision=st.sampled_from(["APPROVED", "APPROVED", "REJECTED", "CARD", "REFUSED"]),
        behind=st.sampled_from([0, 0, 0, 1]),
    )
    def decide(self, judge: int, who: int, decision: str, behind: int) -> None:
        case = self.case(who)
        if case is None:
            return
        person, now = self.model[who], self.world.now
        outcome = "REJECTED" if decision == "CARD" else decision
        open_for_another = person.proposal is not None and person.proposal[0] in TWO[self.eyes]
        legal = self.can_review(judge, who) and person.may_judge(judge, self.eyes) and not open_for_another
        legal = legal and person.holder(now) in {None, judge} and not behind
        legal = legal and (not person.spoilt or decision == "REJECTED")

        def real() -> None:
            review.decide(
                case,
                by=self.world.judge(judge),
                decision={"APPROVED": "approve", "REJECTED": "reject", "REFUSED": "refuse_final"}[outcome],
                version=case.version - behind,
                reasons=self.world.reasons("CHANGED" if person.spoilt and decision == "REJECTED" else decision),
                message="看过了。",
                at=now,
            )

        def effect() -> None:
            if outcome in TWO[self.eyes]:
                person.claim = None
                person.move()
                person.proposal = (outcome, judge)
                person.card = decision == "CARD"
                return
            person.decide(outcome, {judge}, now)
            person.files_left = 0 if decision == "CARD" else person.files_left

        self.act(real, legal=legal, effect=effect)

    @rule(any_number=st.integers(0, 2**20))
    def decide_the_next(self, any_number: int) -> None:
        """Whoever waits is decided on, or their proposal answered; one large number, since small ones are not even."""
        judge, choice = any_number % 3, any_number // 3
        for who, person in self.model.items():
            if person.waits() and person.proposal is None:
                self.decide(judge, who, ("APPROVED", "APPROVED", "REJECTED", "CARD", "REFUSED")[choice % 5], 0)
                return
            if person.waits():
                self.second(judge, who, choice % 3 > 0)
                return

    @rule(judge=JUDGE, who=WHO, agrees=st.booleans())
    def second(self, judge: int, who: int, agrees: bool) -> None:
        case = self.case(who)
        person = self.model.get(who)
        if case is None or person is None:
            return
        now = self.world.now
        proposal = person.proposal
        legal = proposal is not None and proposal[1] != judge and self.can_review(judge, who)
        legal = legal and person.may_judge(judge, self.eyes) and person.holder(now) in {None, judge}

        def real() -> None:
            by = self.world.judge(judge)
            if agrees:
                review.confirm(case, by=by, version=case.version, at=now)
            else:
                review.set_aside(case, by=by, version=case.version, why="不是这样。", at=now)

        def effect() -> None:
            assert proposal is not None
            if not agrees:
                person.claim = None
                person.move()
                return
            person.decide(proposal[0], {judge, proposal[1]}, now)
            person.files_left = 0 if person.card else person.files_left

        self.act(real, legal=legal, effect=effect)

    @rule(who=WHO, by=st.sampled_from([LEAD, LEAD, 0, 2]))
    def revoke(self, who: int, by: int) -> None:
        case = self.case(who)
        if case is None:
            return
        person = self.model[who]

        def effect() -> None:
            person.status, person.revoker = "REVOKED", LEAD
            person.move("revoked")

        def real() -> None:
            case.revoke(by=self.world.judge(by), reason="注册已被注销。", at=self.world.now)

        self.act(real, legal=by == LEAD and person.status == "APPROVED", effect=effect)

    def switch_second_pair_of_eyes(self, eyes: str) -> None:
        self.override.disable()
        self.override = override_settings(SECOND_PAIR_OF_EYES=eyes)
        self.override.enable()
        self.eyes = eyes

    def publish_a_new_agreement(self, asks_again: bool) -> None:
        def effect() -> None:
            self.published += 1
            self.required = self.published if asks_again else self.required

        self.act(lambda: self.world.publish(asks_again), legal=True, effect=effect)
