"""The machine plays applicants: one act at a time, or all of them until it is somebody else's turn."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from accounts.retention import ask_erasure
from tests.machine.base import BUSY, WHO, Base
from tests.machine.model import AGAIN, HOLD, Draft, Person


class Applicants(Base):
    """What applicants do."""

    # -- applicants

    @rule(who=WHO)
    def go_on(self, who: int) -> None:
        """What a willing applicant does until it is somebody else's turn, so that runs get far."""
        for _act in range(9):
            if not self.stands(who, *BUSY):
                return
            self.next_act(who)
            self.the_database_is_what_the_model_says()

    def next_act(self, who: int) -> None:
        step, person = self.step(who), self.model[who]
        if step in {"agreement", "declined"}:
            self.answer_agreement(who, "GIVEN")
        elif step == "informed-consent":
            self.answer_informed_consent(who, "SKIPPED")
        elif step == "survey":
            self.answer_survey(who)
        elif step in AGAIN and (person.draft is None or not person.draft.appeal):
            self.begin_again(who, "请再核对一次。")
        elif step == "profile" or (person.draft and not person.draft.profile):
            self.fill_profile(who)
        elif person.draft and not person.draft.files:
            self.upload(who, True)
        else:
            self.submit(who)

    @rule(who=WHO, act=st.integers(0, 6))
    def prepare(self, who: int, act: int) -> None:
        """One act of the applicant, in any order."""
        if act == 0:
            self.fill_profile(who)
        elif act in {1, 2}:
            self.upload(who, act == 1)
        elif act == 3:
            self.discard(who)
        elif act in {4, 5}:
            self.begin_again(who, "" if act == 4 else "请再核对一次。")
        else:
            self.submit(who)

    @rule(who=WHO, act=st.integers(0, 6))
    def change_mind(self, who: int, act: int) -> None:
        """Refuse, withdraw, give, skip."""
        if act == 0:
            self.answer_agreement(who, "REFUSED")
        elif act == 1:
            self.answer_agreement(who, "GIVEN")
        elif act in {2, 3}:
            self.answer_informed_consent(who, "SKIPPED" if act == 2 else "GIVEN")
        elif act == 4:
            self.withdraw_informed_consent(who)
        elif act == 5:
            self.answer_survey(who)
        else:
            self.withdraw_agreement(who)

    def register(self, who: int) -> None:
        if who not in self.model:
            self.world.register(who)
            self.model[who] = Person()

    def answer_agreement(self, who: int, given: str) -> None:
        if self.stands(who, "agreement", "declined"):
            self.act(
                lambda: self.world.say(who, "AGREEMENT", given), legal=True, effect=lambda: self._agreed(who, given)
            )

    def _agreed(self, who: int, given: str) -> None:
        person = self.model[who]
        person.agreement, person.agreed = given, self.published
        self._hold_or_resume(person)

    def _hold_or_resume(self, person: Person) -> None:
        stop = person.agreement != "GIVEN"
        if person.status == "PENDING" and person.held is not stop:
            person.held, person.held_since = stop, self.world.now if stop else None
            person.claim = None if stop else person.claim
            person.move()

    def withdraw_agreement(self, who: int) -> None:
        if who in self.model and self.model[who].active and self.model[who].agreement == "GIVEN":
            self.act(lambda: self.world.withdraw(who, "AGREEMENT"), legal=True, effect=lambda: self._withdrawn(who))

    def _withdrawn(self, who: int) -> None:
        self.model[who].agreement = "WITHDRAWN"
        self._hold_or_resume(self.model[who])

    def answer_informed_consent(self, who: int, given: str) -> None:
        if not self.stands(who, "informed-consent"):
            return

        def effect() -> None:
            self.model[who].informed = given

        self.act(lambda: self.world.say(who, "INFORMED_CONSENT", given), legal=True, effect=effect)

    def withdraw_informed_consent(self, who: int) -> None:
        if who not in self.model or not self.model[who].active or self.model[who].informed != "GIVEN":
            return

        def effect() -> None:
            self.model[who].informed, self.model[who].survey = "WITHDRAWN", False

        self.act(lambda: self.world.withdraw(who, "INFORMED_CONSENT"), legal=True, effect=effect)

    def answer_survey(self, who: int) -> None:
        if self.stands(who, "survey"):
            self.act(
                lambda: self.world.fill_survey(who),
                legal=True,
                effect=lambda: setattr(self.model[who], "survey", True),
            )

    def fill_profile(self, who: int) -> None:
        if not self.stands(who, "profile", "evidence", *AGAIN):
            return
        person = self.model[who]
        if person.sent and person.draft is None:
            return  # the page begins again first

        def effect() -> None:
            person.draft = person.draft or Draft()
            person.draft.profile = person.profile_once = True

        self.act(lambda: self.world.fill_profile(who), legal=True, effect=effect)

    def upload(self, who: int, good: bool) -> None:
        draft = self.model[who].draft if self.stands(who, "evidence", *AGAIN) else None
        if draft is None:
            return
        if not good:
            judged = self.world.upload_bad()
            assert not judged.accepted
            assert judged.refused
            return

        def effect() -> None:
            draft.files += 1

        self.act(lambda: self.world.upload(who), legal=draft.files < 5, effect=effect)

    def discard(self, who: int) -> None:
        draft = self.model[who].draft if self.stands(who, "evidence", *AGAIN) else None
        if draft is not None and draft.files:

            def effect() -> None:
                draft.files -= 1

            self.act(lambda: self.world.discard(who), legal=True, effect=effect)

    def begin_again(self, who: int, appeal: str) -> None:
        if not self.stands(who, *AGAIN):
            return
        person = self.model[who]

        def effect() -> None:
            if person.draft is None:
                person.draft = Draft(files=person.files_left, profile=person.licence_left)
            person.draft.appeal = person.draft.appeal or bool(appeal)

        self.act(lambda: self.world.begin_again(who, appeal), legal=True, effect=effect)

    def submit(self, who: int) -> None:
        person = self.model.get(who)
        if person is None or person.draft is None or not self.stands(who, "evidence", *AGAIN):
            return
        draft = person.draft
        needs_appeal = person.final or person.status == "REVOKED"
        legal = draft.profile and draft.files > 0 and (draft.appeal or not needs_appeal)
        self.act(lambda: self.world.submit(who), legal=legal, effect=lambda: person.send(self.world.now))

    @rule(who=WHO, sure=st.integers(0, 5))
    def come_or_leave(self, who: int, sure: int) -> None:
        if who not in self.model:
            self.register(who)
        elif self.model[who].active and not sure:
            self.ask_erasure(who)

    def ask_erasure(self, who: int) -> None:
        person = self.model[who]

        def effect() -> None:
            person.active, person.erasure_due = False, self.world.now + HOLD

        self.act(lambda: ask_erasure(self.world.person(who), at=self.world.now), legal=True, effect=effect)
