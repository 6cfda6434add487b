"""What time does to people's data: approvals expire, evidence keys are destroyed, erasures fall due.

Each job is a query over what is due and may run at any time, any number of times.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import erasing, evidence, sweeping
from accounts.models import Erasure, Submission, User, Verification
from portal import keys, purging, record, sweeps
from portal.models import KeptFilter, PersonKey
from portal.workflow import TransitionError

HOLD = timedelta(days=30)


def register() -> None:
    """Called once when the app is ready."""
    sweeps.register(expire_approvals)
    sweeps.register(destroy_evidence_keys)
    sweeps.register(carry_out_erasures)
    sweeps.register(forget_sign_ins)
    sweeping.register()
    sweeps.register(purging.purge)  # last: what was destroyed above leaves the database's files too


def expire_approvals(at: datetime) -> int:
    """Store the expiry that every request already judges by the date."""
    count = 0
    for case in Verification.objects.filter(status=Verification.Status.APPROVED, approved_until__lte=at):
        try:
            case.expire(at=at)
        except TransitionError:
            continue  # another sweep, or a revocation, was faster
        count += 1
    return count


def due_for_destruction(at: datetime) -> QuerySet[User]:
    """People whose case has been closed for EVIDENCE_KEY_DAYS and who still have an evidence key.

    Closed: approved (whatever came after), or refused for good once the APPEAL_DAYS for an appeal have run out. A
    refusal that can be mended closes nothing; neither does a case whose next attempt has been begun. A waiting case
    that is held so long, because its person withdrew their agreement, is treated as closed.
    """
    after = timedelta(days=settings.EVIDENCE_KEY_DAYS)
    closed = Verification.objects.filter(
        Q(status__in=["APPROVED", "EXPIRED", "REVOKED"], decided_at__lte=at - after)
        | Q(status="REJECTED", is_final=True, decided_at__lte=at - after - timedelta(days=settings.APPEAL_DAYS))
        | Q(status="PENDING", held_since__lte=at - after),
        owner_id=OuterRef("pk"),
    )
    with_key = PersonKey.objects.filter(person_id=OuterRef("pk"), purpose=keys.EVIDENCE, destroyed_at=None)
    begun = Submission.objects.drafts().filter(owner_id=OuterRef("pk"))
    return User.objects.filter(Exists(closed), Exists(with_key)).exclude(Exists(begun)).order_by("pk")


def destroy_evidence_keys(at: datetime) -> int:
    """Destroy the evidence keys that are due, each with its record entry; return of how many people."""
    return sum(destroy_key_of(person, because="closed", at=at) for person in due_for_destruction(at))


@transaction.atomic
def destroy_key_of(person: User, *, because: str, at: datetime) -> bool:
    """Destroy the person's evidence key and say so in the record; False when there is none in force."""
    if because == "closed" and not due_for_destruction(at).filter(pk=person.pk).exists():
        return False  # a new attempt was begun meanwhile
    if not keys.destroy(person, purpose=keys.EVIDENCE, at=at):
        return False
    subject, payload = f"accounts.user:{person.public_id}", {"because": because}
    record.append("evidence.key_destroyed", actor=None, subject=subject, payload=payload, at=at)
    return True


@transaction.atomic
def ask_erasure(person: User, *, at: datetime) -> Erasure:
    """Close the account at once and erase it after the hold. The same wish twice is one wish."""
    erasure, is_new = Erasure.objects.get_or_create(
        person=person, done_at=None, defaults={"asked_at": at, "due_at": at + HOLD}
    )
    if is_new:
        User.objects.filter(pk=person.pk).update(is_active=False)
        record.append(
            "person.erasure_asked",
            actor=person,
            subject=f"accounts.user:{person.public_id}",
            payload={"due": erasure.due_at.isoformat()},
            at=at,
        )
        erasing.end_sessions(person)
        erasing.tell(erasure, at=at)
    return erasure


def carry_out_erasures(at: datetime) -> int:
    """Anonymise people whose hold is over: keys destroyed, addresses and answers gone, proof rows kept."""
    due = list(Erasure.objects.filter(done_at=None, due_at__lte=at).select_related("person"))
    for erasure in due:
        _erase(erasure, at)
    return len(due)


def forget_sign_ins(at: datetime) -> int:
    """Delete what was kept of sign-ins (address, browser) once their sessions have run out."""
    ended = at - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    count, _details = UserSession.objects.filter(created_at__lt=ended).delete()
    return count


@transaction.atomic
def _erase(erasure: Erasure, at: datetime) -> None:
    if not Erasure.objects.filter(pk=erasure.pk, done_at=None).update(done_at=at):
        return
    person = erasure.person
    destroy_key_of(person, because="erasure", at=at)
    keys.destroy(person, purpose=keys.IDENTITY, at=at)
    person.answers.update(value=None, sealed=None)
    person.submissions.update(licence_index="", appeal="")
    evidence.destroy(list(person.evidence.filter(discarded_at=None)), at=at)
    person.evidence.update(name="")
    for notice in person.notices.all():  # the address is part of the row's uniqueness
        person.notices.filter(pk=notice.pk).update(address=f"#{notice.pk}", subject="", text="", error="")
    person.emailaddress_set.all().delete()  # type: ignore[attr-defined]  # allauth's reverse relation
    Authenticator.objects.filter(user=person).delete()
    UserSession.objects.filter(user=person).delete()
    KeptFilter.objects.of(person).delete()
    erasing.forget(person)
    person.set_unusable_password()
    User.objects.filter(pk=person.pk).update(
        email=f"erased-{person.public_id.hex}@invalid",
        phone="",
        phone_verified=False,
        display_name="",
        display_title="",
        password=person.password,
        is_active=False,
        last_login=None,
    )
    record.append("person.erased", actor=None, subject=f"accounts.user:{person.public_id}", payload={}, at=at)
