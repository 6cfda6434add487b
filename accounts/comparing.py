"""What changed from one submission to the next: answer by answer, file by file. Opens nothing that is sealed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from accounts.models import Answer, Evidence, Submission

LICENCE = "licence_number"


class Change(StrEnum):
    """What became of an answer or a file."""

    KEPT = "kept"
    CHANGED = "changed"
    NEW = "new"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One question's answers, now and in the submission before; None where it was not asked."""

    key: str
    now: Answer | None
    before: Answer | None
    change: Change


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file: kept, new, or removed since the submission before."""

    file: Evidence
    change: Change


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything, in the order of the form and of the files."""

    answers: tuple[AnswerChange, ...]
    files: tuple[FileChange, ...]

    @property
    def count(self) -> int:
        """How many answers and files are not as before."""
        found = [row.change for row in self.answers] + [row.change for row in self.files]
        return sum(change is not Change.KEPT for change in found)

    @property
    def files_changed(self) -> bool:
        """Whether any file came or went."""
        return any(row.change is not Change.KEPT for row in self.files)


def changes_since(submission: Submission, previous: Submission | None = None) -> Changes | None:
    """Compare a submission with the one before it (or with `previous`); None for a first one."""
    before = previous or submission.previous
    if before is None:
        return None
    return Changes(tuple(_answers(submission, before)), tuple(_files(submission, before)))


def _answers(submission: Submission, before: Submission) -> Iterator[AnswerChange]:
    now, then = _by_key(submission), _by_key(before)
    same_licence = submission.licence_index == before.licence_index != ""
    for key in [*now, *(key for key in then if key not in now)]:
        yield AnswerChange(key, now.get(key), then.get(key), _change(key, now.get(key), then.get(key), same_licence))


def _change(key: str, now: Answer | None, before: Answer | None, same_licence: bool) -> Change:
    if now is None or before is None:
        return Change.REMOVED if now is None else Change.NEW
    if now.sealed is None and before.sealed is None:
        return Change.KEPT if now.value == before.value else Change.CHANGED
    if key == LICENCE:  # typed again it is other ciphertext; the blind index knows
        return Change.KEPT if same_licence else Change.CHANGED
    both = now.sealed is not None and before.sealed is not None
    return Change.KEPT if both and bytes(now.sealed) == bytes(before.sealed) else Change.CHANGED  # type: ignore[arg-type]


def _by_key(submission: Submission) -> dict[str, Answer]:
    rows = submission.answers.select_related("question").order_by("question__position", "question_id")
    return {row.question.key: row for row in rows}


def _files(submission: Submission, before: Submission) -> Iterator[FileChange]:
    now, then = list(submission.evidence.order_by("pk")), list(before.evidence.order_by("pk"))
    old = {file.pk for file in then}
    current = {file.pk for file in now}
    for file in now:
        yield FileChange(file, Change.KEPT if file.pk in old else Change.NEW)
    for file in then:
        if file.pk not in current:
            yield FileChange(file, Change.REMOVED)
