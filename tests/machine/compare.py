"""Whether the database is what the model says, and what time does to the model."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import mail

from accounts import drafts
from accounts.models import Claim, Decision, Erasure, Submission, Verification, VerificationEvent
from consent.gate import standing
from portal.invariants import broken
from portal.models import Notice, PersonKey
from tests.machine.model import Person
from tests.machine.world import World

CASE_NOTICES = ("submitted", "decided", "revoked", "expired", "reminder")


def same(person: Person, world: World, who: int, required: int) -> None:
    """Compare one person's case, draft, notices and standing."""
    user = world.person(who)
    case = world.case(who)
    assert stored(case, world.now) == wanted(person, world.now)
    draft = drafts.draft_of(user)
    assert (draft is None) is (person.draft is None)
    if draft is not None and person.draft is not None:
        seen = (draft.evidence.count(), draft.is_profile_complete, bool(draft.appeal))
        assert seen == (person.draft.files, person.draft.profile, person.draft.appeal)
    keys = Notice.objects.filter(person=user).order_by("pk").values_list("event_key", flat=True)
    assert [key.partition(":")[0] for key in keys if key.startswith(CASE_NOTICES)] == person.told
    assert str(standing(user, world.zone, at=world.now)) == person.step(required, world.now)


def stored(case: Verification | None, now: datetime) -> dict[str, Any]:
    """What the database knows of a case."""
    if case is None:
        return {}
    claim = Claim.objects.running(now).filter(verification=case).values_list("reviewer_id", "until").first()
    proposal = case.proposal
    return {
        "status": case.status,
        "version": case.version,
        "final": case.is_final,
        "held": case.held_since is not None,
        "until": case.approved_until,
        "reminded": case.reminded,
        "decisions": Decision.objects.filter(submission__verification=case).count(),
        "sent": case.submissions.count(),
        "claim": claim and claim[1],
        "proposal": proposal and proposal.outcome,
    }


def wanted(person: Person, now: datetime) -> dict[str, Any]:
    """The same, as the model has it."""
    if not person.status:
        return {}
    return {
        "status": person.status,
        "version": person.version,
        "final": person.final,
        "held": person.held,
        "until": person.until,
        "reminded": person.reminded,
        "decisions": person.decisions,
        "sent": person.sent,
        "claim": person.claim[1] if person.claim and person.holder(now) is not None else None,
        "proposal": person.proposal[0] if person.proposal else None,
    }


def pass_time(person: Person, now: datetime) -> None:
    """What the periodic work does to one person."""
    if person.status == "APPROVED" and person.until and person.until <= now:
        person.expire()
    _remind(person, now)
    if person.decided_at and person.draft is None and _closed_for_long(person, now):
        person.lose_keys()
    if person.held and person.draft is None and _held_for_long(person, now):
        person.spoilt = person.spoilt or person.files_left > 0
        person.lose_keys()
    if person.erasure_due and person.erasure_due <= now and not person.erased:
        person.erased = True
        person.lose_keys()
        if person.draft is not None:
            person.draft.appeal = False


def _remind(person: Person, now: datetime) -> None:
    if person.status != "APPROVED" or not person.active or person.until is None:
        return
    left = person.until - now
    days = 7 if left <= timedelta(days=7) else 30
    if left <= timedelta(days=days) and (person.reminded is None or person.reminded > days):
        person.reminded = days
        person.told.append("reminder")


def _held_for_long(person: Person, now: datetime) -> bool:
    return person.held_since is not None and person.held_since <= now - timedelta(days=settings.EVIDENCE_KEY_DAYS)


def _closed_for_long(person: Person, now: datetime) -> bool:
    if person.decided_at is None or (person.status == "REJECTED" and not person.final):
        return False
    appeal = settings.APPEAL_DAYS if person.status == "REJECTED" else 0
    return person.decided_at <= now - timedelta(days=settings.EVIDENCE_KEY_DAYS + appeal)


def delivered(times: int) -> None:
    """Every notice was sent as often as its senders lived to the end: once."""
    if times:
        assert not Notice.objects.filter(state="NEW").exists() or Notice.objects.filter(state="SENT").count() >= 50
    numbers = [message.extra_headers["X-Notice"] for message in mail.outbox if "X-Notice" in message.extra_headers]
    assert len(numbers) == len(set(numbers))


def nothing_broken(world: World, *, was_swept: bool) -> None:
    """What must hold of all rows at once, whatever the model thinks: the portal's own invariants (Q01 to Q20).

    Left out: Q09 and Q12, which compare the time of sending, and that is today's, not the machine's. Q18 promises the
    expiry to be stored within an hour by the sweep: it is asked after a sweep.
    """
    without = {"Q09", "Q12"} if was_swept else {"Q09", "Q12", "Q18"}
    assert broken(world.now, without=without) == []
    undecided = Submission.objects.sent().filter(decision=None)
    assert not undecided.exclude(pk__in=Verification.objects.values("current")).exists()


def what_happened() -> Counter[str]:
    """Count the events of this run by kind, the edges that were taken, and the notices by what they tell."""
    found: Counter[str] = Counter()
    for kind, old, new in VerificationEvent.objects.values_list("kind", "old", "new"):
        found[kind] += 1
        found[f"{old}→{new}"] += 1
    for key in Notice.objects.filter(event_key__startswith="reminder:").values_list("event_key", flat=True):
        found[f"reminder {key.rpartition(':')[2]}"] += 1
    found["erased"] += Erasure.objects.exclude(done_at=None).count()
    found["keys destroyed"] += PersonKey.objects.exclude(destroyed_at=None).count()
    return found
