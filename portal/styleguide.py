"""The style guide: every component that pages use, in every state it has. Each sample is the partial itself.

`samples.py` says what is shown; an app above adds its own with `register` when it is ready. A partial that nobody
shows is found by tests/portal/test_styleguide.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string


@dataclass(frozen=True, slots=True)
class Sample:
    """One state: its name, what draws it, and what somebody does to it meanwhile (as-hover, as-focus or nothing)."""

    state: str
    template: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    acted: str = ""
    lang: str = ""
    made: str | None = None
    within: str = ""  # the class of what it stands in: a row in its list, a bar in its group

    def drawn(self, request: HttpRequest) -> str:
        """The component's markup."""
        return self.made if self.made is not None else render_to_string(self.template, self.context, request)


@dataclass(frozen=True, slots=True)
class Component:
    """A component: what it is called, when to use it, its states."""

    key: str
    name: str
    when: str
    samples: tuple[Sample, ...]


Maker = Callable[[], Component]
_makers: list[Maker] = []


def register(maker: Maker) -> None:
    """Add a component; it is made anew for each page, in the reader's language."""
    _makers.append(maker)


def drawn(request: HttpRequest) -> Iterable[dict[str, Any]]:
    """Every component with its samples drawn, in the order of registration."""
    for maker in _makers:
        component = maker()
        shown = [(sample, sample.drawn(request)) for sample in component.samples]
        yield {"component": component, "samples": shown}
