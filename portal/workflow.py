"""The one way a state changes.

A move is one transaction holding a conditional UPDATE on (pk, status, version) whose row count must be 1, the
event row, the notices and the record entry. Nothing else in the product assigns a status. A conditional update is
right on SQLite and PostgreSQL alike: atomic() alone lets two reviewers both win, select_for_update does nothing
on SQLite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q

from portal import append_only, outbox, record


class TransitionError(Exception):
    """The stored row does not allow the move: someone was faster, or the page was stale; `stored` is that row."""

    def __init__(self, stored: Workflow, wanted: str) -> None:
        super().__init__(f"{type(stored).__name__} {stored.pk} is {stored.status}, cannot become {wanted}")
        self.stored, self.wanted = stored, wanted


@dataclass(frozen=True, slots=True)
class Move:
    """What goes with a change of state: who, when, why, what else changes, what is said to whom, what is recorded."""

    actor: Any  # a User, or None for the clock
    at: datetime
    kind: str  # of the record entry, e.g. "verification.approved"
    note: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    payload: Mapping[str, Any] = field(default_factory=dict)
    messages: Sequence[outbox.Message] = ()
    only: Q = field(default_factory=Q)  # what else must be true of the stored row at that moment


class Workflow(models.Model):
    """A row whose status only moves along TRANSITIONS. Subclasses name the field `status` and an `events` relation."""

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {}

    version = models.PositiveIntegerField(default=1, editable=False)
    status: Any
    events: Any

    class Meta:
        abstract = True

    @transaction.atomic
    def _begin(self, move: Move) -> Any:
        """Insert the row in its first status, with its event, notices and record entry. IntegrityError if it exists."""
        self.version = 1
        self.save(force_insert=True)
        return self._tell("", move)

    @transaction.atomic
    def _move(self, to: str, move: Move) -> Any:
        """Move the stored row if it still is what the caller saw; return the event. TransitionError otherwise."""
        sources = [old for old, targets in self.TRANSITIONS.items() if to in targets]
        return self._update(to, move, self._seen().filter(status__in=sources))

    @transaction.atomic
    def _note(self, move: Move) -> Any:
        """Write down what happened to the row without changing its status: an event and a version like any move's."""
        return self._update(self.status, move, self._seen())

    def _seen(self) -> models.QuerySet[Any]:
        """The stored row, if it still is what the caller saw."""
        rows: models.QuerySet[Any] = type(self)._default_manager.all()
        return rows.filter(pk=self.pk, version=self.version).filter(status=self.status)

    def _update(self, to: str, move: Move, seen: models.QuerySet[Any]) -> Any:
        if not seen.filter(move.only).update(status=to, version=F("version") + 1, **move.changes):
            raise TransitionError(self._stored(), to)
        old = self.status
        self.refresh_from_db()
        return self._tell(old, move)

    def _stored(self) -> Self:
        return type(self)._default_manager.get(pk=self.pk)

    def _tell(self, old: str, move: Move) -> Any:
        event = self.events.create(
            seq=self.version,
            old=old,
            new=self.status,
            actor=move.actor,
            note=move.note,
            at=move.at,
            **self._event(move),
        )
        outbox.enqueue(move.messages, at=move.at)
        subject = f"{self._meta.label_lower}:{getattr(self, 'public_id', self.pk)}"
        payload = {"old": old, "new": self.status, "version": self.version, **move.payload}
        record.append(move.kind, actor=move.actor, subject=subject, payload=payload, at=move.at)
        return event

    def _event(self, move: Move) -> dict[str, Any]:
        """Return what else the subclass's events keep of a move."""
        return {}


class TransitionEvent(models.Model):
    """Append-only history of one Workflow row; subclasses add `subject`. seq is the row's version after the move."""

    seq = models.PositiveIntegerField()
    old = models.CharField(max_length=20, blank=True)
    new = models.CharField(max_length=20)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    FROZEN = append_only.Whole()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and not kwargs.get("force_insert"):
            raise TypeError("Events are append-only.")
        super().save(*args, **kwargs)
