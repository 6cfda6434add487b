"""What must hold of consents at every moment (portal/invariants.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, Min, OuterRef
from django.utils.translation import gettext_noop

from accounts.models import Submission
from consent import receipts
from consent.models import Agreement, ConsentRecord
from portal.invariants import register
from portal.models import RecordEntry

RECORDED = [f"consent.{answer.lower()}" for answer in ConsentRecord.Answer.values]


def register_own() -> None:
    """Called once when the app is ready."""
    register("Q07", gettext_noop("提交时没有同意认证协议"), _sent_without_consent)
    register("Q21", gettext_noop("同意记录与封存的条目不符，或缺了一方"), _other_than_recorded)


def _sent_without_consent(at: datetime) -> Iterable[Any]:
    given = ConsentRecord.objects.filter(
        person=OuterRef("owner"),
        kind=Agreement.Kind.AGREEMENT,
        answer=ConsentRecord.Answer.GIVEN,
        at__lte=OuterRef("sent_at"),
    )
    return Submission.objects.sent().exclude(Exists(given))


def _other_than_recorded(at: datetime) -> Iterator[Any]:
    """A consent without its entry, or other than it says; an entry whose consent is gone.

    Only rows older than the first one with an entry may have none.
    """
    first = ConsentRecord.objects.exclude(entry=None).aggregate(Min("pk"))["pk__min"]
    found = set()
    for row in ConsentRecord.objects.select_related("entry", "person", "version").order_by("pk").iterator(500):
        found.add(str(row.public_id))
        is_older = row.entry_id is None and (first is None or row.pk < first)
        if not is_older and not receipts.is_as_recorded(row):
            yield row
    for entry in RecordEntry.objects.filter(kind__in=RECORDED).iterator(500):
        named = entry.payload.get("receipt")
        if named is not None and named not in found:
            yield entry
