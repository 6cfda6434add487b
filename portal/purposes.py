"""The purpose firewall: what is sealed opens only inside a named purpose that its kind of key admits.

    with purpose(REVIEW, by=reviewer, of=applicant):
        content = evidence.open_page(row, 1)

A purpose has conditions of its own (REVIEW: a running claim on the person's case), asked when it is entered. Without
one, with another one, or for another person than the one named, opening raises OutsidePurpose. Not inherited by
threads or child processes: there too somebody must say why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REVIEW, OWNER = "review", "owner"
LABELS: dict[str, str | Promise] = {REVIEW: _("审核资质"), OWNER: _("本人查看、修改与导出")}


class OutsidePurpose(Exception):
    """Something sealed was asked for outside every purpose it may be opened for."""


@dataclass(frozen=True, slots=True)
class Access:
    """One purpose in force: who acts, and whose data it is about (primary keys)."""

    purpose: str
    by: int
    of: int


Condition = Callable[[Any, Any], bool]  # (by, of) -> whether the purpose holds between them
_conditions: dict[str, Condition] = {OWNER: lambda by, of: bool(by.pk == of.pk)}
_in_force: ContextVar[tuple[Access, ...]] = ContextVar("purposes_in_force", default=())


def register(name: str, condition: Condition) -> None:
    """Say when a purpose holds; called from the ready() of the app that knows. A purpose without one never holds."""
    _conditions[name] = condition


@contextmanager
def purpose(name: str, *, by: Any, of: Any) -> Iterator[Access]:
    """Put a purpose in force for this block. OutsidePurpose when it does not hold between these two."""
    condition = _conditions.get(name)
    if condition is None or not getattr(by, "pk", None) or not condition(by, of):
        raise OutsidePurpose(f"{name} does not hold for user {getattr(by, 'pk', None)}")
    access = Access(name, by.pk, of.pk)
    token = _in_force.set((*_in_force.get(), access))
    try:
        yield access
    finally:
        _in_force.reset(token)


def demand(person: Any, admitted: frozenset[str]) -> Access:
    """Return the purpose under which this person's data may be opened now; OutsidePurpose when there is none."""
    for access in reversed(_in_force.get()):
        if access.purpose in admitted and access.of == person.pk:
            return access
    raise OutsidePurpose(f"data of user {person.pk} was asked for outside {sorted(admitted)}")
