"""What may be read while one waits: public words only. The apps above know them and register how to say them.

Accounts knows no article and no corrected sentence: a source is asked with the request and the zone, and answers with
what everybody may read anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from portal.models import Zone


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that changed since: when, and in public words what."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A title with its public abstract; `is_wanted` when it is the page the person asked for."""

    title: str
    abstract: str
    is_wanted: bool
    notices: tuple[Notice, ...] = ()


Source = Callable[[HttpRequest, Zone], list[Reading]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Add a source; called from an app's ready()."""
    if source not in _sources:
        _sources.append(source)


def readings(request: HttpRequest, zone: Zone) -> list[Reading]:
    """Return what this person can read meanwhile, what they wanted first."""
    found = [reading for source in _sources for reading in source(request, zone)]
    return sorted(found, key=lambda reading: not reading.is_wanted)
