"""What the machine found, each as a story of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import drafts, sweeping
from accounts.models import Verification
from accounts.retention import destroy_evidence_keys, expire_approvals
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(minutes=5)])
def test_f14_a_file_stored_by_a_slower_clock_than_the_sweeps_is_not_taken_for_lost(
    zone, reviewer, settings, tmp_path, ahead
):
    """The old key ended "after" a renewal's file was stored, by the worker's clock: the file has a key of its own."""
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    case = factories.make_case(factories.make_user())
    factories.approve(case, by=reviewer, ago=timedelta(days=400))
    now = timezone.now()
    expire_approvals(now)
    destroy_evidence_keys(now + ahead)
    draft = drafts.begin_again(Verification.objects.get(pk=case.pk), appeal="")
    factories.make_draft(case.owner)
    with factories.evidence.staged(case.owner, [factories.accepted()], at=now) as rows:
        factories.evidence.keep(draft, rows)
    draft.refresh_from_db()
    drafts.send(draft, at=now)

    sweeping.remove_unreadable(now + timedelta(hours=1))

    assert draft.evidence.get().discarded_at is None
    assert not case.current.evidence.filter(discarded_at=None).exists()  # the old one did go
    factories.approve(Verification.objects.get(pk=case.pk), by=reviewer)
