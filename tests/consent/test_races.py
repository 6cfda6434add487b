"""Two presses at the same moment, each in its own connection: one answer, one entry, no deadlock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from consent.actions import answer, withdraw
from consent.models import AgreementVersion, ConsentRecord
from consent.texts import shown_text
from portal.models import RecordEntry

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4


def together(act):
    """Do it AT_ONCE times at the same moment; return what each gave."""
    start = Barrier(AT_ONCE)

    def one(_number):
        try:
            start.wait(timeout=10)
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_four_clicks_on_agree_are_one_consent_and_four_on_withdraw_one_withdrawal(pending_person, zone):
    withdraw(ConsentRecord.objects.get(person=pending_person, kind="AGREEMENT"), at=timezone.now(), form="tests")
    version = AgreementVersion.objects.current("AGREEMENT", zone)
    text, before = shown_text(version), RecordEntry.objects.filter(kind="consent.given").count()

    given = together(
        lambda: (
            answer(
                person=pending_person, version=version, answer="GIVEN", text=text, form="tests", at=timezone.now()
            ).pk
        )
    )
    row = ConsentRecord.objects.get(pk=given[0])
    taken = together(lambda: withdraw(row, at=timezone.now(), form="tests"))

    assert len(set(given)) == 1
    assert RecordEntry.objects.filter(kind="consent.given").count() == before + 1
    assert sum(done is not None for done in taken) == 1
