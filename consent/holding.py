"""Nobody looks at the case of somebody whose agreement no longer stands: it is held until they agree again.

The case knows only an opaque word. Held or not is decided in the transaction of the answer itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import User, Verification
from consent.models import Agreement, ConsentRecord
from portal.workflow import TransitionError

WITHDRAWN = "consent.withdrawn"
ATTEMPTS = 5  # a reviewer may move the case at the same moment


def follow_answer(sender: Any, instance: ConsentRecord, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Hold or resume the waiting case of whoever just answered an agreement."""
    if created and not raw and instance.kind == Agreement.Kind.AGREEMENT:
        _follow(instance.person, agrees_anywhere(instance.person), instance.at)


def agrees_anywhere(person: User) -> bool:
    """Whether the agreement of at least one zone stands: one verification holds for all zones."""
    rows = ConsentRecord.objects.filter(person=person, kind=Agreement.Kind.AGREEMENT).order_by("pk")
    last = dict(rows.values_list("zone_id", "answer"))
    return ConsentRecord.Answer.GIVEN in last.values()


def _follow(person: User, agrees: bool, at: datetime) -> None:
    for attempt in range(ATTEMPTS):
        case = Verification.objects.owned_by(person).first()
        if case is None or case.status != Verification.Status.PENDING or (case.held_since is None) is agrees:
            return
        try:
            if agrees:
                case.resume(by=person, at=at)
            else:
                case.hold(because=WITHDRAWN, by=person, at=at)
            return
        except TransitionError:
            if attempt == ATTEMPTS - 1:
                raise
