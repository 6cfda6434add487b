"""The database refuses a change of state that is no edge of the workflow: one trigger a table, written after `migrate`.

Taken from the model's TRANSITIONS, so that there is one list of edges. Like the triggers of portal/append_only.py they
stop mistakes in code; a breach is an IntegrityError on both databases. A migration that must move rows off the edges
drops the trigger itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db import models, transaction

PREFIX = "edges_"


def moving_models() -> list[type[models.Model]]:
    """Return every model with a table of edges, in a stable order."""
    return [model for model in apps.get_models() if getattr(model, "TRANSITIONS", None) and not model._meta.proxy]


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """Receive post_migrate: one app's tables are as they shall be."""
    from django.db import connections

    install(connections[using], only=sender.label)


def install(connection: Any, *, only: str = "") -> None:
    """Write the triggers of every such table that exists (of one app, by `only`). Any number of times."""
    wanted = [model for model in moving_models() if only in {"", model._meta.app_label}]
    existing = set(connection.introspection.table_names()) if wanted else set()
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for model in wanted:
            if model._meta.db_table in existing:
                for statement in _statements(connection, model):
                    cursor.execute(statement)


def _statements(connection: Any, model: Any) -> list[str]:
    table, name = model._meta.db_table, f"{PREFIX}{model._meta.db_table}"
    off = f'OLD."status" <> NEW."status" AND NOT ({_edges(model.TRANSITIONS)})'
    if connection.vendor == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, 'no such move: {table}'); END"
        return [
            f'DROP TRIGGER IF EXISTS "{name}"',
            f'CREATE TRIGGER "{name}" BEFORE UPDATE ON "{table}" FOR EACH ROW WHEN {off} {refuse}',
        ]
    return [
        "CREATE OR REPLACE FUNCTION edges_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'no such move: %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$",
        f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"',
        f'CREATE TRIGGER "{name}" BEFORE UPDATE ON "{table}" FOR EACH ROW WHEN ({off}) EXECUTE FUNCTION edges_refuse()',
    ]


def _edges(transitions: Mapping[str, frozenset[str]]) -> str:
    """Return SQL over OLD and NEW; the statuses are names in our own code."""
    pairs = sorted((str(old), str(new)) for old, targets in transitions.items() for new in targets)
    return " OR ".join(f"(OLD.\"status\" = '{old}' AND NEW.\"status\" = '{new}')" for old, new in pairs)
