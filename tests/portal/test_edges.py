"""A state that no edge leads to is not stored, whatever the code does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Verification
from articles.models import Revision
from portal import edges
from strategy.models import RuleSetVersion

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_every_workflow_is_held(zone):
    assert {Verification, Revision, RuleSetVersion} <= set(edges.moving_models())


def test_a_refused_case_is_not_approved_without_coming_back(rejected_person, reviewer2):
    """Every column fits an approval, as the constraints ask: the edge alone is missing."""
    until = NOW + timedelta(days=365)
    rows = Verification.objects.filter(owner=rejected_person)

    with pytest.raises(IntegrityError, match="no such move"), transaction.atomic():
        rows.update(status="APPROVED", approved_until=until, decided_at=NOW, decided_by=reviewer2)
    assert rows.get().status == "REJECTED"


def test_an_ended_approval_does_not_come_alive(doctor, lead):
    doctor.verification.revoke(by=lead, reason="注册已被注销。", at=NOW)
    rows = Verification.objects.filter(owner=doctor)

    for status in ("APPROVED", "EXPIRED"):
        with pytest.raises(IntegrityError, match="no such move"), transaction.atomic():
            rows.update(status=status)


def test_what_is_no_move_and_what_is_an_edge_stand(doctor):
    edges.install(connection)
    edges.install(connection, only="accounts")
    rows = Verification.objects.filter(owner=doctor)

    assert rows.update(reminded=30) == 1
    assert rows.update(status="EXPIRED") == 1
