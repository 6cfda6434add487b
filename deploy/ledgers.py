"""Two lists kept apart from the backup of an SQLite database: person keys and erasures. Standard library only.

    ledgers.py take DATABASE KEYS.csv ERASURES.csv    write both, and remove the keys from this copy of the database
    ledgers.py bring DATABASE KEYS.csv                put the keys back, of people whom the database knows

The columns and their form (hexadecimal with a leading backslash and x for bytes) are those of psql, which does the same
for PostgreSQL in backup.sh and restore.sh.
"""

from __future__ import annotations

import csv
import sqlite3
import sys
from contextlib import closing

KEYS = ["public_id", "person_id", "purpose", "master_id", "wrapped", "created_at", "destroyed_at", "purged_at"]
ERASURES = (
    "SELECT u.public_id, e.asked_at, e.due_at, e.done_at"
    " FROM accounts_erasure e JOIN accounts_user u ON u.id = e.person_id"
)


def take(database: sqlite3.Connection, keys: str, erasures: str) -> None:
    """Write the lists; the file of the database is written anew, so that no freed page holds a key."""
    names = _columns(database)
    if names:
        _write(keys, names, database.execute(f"SELECT {', '.join(names)} FROM portal_personkey ORDER BY id"))
        _write(erasures, ["public_id", "asked_at", "due_at", "done_at"], database.execute(ERASURES))
        database.execute("DELETE FROM portal_personkey")
        database.commit()
    database.execute("PRAGMA journal_mode=DELETE")
    database.execute("VACUUM")


def bring(database: sqlite3.Connection, keys: str) -> None:
    """Put back the keys of people who are there; columns this database does not know are left out."""
    known = _columns(database)
    with open(keys, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in known if rows and name in rows[0]]
    people = {str(row[0]) for row in database.execute("SELECT id FROM accounts_user")}
    marks = ", ".join("?" * len(names))
    for row in rows:
        if row["person_id"] in people:
            values = [_read(name, row[name]) for name in names]
            database.execute(f"INSERT INTO portal_personkey ({', '.join(names)}) VALUES ({marks})", values)
    database.commit()


def _columns(database: sqlite3.Connection) -> list[str]:
    there = {row[1] for row in database.execute("PRAGMA table_info(portal_personkey)")}
    return [name for name in KEYS if name in there]


def _write(path: str, names: list[str], rows: sqlite3.Cursor) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(names)
        table.writerows([f"\\x{value.hex()}" if isinstance(value, bytes) else value for value in row] for row in rows)


def _read(name: str, text: str) -> bytes | str | None:
    if name == "wrapped":
        return bytes.fromhex(text.removeprefix("\\x"))
    if name == "public_id":
        return text.replace("-", "")
    return text or None


if __name__ == "__main__":
    with closing(sqlite3.connect(sys.argv[2], timeout=60)) as opened:
        take(opened, *sys.argv[3:5]) if sys.argv[1] == "take" else bring(opened, sys.argv[3])
