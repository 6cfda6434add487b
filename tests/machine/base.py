"""The ground of the machine: doing an act in the world and, if it was committed, in the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from django.core import mail
from django.db import transaction
from django.test import override_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from accounts.drafts import Incomplete
from accounts.evidence import LimitReached
from accounts.models import NotAllowed, Verification
from portal.workflow import TransitionError
from tests.machine import compare
from tests.machine.model import AGAIN, Person
from tests.machine.world import Ground, Killed, World

BEGINNINGS = ("", "APPROVED", "REJECTED", "REFUSED", "REVOKED", "340", "360", "370")  # numbers: days since approved
EYES = ("off", "off", "off", "all", "refusals", "final", "approvals")
WHO, JUDGE, LEAD = st.sampled_from([0, 0, 0, 1, 1, 2]), st.integers(0, 2), 3
REFUSALS = (TransitionError, NotAllowed, Incomplete, LimitReached)
BUSY = ("agreement", "declined", "informed-consent", "survey", "profile", "evidence", *AGAIN)
PAUSES = [timedelta(minutes=1), timedelta(minutes=16), timedelta(days=8), timedelta(days=31)]
PAUSES += [timedelta(days=340), timedelta(days=360), timedelta(days=366)]

SEEN: Counter[str] = Counter()  # what a whole run came by: a machine that never gets anywhere proves nothing


class Base(RuleBasedStateMachine):
    """The portal and its model side by side, in one savepoint that is rolled back at the end."""

    ground: Ground  # made once for all runs, before the first savepoint

    def __init__(self) -> None:
        super().__init__()
        self.eyes = "off"
        self.override = override_settings(SECOND_PAIR_OF_EYES="off")
        self.override.enable()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.world = World(self.ground)
        mail.outbox.clear()
        self.model: dict[int, Person] = {}
        self.required = self.published = self.world.version("AGREEMENT").number
        self.kill_after = 0
        self.is_fresh = True  # nothing happened since the last look
        self.was_swept = False

    def teardown(self) -> None:
        SEEN.update(compare.what_happened())
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)
        self.override.disable()

    # -- doing it twice: in the world and in the model

    def act(self, real: Callable[[], Any], *, legal: bool, effect: Callable[[], Any] = lambda: None) -> None:
        """Do it, possibly with a worker that dies on the way; the model follows only what was committed."""
        after, self.kill_after, self.is_fresh = self.kill_after, 0, False
        try:
            with self.world.killing(after) if after else nullcontext():
                real()
        except Killed:
            SEEN["killed"] += 1
            return
        except REFUSALS:
            SEEN["refused"] += 1
            assert not legal, "refused what the contract allows"
            return
        assert legal, "allowed what the contract refuses"
        effect()

    def case(self, who: int) -> Verification | None:
        return self.world.case(who) if who in self.model and self.model[who].status else None

    def step(self, who: int) -> str:
        return self.model[who].step(self.required, self.world.now)

    def stands(self, who: int, *steps: str) -> bool:
        return who in self.model and self.step(who) in steps
