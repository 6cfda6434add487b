"""What is swept out of the store of evidence: pages without a row, files that must go, drafts nobody touches.

Each job is a query over what is due and may run at any time, any number of times.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts import drafts, evidence
from accounts.models import Decision, Evidence, Submission
from portal import keys, record, sweeps
from portal.models import PersonKey

ORPHAN_AFTER = timedelta(hours=1)
IDENTITY_CARD = "IDENTITY_CARD"  # the reason by which everything sent with the submission is destroyed
AT_ONCE = 500


def register() -> None:
    """Called once when the app is ready."""
    for job in (remove_orphans, destroy_identity_cards, remove_unreadable, forget_stale_drafts):
        sweeps.register(job)


def remove_orphans(at: datetime) -> int:
    """Delete pages older than an hour that no row knows: their process died between the file and the row."""
    before = time.time() - ORPHAN_AFTER.total_seconds()  # by the disk's clock, as the files are
    old = [(path, public_id) for path, public_id in evidence.stored_ids() if _modified(path) < before]
    count = 0
    for start in range(0, len(old), AT_ONCE):
        part = old[start : start + AT_ONCE]
        rows = Evidence.objects.filter(public_id__in={public_id for _path, public_id in part if public_id})
        known = set(rows.filter(discarded_at=None).values_list("public_id", flat=True))
        for path, public_id in part:
            if public_id not in known:
                path.unlink(missing_ok=True)
                count += 1
    return count


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # removed by somebody else between the listing and this look
        return time.time()


def destroy_identity_cards(at: datetime) -> int:
    """Destroy everything sent with a submission that was sent back for an identity card."""
    held = Evidence.objects.filter(submissions=OuterRef("submission"), discarded_at=None)
    decisions = Decision.objects.exclude(outcome=Decision.Outcome.APPROVED).filter(Exists(held))
    due = [row for row in decisions.select_related("submission") if has_identity_card(row)]
    for decision in due:
        destroy_all_of(decision.submission, at=at)
    return len(due)


def has_identity_card(decision: Decision) -> bool:
    """Whether the decision names the reason."""
    return any(reason["code"] == IDENTITY_CARD for reason in decision.reasons)


@transaction.atomic
def destroy_all_of(submission: Submission, *, at: datetime) -> None:
    """Destroy the submission's files, and record that it was done."""
    rows = list(submission.evidence.filter(discarded_at=None))
    if rows:
        evidence.destroy(rows, at=at)
        subject = f"accounts.submission:{submission.public_id}"
        payload = {"because": IDENTITY_CARD, "files": [str(row.public_id) for row in rows]}
        record.append("evidence.destroyed", actor=None, subject=subject, payload=payload, at=at)


def remove_unreadable(at: datetime) -> int:
    """Delete what nobody can read any more: pages whose key was destroyed, and the files' names with them."""
    ended = PersonKey.objects.filter(
        person_id=OuterRef("owner_id"), purpose=keys.EVIDENCE, destroyed_at__gte=OuterRef("stored_at")
    )
    due = Evidence.objects.filter(Exists(ended), discarded_at=None).select_related("owner").order_by("pk")
    rows = list(islice((row for row in due.iterator() if evidence.is_lost(row)), AT_ONCE))
    if rows:
        with transaction.atomic():
            Evidence.objects.filter(pk__in=[row.pk for row in rows]).update(name="")
            evidence.destroy(rows, at=at)
    return len(rows)


def forget_stale_drafts(at: datetime) -> int:
    """Delete drafts nobody touched for 30 days, with the files that only they hold."""
    due = list(drafts.stale(at))
    for draft in due:
        with transaction.atomic():
            held = Submission.objects.drafts().select_for_update().filter(pk=draft.pk).first()
            if held is None:
                continue
            files = list(held.evidence.all())
            held.answers.all().delete()
            held.delete()
            evidence.destroy([row for row in files if not row.submissions.exists()], at=at)
    return len(due)
