"""What 我的 shows of a person: their case with its dates, their evidence's key, their consents, who looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import EvidenceView, Verification
from accounts.readings import licence_readings
from consent import actions
from consent.gate import Step, standing
from consent.models import ConsentRecord
from consent.receipts import standing_of
from portal import keys
from portal.models import PersonKey, Zone
from portal.purposes import LABELS

MOST_VIEWS = 1000  # lines looked through; a page shows VIEWS_A_PAGE of them
VIEWS_A_PAGE, CONSENTS_SHOWN = 10, 6  # further consents are folded
STEPS: dict[str, Any] = {
    Step.OPEN: _("已开放"),
    Step.DECLINED: _("未进入"),
    Step.AGREEMENT: _("等您阅读协议"),
    Step.INFORMED_CONSENT: _("等您选择是否参加调研"),
    Step.PROFILE: _("等您完善信息"),
    Step.SURVEY: _("等您回答调研"),
    Step.EVIDENCE: _("等您上传资质"),
    Step.PENDING: _("正在审核"),
    Step.REJECTED: _("审核未通过，等您处理"),
    Step.EXPIRED: _("认证已过期"),
    Step.REVOKED: _("认证已撤销"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A zone and where the person stands with it."""

    zone: Zone
    step: str
    words: str | Promise


@dataclass(frozen=True, slots=True)
class Case:
    """The person's case and how it stands now: an approval past its date is expired whatever is stored."""

    row: Verification
    status: str
    label: str
    renew_from: datetime | None


@dataclass(frozen=True, slots=True)
class KeyState:
    """Until when the evidence can be opened: destroyed_at, or due_at where the day is known, or neither."""

    destroyed_at: datetime | None
    due_at: datetime | None


def places(person: Any) -> list[Place]:
    """Return the open zones and the person's standing with each."""
    steps = [(zone, standing(person, zone)) for zone in Zone.objects.listed()]
    return [Place(zone, step.value, STEPS.get(step, "")) for zone, step in steps]


def case_of(person: Any, *, at: datetime | None = None) -> Case | None:
    """Return the person's case; None where nothing was sent yet."""
    row = Verification.objects.owned_by(person).first()
    if row is None:
        return None
    now, status = at or timezone.now(), Verification.Status(row.status)
    if status == Verification.Status.APPROVED and row.approved_until and row.approved_until <= now:
        status = Verification.Status.EXPIRED
    ahead = timedelta(days=30)
    is_near = status == Verification.Status.APPROVED and row.approved_until and row.approved_until - now <= ahead
    return Case(row, status.value, str(status.label), row.approved_until if is_near else None)


def key_of(person: Any, case: Case | None) -> KeyState | None:
    """Return how long the person's evidence can still be opened; None where there is none."""
    rows = PersonKey.objects.filter(person_id=person.pk, purpose=keys.EVIDENCE)
    newest = rows.order_by("-pk").first()
    if newest is None:
        return None
    if newest.destroyed_at is not None:
        return KeyState(newest.destroyed_at, None)
    return KeyState(None, _due(case.row) if case else None)


def _due(case: Verification) -> datetime | None:
    after = timedelta(days=settings.EVIDENCE_KEY_DAYS)
    if case.status == Verification.Status.PENDING:
        return case.held_since + after if case.held_since else None
    if case.decided_at is None:
        return None
    if case.status == Verification.Status.REJECTED:
        return case.decided_at + after + timedelta(days=settings.APPEAL_DAYS) if case.is_final else None
    return case.decided_at + after


def consents(person: Any) -> list[dict[str, Any]]:
    """Return the last answer to each document, each with what may be done about it; the zones' documents first."""
    rows = actions.standing_answers(person)
    return [{"row": row, **standing_of(row)} for row in sorted(rows, key=_zones_first)]


def _zones_first(row: ConsentRecord) -> tuple[bool, int, str]:
    return row.zone_id is None, row.zone_id or 0, row.kind


def evidence_views(person: Any) -> list[dict[str, Any]]:
    """Return who looked at the person's files or licence number, newest first, with the time and why.

    Files: one line a day, person and purpose, with the last time; the licence number: one line a hold.
    """
    found = EvidenceView.objects.filter(evidence__owner_id=person.pk).exclude(viewer_id=person.pk)
    days = found.values("evidence__name", "purpose", "viewer__display_name", "viewer_id", "viewed_at__date")
    lines = days.annotate(last=Max("viewed_at"), pages=Count("page", distinct=True)).order_by("-last")[:MOST_VIEWS]
    numbers: list[dict[str, Any]] = [
        {
            "last": at,
            "viewer_id": reader.pk,
            "viewer__display_name": reader.display_name,
            "evidence__name": _("执业证书编码"),
            "purpose": purpose,
        }
        for at, reader, purpose in licence_readings(person)
    ]
    newest = sorted([*map(dict, lines), *numbers], key=lambda line: line["last"], reverse=True)[:MOST_VIEWS]
    return [{**line, "why": LABELS.get(line["purpose"], line["purpose"])} for line in newest]


def sessions_open(person: Any) -> int:
    """Return in how many browsers the person is signed in."""
    return UserSession.objects.filter(user_id=person.pk).count()
