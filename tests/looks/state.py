"""A state of a page: whose it is, where it is opened, and what brings it there."""

from __future__ import annotations

from dataclasses import dataclass

from tests.looks.acts import Act

SOURCES = {"desk revision", "desk rule set", "desk proof"}


@dataclass(frozen=True)
class State:
    """One line of the catalogue.

    page      its name in the index; states of one page stand together
    name      empty, one, many, long, error, loading, offline; pristine, invalid, server error, success; or its own
    path      where it is opened; {names} are filled in by the stage
    who       whose session; empty: nobody signed in
    act       what is done there; None: nothing
    status    how the page that is then on show was answered
    stage     the act of stage.py after which it is seen
    is_alone  whether it needs a browser of its own: it signs in or out, goes offline, stops a clock
    """

    page: str
    name: str
    path: str
    who: str = ""
    act: Act | None = None
    status: int = 200
    stage: str = "full"
    is_alone: bool = False

    @property
    def is_prose(self) -> bool:
        """Whether it is set for reading; the desk also shows sources as their authors write them."""
        return self.page not in SOURCES

    @property
    def key(self) -> str:
        """Its name in a file's name or a message."""
        return f"{self.page}-{self.name}"
