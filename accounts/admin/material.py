"""The evidence on the decide page: this submission's pages, last submission's, and what changed between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from accounts.comparing import Change, Changes
from accounts.models import Evidence, Verification


@dataclass(frozen=True, slots=True)
class Page:
    """One page of one file. `url` is the picture, `bigger` the page that shows it large; `change` against last time."""

    url: str
    bigger: str
    name: str
    page: int
    pages: int
    number: int
    change: str


def pages_now(case: Verification, changes: Changes | None) -> list[Page]:
    """Every page of the submission's files, in the order they were sent."""
    marks = {row.file.pk: row.change for row in changes.files} if changes else {}
    files = case.current.evidence.filter(discarded_at=None).order_by("pk")
    return _pages(case, [(file, marks.get(file.pk, "")) for file in files])


def pages_gone(case: Verification, changes: Changes | None) -> list[Page]:
    """Every page of last submission's files that are no longer in this one, as far as they still can be opened."""
    gone = [row.file for row in changes.files if row.change is Change.REMOVED] if changes else []
    return _pages(case, [(file, Change.REMOVED) for file in gone if file.discarded_at is None])


def _pages(case: Verification, files: Iterable[tuple[Evidence, str]]) -> list[Page]:
    found: list[Page] = []
    for file, change in files:
        url = reverse("evidence-file", kwargs={"public_id": file.public_id})
        for number in range(1, file.pages + 1):
            bigger = reverse("admin:accounts_verification_page", args=[case.pk, file.public_id, number])
            found.append(
                Page(f"{url}?page={number}", bigger, file.name, number, file.pages, len(found) + 1, str(change))
            )
    return found
