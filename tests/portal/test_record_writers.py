"""Sixteen processes append and two seal at the same time, each on connections of its own: nothing is lost or moved."""

from __future__ import annotations

import multiprocessing
import os
from datetime import UTC, datetime

import pytest
from django.db import Error, connections, transaction

from portal import record, seals, verifying
from portal.models import Leaf, RecordEntry, Seal

AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
WRITERS, EACH, SEALERS = 16, 12, 2


def write(number, start):
    """Append EACH entries, every third in a transaction that is rolled back; leave as the kernel does."""
    connections.close_all()
    start.wait(30)
    for n in range(EACH):
        with transaction.atomic():
            record.append("test.write", actor=None, subject=f"w:{number}", payload={"n": n}, at=AT)
            transaction.set_rollback(n % 3 == 2)
    connections.close_all()
    os._exit(0)


def keep_sealing(start, stop):
    connections.close_all()
    start.wait(30)
    while not stop.is_set():
        try:
            seals.seal(AT)
        except Error:  # the lock of the other sealer, at most
            connections.close_all()
    connections.close_all()
    os._exit(0)


@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_and_two_sealers_lose_and_reorder_nothing(settings, tmp_path):
    settings.RECORD_HEADS = tmp_path / "heads.jsonl"
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    start, stop = fork.Barrier(WRITERS + SEALERS), fork.Event()
    writers = [fork.Process(target=write, args=[number, start]) for number in range(WRITERS)]
    sealers = [fork.Process(target=keep_sealing, args=[start, stop]) for _number in range(SEALERS)]
    for process in (*writers, *sealers):
        process.start()
    for process in writers:
        process.join(120)
    stop.set()
    for process in sealers:
        process.join(30)
    assert [process.exitcode for process in (*writers, *sealers)] == [0] * (WRITERS + SEALERS)
    seals.seal_everything(AT.replace(minute=0))

    kept = [n for n in range(EACH) if n % 3 != 2]
    for number in range(WRITERS):
        own = RecordEntry.objects.filter(subject=f"w:{number}").order_by("seq")
        assert [entry.payload["n"] for entry in own] == kept
        places = dict(Leaf.objects.values_list("entry_seq", "position"))
        order = [places[entry.seq] for entry in own]
        assert order == sorted(order)  # what one writer wrote first stands first
    assert Leaf.objects.count() == WRITERS * len(kept)
    assert Seal.objects.count() > 1
    assert verifying.examine().bad is None
