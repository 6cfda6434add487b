"""All actors at once: Hypothesis plays applicants, reviewers, leads, the clock, a dying worker and a repeating sender.

Each rule does the real act and, where the model says it should have worked, the model's; where it should not, the act
must be refused and change nothing. After every step the database must be what the model says.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.machine import compare
from tests.machine.applicants import Applicants
from tests.machine.base import BEGINNINGS, EYES, LEAD, PAUSES
from tests.machine.desk import Desk
from tests.machine.model import TWO


class Portal(Applicants, Desk):
    """Everybody, the clock, the sender and a dying worker."""

    @initialize(start=st.integers(0, 2**20), eyes=st.integers(0, 2**20))
    def begin_in_the_middle(self, start: int, eyes: int) -> None:
        """One person is decided on already, another waits: what follows is the longer part of the story."""
        self.register(0)
        self.go_on(0)
        first = BEGINNINGS[start % len(BEGINNINGS)]
        if first:
            self.decide(0, 0, first if first in {"REJECTED", "REFUSED"} else "APPROVED", 0)
        if first == "REVOKED":
            self.revoke(0, LEAD)
        if first.isdecimal():
            self.wait(timedelta(days=int(first)))
            self.sweep(1)
        self.register(1)
        self.go_on(1)
        self.switch_second_pair_of_eyes(EYES[eyes % len(EYES)])
        self.the_database_is_what_the_model_says()

    # -- the clock, the sender, the machine room

    def wait(self, pause: timedelta) -> None:
        self.world.now += pause
        self.is_fresh = False

    def sweep(self, times: int) -> None:
        for _time in range(times):
            at = self.world.now
            self.world.sweep()
            for person in self.model.values():
                compare.pass_time(person, at)
        self.is_fresh, self.was_swept = False, True

    def deliver(self, times: int, dying: bool) -> None:
        self.is_fresh = False
        self.world.deliver(times, dying=dying)
        compare.delivered(times)

    def kill_the_next_worker(self, after: int) -> None:
        self.kill_after = after

    def restart(self) -> None:
        self.world.restart()

    @rule(any_number=st.integers(0, 2**20))
    def time_passes(self, any_number: int) -> None:
        """With no sweep where nothing ran, with two where two workers did."""
        self.wait(PAUSES[any_number % len(PAUSES)])
        sweeps = any_number // len(PAUSES) % 3
        if sweeps:
            self.sweep(sweeps)

    @rule(act=st.integers(0, 7), times=st.integers(0, 3), after=st.integers(1, 9), eyes=st.sampled_from(sorted(TWO)))
    def machine_room(self, act: int, times: int, after: int, eyes: str) -> None:
        """Deliver, die, restart, switch, publish."""
        if act in {0, 1}:
            self.deliver(times, act == 1)
        elif act in {2, 3, 4}:
            self.kill_after = after
        elif act == 5:
            self.restart()
        elif act == 6:
            self.switch_second_pair_of_eyes(eyes)
        else:
            self.publish_a_new_agreement(times == 0)

    @invariant()
    def the_database_is_what_the_model_says(self) -> None:
        """After every step in which anything was tried or time passed."""
        if self.is_fresh:
            return
        for who, person in self.model.items():
            compare.same(person, self.world, who, self.required)
        compare.nothing_broken(self.world, was_swept=self.was_swept)
        self.is_fresh, self.was_swept = True, False
