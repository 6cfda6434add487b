"""Queries put into SQL once and asked many times: building one costs several times what the database needs for it.

Nothing of an answer is kept; every call asks the database. Only queries of a fixed shape: as many values each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connections, models

# Stand-ins for the values to come, by type: nothing else in a query looks like them.
NUMBER, DAY = -7_000_000_000, datetime(1901, 1, 1, 12, 0, 0, tzinfo=UTC)


class Prepared:
    """`build` makes the query, ending in values_list(), from keyword arguments of the types given."""

    def __init__(self, build: Callable[..., models.QuerySet[Any, Any]], **types: type) -> None:
        self._build, self._types = build, types
        self._made: dict[tuple[str, str], tuple[Any, str, list[Any], Any]] = {}  # by alias and vendor

    def first(self, *, using: str = "default", **values: Any) -> tuple[Any, ...] | None:
        """The first row for these values, as values_list().first() gives it; None when there is none."""
        connection = connections[using]
        key = (using, connection.vendor)
        if key not in self._made:
            self._made[key] = self._compile(using)
        compiler, sql, parameters, converters = self._made[key]
        given = {name: _adapted(connection, value) for name, value in values.items()}
        with connection.cursor() as cursor:
            cursor.execute(sql, [given[p.name] if isinstance(p, _Slot) else p for p in parameters])
            rows = cursor.fetchmany(1)
        if not rows:
            return None
        return tuple(next(iter(compiler.apply_converters(rows, converters)))) if converters else tuple(rows[0])

    def _compile(self, using: str) -> tuple[Any, str, list[Any], Any]:
        connection = connections[using]
        standing = _stand_ins(self._types)
        query = self._build(**standing).using(using).query
        query.set_limits(high=1)
        compiler = query.get_compiler(using=using)
        sql, parameters = compiler.as_sql()
        slots = {_adapted(connection, value): _Slot(name) for name, value in standing.items()}
        put = [slots.get(p, p) if isinstance(p, str | int | datetime) else p for p in parameters]
        missing = set(standing) - {p.name for p in put if isinstance(p, _Slot)}
        if missing:
            raise ValueError(f"not in the query: {', '.join(sorted(missing))}")
        selected = [expression for expression, *_rest in compiler.select]
        return compiler, sql, put, compiler.get_converters(selected)


class _Slot:
    """Where a value goes."""

    def __init__(self, name: str) -> None:
        self.name = name


def _stand_ins(types: Mapping[str, type]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, (name, kind) in enumerate(types.items()):
        found[name] = NUMBER - place if kind is int else DAY.replace(second=place) if kind is datetime else f"=:{name}"
    return found


def _adapted(connection: Any, value: Any) -> Any:
    """A value as a query passes it to the database."""
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
