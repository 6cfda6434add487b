"""What must hold of cases, decisions, evidence and erasures at every moment (portal/invariants.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_noop

from accounts.models import Claim, Decision, Erasure, Evidence, Submission, User, Verification, VerificationEvent
from portal import keys
from portal.invariants import STUCK, illegal_moves, last_of, register, twice
from portal.models import Notice, PersonKey, RecordEntry

LATE = timedelta(hours=1)
DECIDED = {outcome: f"verification.{outcome.lower()}" for outcome in Decision.Outcome.values}


def register_own() -> None:
    """Called once when the app is ready."""
    register("Q01", gettext_noop("同一次提交有两个决定"), _decided_twice)
    register("Q02", gettext_noop("案件状态与其经过不符"), _other_than_history)
    register("Q03", gettext_noop("案件的经过有缺口"), _hole_in_history)
    register("Q04", gettext_noop("状态变化不在允许之列"), lambda at: illegal_moves(VerificationEvent, Verification))
    register("Q05", gettext_noop("一人有两件待审案件或两份草稿"), _two_open)
    register("Q08", gettext_noop("状态变化没有通知本人"), _without_notice)
    register("Q12", gettext_noop("状态已变，仍发出旧通知"), _told_of_the_past)
    register("Q13", gettext_noop("已通过，却没有批准它的决定"), _approved_without_decision)
    register("Q14", gettext_noop("决定由本人或无权之人作出"), _unauthorised)
    register("Q15", gettext_noop("决定没有记录条目"), _without_entry)
    register("Q16", gettext_noop("资质文件没有校验值"), _without_proof)
    register("Q18", gettext_noop("认证已过期一小时，仍是已通过"), _expired_but_approved)
    register("Q19", gettext_noop("两人同时持有一件案件"), _held_by_two)
    register("Q20", gettext_noop("已注销的人仍可读"), _erased_but_readable)
    register("Q23", gettext_noop("密钥的销毁没有记录条目"), _destroyed_unsaid)


def _decided_twice(at: datetime) -> Iterable[Any]:
    return twice(Decision.objects.all(), "submission")


def _other_than_history(at: datetime) -> Iterable[Any]:
    same = VerificationEvent.objects.filter(subject=OuterRef("pk"), seq=OuterRef("version"), new=OuterRef("status"))
    return Verification.objects.exclude(Exists(same))


def _hole_in_history(at: datetime) -> Iterable[Any]:
    return last_of(VerificationEvent.objects.all()).exclude(n=F("last"), last=F("subject__version"))


def _two_open(at: datetime) -> Iterator[Any]:
    yield from twice(Verification.objects.filter(status=Verification.Status.PENDING), "owner")
    yield from twice(Submission.objects.drafts(), "owner")


def _without_notice(at: datetime) -> Iterator[Any]:
    """Keys of notices hold the public id as text, which the databases store differently: compared here."""
    known = set(Notice.objects.values_list("event_key", flat=True))
    for submission in Submission.objects.sent().only("public_id").iterator():
        if f"submitted:{submission.public_id}" not in known:
            yield submission
    for decision in Decision.objects.select_related("submission").only("submission__public_id").iterator():
        if f"decided:{decision.submission.public_id}" not in known:
            yield decision
    ended = VerificationEvent.objects.filter(new__in=["REVOKED", "EXPIRED"]).exclude(old=F("new"))
    for event in ended.select_related("subject").iterator():
        if f"{event.new.lower()}:{event.subject.public_id}:{event.seq - 1}" not in known:
            yield event


def _told_of_the_past(at: datetime) -> Iterator[Any]:
    """A reminder of the coming end that left long after the approval had ended otherwise."""
    moved = {
        (str(public_id), seq): when
        for public_id, seq, when in VerificationEvent.objects.filter(old="APPROVED")
        .exclude(new="APPROVED")
        .values_list("subject__public_id", "seq", "at")
    }
    for notice in Notice.objects.filter(event_key__startswith="reminder:", state="SENT").iterator():
        _word, case, version, _days = notice.event_key.split(":")
        ended = moved.get((case, int(version) + 1))
        if ended and notice.sent_at and notice.sent_at > ended + STUCK:
            yield notice


def _approved_without_decision(at: datetime) -> Iterable[Any]:
    approval = Decision.objects.filter(
        submission=OuterRef("current"), outcome=Decision.Outcome.APPROVED, approved_until=OuterRef("approved_until")
    )
    return Verification.objects.filter(status=Verification.Status.APPROVED).exclude(Exists(approval))


def _unauthorised(at: datetime) -> Iterable[Any]:
    """By the owner, alone where two are needed, without the event that only who may decide can make, or an appeal by
    whoever decided or proposed what it is against."""
    made = VerificationEvent.objects.filter(
        subject=OuterRef("submission__verification"), actor=OuterRef("decided_by"), at=OuterRef("decided_at")
    ).exclude(old=F("new"))
    own = Q(decided_by=F("submission__owner")) | Q(proposed_by=F("submission__owner")) | Q(decided_by=F("proposed_by"))
    before = "submission__previous__decision__"
    again = Q(decided_by=F(f"{before}decided_by")) | Q(decided_by=F(f"{before}proposed_by"))
    return Decision.objects.filter(own | ~Exists(made) | (again & ~Q(submission__appeal="")))


def _without_entry(at: datetime) -> Iterator[Any]:
    """By who decided it, for the reasons it names; entries of before reasons were recorded name none."""
    entries = RecordEntry.objects.filter(kind__in=DECIDED.values()).values_list("kind", "payload", "actor")
    written = {
        (kind, payload.get("submission"), actor): payload.get("reasons") for kind, payload, actor in entries.iterator()
    }
    for decision in Decision.objects.select_related("submission", "decided_by").iterator():
        actor = keys.pseudonym(decision.decided_by)
        key = (DECIDED[decision.outcome], str(decision.submission.public_id), actor)
        codes = [reason.get("code") for reason in decision.reasons]
        if key not in written or written[key] not in (None, codes):
            yield decision


def _destroyed_unsaid(at: datetime) -> Iterator[Any]:
    entries = RecordEntry.objects.filter(kind="evidence.key_destroyed").values_list("subject", flat=True)
    said = set(entries)
    destroyed = PersonKey.objects.filter(purpose=keys.EVIDENCE).exclude(destroyed_at=None).select_related("person")
    for key in destroyed.iterator():
        if f"accounts.user:{key.person.public_id}" not in said:
            yield key


def _without_proof(at: datetime) -> Iterable[Any]:
    return Evidence.objects.filter(Q(sha256="") | Q(size=0) | Q(pages=0))


def _expired_but_approved(at: datetime) -> Iterable[Any]:
    return Verification.objects.filter(status=Verification.Status.APPROVED, approved_until__lt=at - LATE)


def _held_by_two(at: datetime) -> Iterable[Any]:
    return twice(Claim.objects.running(at), "verification")


def _erased_but_readable(at: datetime) -> Iterable[Any]:
    """A key that still opens something, an address that still signs in."""
    key = PersonKey.objects.filter(person=OuterRef("person"), destroyed_at=None)
    named = User.objects.filter(pk=OuterRef("person")).exclude(is_active=False, phone="", display_name="")
    return Erasure.objects.exclude(done_at=None).filter(Exists(key) | Exists(named))
