"""After a key was destroyed: make the database's own files let go of the bytes it held.

SQLite overwrites freed content (secure_delete); what is left is the write-ahead log, which is emptied. PostgreSQL keeps
dead rows, and their bytes in the pages even after VACUUM, so the table of keys (one small row a person) is written
anew. Neither can run inside a transaction: the rows say when it was done, and the sweep comes back until it was.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime

from django.db import OperationalError, connection

from portal.models import PersonKey

log = logging.getLogger(__name__)

PATIENCE = 2.0  # seconds a purge waits for transactions that began before the destruction; the next sweep tries again


def purge(at: datetime) -> int:
    """Let go of what destroyed keys left in the database's files; return of how many, 0 when it must wait."""
    due = list(PersonKey.objects.filter(destroyed_at__isnull=False, purged_at=None).values_list("pk", flat=True))
    if not due or connection.in_atomic_block:
        return 0
    if not (_rewrite_table() if connection.vendor == "postgresql" else _empty_log()):
        log.warning("the bytes of %d destroyed keys are still in the database's files; tried again next time", len(due))
        return 0
    return PersonKey.objects.filter(pk__in=due, purged_at=None).update(purged_at=at)


def _empty_log() -> bool:
    """SQLite: copy the log into the database and cut it to nothing; impossible while somebody reads an old page."""
    with connection.cursor() as cursor:
        if not cursor.execute("PRAGMA secure_delete").fetchone()[0]:
            return False
        return cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0


# Whether somebody may still see the old row of a destroyed key, so that a rewrite would carry it over. The rewrite's
# own snapshot reaches back to the oldest writer of the whole server; others count where they see this database.
SOMEBODY_LOOKS_BACK = """
SELECT EXISTS (
    SELECT 1 FROM (
        SELECT backend_xid FROM pg_stat_activity WHERE pid <> pg_backend_pid()
        UNION ALL SELECT backend_xmin FROM pg_stat_activity
            WHERE pid <> pg_backend_pid() AND coalesce(datname, current_database()) = current_database()
        UNION ALL SELECT transaction FROM pg_prepared_xacts
        UNION ALL SELECT xmin FROM pg_replication_slots
    ) AS looking (back)
    WHERE age(back) >= (SELECT min(age(xmin)) FROM {table} WHERE destroyed_at IS NOT NULL AND purged_at IS NULL)
)"""


def _nobody_looks_back(table: str) -> bool:
    """Wait `PATIENCE` seconds for them to end; once nobody does, nobody can begin to."""
    until = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while True:
            cursor.execute(SOMEBODY_LOOKS_BACK.format(table=connection.ops.quote_name(table)))
            if not cursor.fetchone()[0]:
                return True
            if time.monotonic() >= until:
                return False
            time.sleep(0.05)


def _rewrite_table() -> bool:
    """PostgreSQL: a new file for the table; a role that does not own it gets a warning and the old one."""
    table = PersonKey._meta.db_table
    if not _nobody_looks_back(table):
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_filenode(%s)", [table])
        before = cursor.fetchone()
        try:
            cursor.execute(f"VACUUM FULL {connection.ops.quote_name(table)}")
        except OperationalError:  # somebody reads the table for longer than we wait for a lock
            return False
        cursor.execute("SELECT pg_relation_filenode(%s)", [table])
        return bool(cursor.fetchone() != before)
