"""The draft: one attempt being prepared. Begun at the profile, or anew after a refusal, an expiry, a revocation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from accounts import answers
from accounts.models import Decision, Evidence, Submission, User, Verification
from portal import keys
from portal.models import PersonKey
from portal.workflow import TransitionError

FORGOTTEN_AFTER = timedelta(days=30)  # a draft nobody touched
EVIDENCE = "evidence"  # what a reason concerns when it is not a question


class Incomplete(Exception):
    """The draft cannot be sent yet; `lacking` is "profile" or "evidence"."""

    def __init__(self, lacking: str) -> None:
        super().__init__(lacking)
        self.lacking = lacking


def draft_of(person: Any) -> Submission | None:
    """Return the person's draft, if there is one."""
    drafts = Submission.objects.drafts().filter(owner_id=person.pk)
    return drafts.select_related("owner", "question_set", "previous__decision").first()


def begin(person: User) -> Submission:
    """Return the draft of somebody who has sent nothing yet, making it when missing. Two tabs get the same one."""
    return draft_of(person) or Submission.objects.get_or_create(owner=person, sent_at=None)[0]


@transaction.atomic
def begin_again(case: Verification, *, appeal: str) -> Submission:
    """Return the draft of the case's next attempt, with everything that can be kept; `appeal` is stored in it."""
    person, last = case.owner, case.current
    draft, is_new = Submission.objects.get_or_create(owner=person, sent_at=None, defaults={"previous": last})
    changes: dict[str, Any] = {"previous": last} | ({"appeal": appeal} if appeal else {})
    if is_new:
        is_whole = answers.copy_answers(last, draft)
        changes |= {
            "question_set": last.question_set,
            "profession": last.profession,
            "is_profile_complete": is_whole,
            "licence_index": last.licence_index if is_whole else "",
        }
        draft.evidence.set(readable(last.evidence.all(), person))
    Submission.objects.drafts().filter(pk=draft.pk).update(**changes)
    draft.refresh_from_db()
    return draft


def appeal_until(case: Verification) -> datetime | None:
    """Return until when a final refusal can be appealed; None when the case is not refused for good."""
    if case.status != Verification.Status.REJECTED or not case.is_final or case.decided_at is None:
        return None
    return case.decided_at + timedelta(days=settings.APPEAL_DAYS)


def readable(files: Any, person: User) -> list[Evidence]:
    """Return those of the files that still can be opened."""
    ends = PersonKey.objects.filter(person=person, purpose=keys.EVIDENCE, destroyed_at__isnull=False)
    last_end = ends.aggregate(last=Max("destroyed_at"))["last"]
    kept = files.filter(discarded_at=None).order_by("pk")
    return list(kept if last_end is None else kept.filter(stored_at__gt=last_end))


def send(draft: Submission, *, at: datetime) -> Verification:
    """Send the draft. Incomplete says what is missing; TransitionError that the case moved meanwhile."""
    if not draft.is_profile_complete:
        raise Incomplete("profile")
    if not draft.evidence.exists():
        raise Incomplete(EVIDENCE)
    with transaction.atomic():
        _store_expiry(draft.owner, at)
        case = Verification.submit(draft, at=at)
        if not draft.evidence.exists():  # the last file was taken out in another tab before the draft froze
            raise Incomplete(EVIDENCE)
        return case


def _store_expiry(person: User, at: datetime) -> None:
    """An approval past its date is judged expired before the sweep has stored it; a renewal stores it first."""
    case = Verification.objects.owned_by(person).filter(status="APPROVED", approved_until__lte=at).first()
    if case is not None:
        try:
            case.expire(at=at)
        except TransitionError:  # the sweep, or a revocation, was faster: submit judges what stands
            return


def complaints(draft: Submission | None) -> dict[str, list[dict[str, Any]]]:
    """Return why the last attempt was sent back, by what it concerns ("" for the whole)."""
    previous = draft.previous if draft else None
    decision: Decision | None = getattr(previous, "decision", None) if previous else None
    found: dict[str, list[dict[str, Any]]] = {}
    for reason in decision.reasons if decision else ():
        found.setdefault(reason["concerns"], []).append(reason)
    return found


def stale(at: datetime) -> Any:
    """Return drafts nobody touched for FORGOTTEN_AFTER."""
    since = at - FORGOTTEN_AFTER
    touched = Q(answers__answered_at__gt=since) | Q(evidence__stored_at__gt=since)
    recent = Submission.objects.drafts().filter(touched).values("pk")
    return Submission.objects.drafts().filter(started_at__lte=since).exclude(pk__in=recent)
