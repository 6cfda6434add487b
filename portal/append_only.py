"""Rows that the database itself refuses to change: triggers, declared on the model and installed after every migration.

A model says `FROZEN = Whole()` (no update, no delete) or `FROZEN = Columns(…)` (these columns no longer change once the
row is frozen). Triggers are written anew after each `migrate`, because SQLite loses those of a table it rebuilds. They
stop mistakes and stolen application rights; who owns the tables can drop them, and is found out by the seals.
A breach is an IntegrityError on both databases.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction

PREFIX = "frozen_"


@dataclass(frozen=True, slots=True)
class Whole:
    """The row never changes and never goes. `except_for`: fields that erasure or retention may blank."""

    except_for: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """These fields no longer change, and the row never goes, once `once` holds of the stored row.

    `once` is SQL over OLD that both databases read the same, e.g. "OLD.published_at IS NOT NULL".
    """

    names: Sequence[str]
    once: str


def frozen_models() -> list[type[models.Model]]:
    """Return every model that declares it, in a stable order."""
    return [model for model in apps.get_models() if hasattr(model, "FROZEN") and not model._meta.proxy]


def install(connection: Any, *, only: str = "") -> None:
    """Write the triggers of every declared table that exists (of one app, by `only`). Any number of times."""
    wanted = [model for model in frozen_models() if only in {"", model._meta.app_label}]
    if not wanted:
        return
    existing = set(connection.introspection.table_names())
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for model in wanted:
            table = model._meta.db_table
            if table in existing:
                stored = {column.name for column in connection.introspection.get_table_description(cursor, table)}
                for statement in [*_drop(connection, table), *_create(connection, model, stored)]:
                    cursor.execute(statement)


def remove(connection: Any) -> None:
    """Drop the triggers, for `flush` and for a migration that must rewrite rows; both install them again."""
    existing = set(connection.introspection.table_names())
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for model in frozen_models():
            if model._meta.db_table in existing:
                for statement in _drop(connection, model._meta.db_table):
                    cursor.execute(statement)


@contextmanager
def lifted(connection: Any) -> Iterator[None]:
    """Do something without the triggers."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """Receive post_migrate: one app's tables are as they shall be."""
    from django.db import connections

    install(connections[using], only=sender.label)


def _guards(model: type[models.Model], stored: set[str]) -> tuple[list[str], str]:
    """Return the columns that may not change, and when (SQL over OLD; "" for always)."""
    declared: Any = model.FROZEN  # type: ignore[attr-defined]  # asked in frozen_models
    fields: dict[str, str] = {field.name: str(field.column) for field in model._meta.concrete_fields}
    if isinstance(declared, Whole):
        names, once = [name for name in fields if name not in declared.except_for], ""
    else:
        names, once = list(declared.names), declared.once
    return [fields[name] for name in names if fields[name] in stored], once


def _create(connection: Any, model: type[models.Model], stored: set[str]) -> list[str]:
    columns, once = _guards(model, stored)
    table = model._meta.db_table
    if connection.vendor == "sqlite":
        return _sqlite(table, columns, once)
    return _postgresql(table, columns, once)


def _sqlite(table: str, columns: Sequence[str], once: str) -> list[str]:
    changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
    refuse = f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
    gone = f"WHEN {once} " if once else ""
    changes = f"WHEN ({changed}) AND ({once}) " if once else f"WHEN {changed} "
    return [
        f'CREATE TRIGGER "{PREFIX}{table}_update" BEFORE UPDATE ON "{table}" FOR EACH ROW {changes}{refuse}',
        f'CREATE TRIGGER "{PREFIX}{table}_delete" BEFORE DELETE ON "{table}" FOR EACH ROW {gone}{refuse}',
    ]


def _postgresql(table: str, columns: Sequence[str], once: str) -> list[str]:
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns)
    refuse = "EXECUTE FUNCTION frozen_refuse()"
    gone = f"WHEN ({once}) " if once else ""
    changes = f"WHEN (({changed}) AND ({once})) " if once else f"WHEN ({changed}) "
    return [
        "CREATE OR REPLACE FUNCTION frozen_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$",
        f'CREATE TRIGGER "{PREFIX}update" BEFORE UPDATE ON "{table}" FOR EACH ROW {changes}{refuse}',
        f'CREATE TRIGGER "{PREFIX}delete" BEFORE DELETE ON "{table}" FOR EACH ROW {gone}{refuse}',
        f'CREATE TRIGGER "{PREFIX}truncate" BEFORE TRUNCATE ON "{table}" {refuse}',
    ]


def _drop(connection: Any, table: str) -> list[str]:
    if connection.vendor == "sqlite":
        return [f'DROP TRIGGER IF EXISTS "{PREFIX}{table}_{event}"' for event in ("update", "delete")]
    return [f'DROP TRIGGER IF EXISTS "{PREFIX}{event}" ON "{table}"' for event in ("update", "delete", "truncate")]
