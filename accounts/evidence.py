"""The store of evidence: encrypted pages in a private folder, one file a page, and the only code that reads them.

Order of a keep: blobs first (temp, fsync, rename, fsync of the folder), then the rows in one transaction. A blob whose
row did not come is removed at once, or by the sweep when the process died in between. A row without a blob cannot be.
"""

from __future__ import annotations

import errno
import logging
import os
import secrets
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.judging import Accepted
from accounts.models import Evidence, Submission, User
from portal import keys, record

log = logging.getLogger(__name__)
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
HEAD = 64  # bytes of a page that name its key
SUFFIX, DRAFT_PREFIX = ".bin", ".draft-"


class StoreFull(Exception):
    """The disk has no room; nothing was kept."""


class StoreBroken(Exception):
    """The folder cannot be written; nothing was kept."""


class LimitReached(Exception):
    """The person's or the submission's limit; the text is for the person."""


class Gone(Exception):
    """The page cannot be opened any more: destroyed with its key, removed, or damaged."""


@contextmanager
def staged(owner: User, accepted: Sequence[Accepted], *, at: datetime) -> Iterator[list[Evidence]]:
    """Write the pages and give the rows to be saved; leaving, remove the pages of rows that were not."""
    rows = [
        Evidence(
            owner=owner,
            name=file.name,
            kind=file.kind,
            pages=len(file.pages),
            size=file.size,
            sha256=file.sha256,
            stored_at=at,
        )
        for file in accepted
    ]
    try:
        for row, file in zip(rows, accepted, strict=True):
            for number, page in enumerate(file.pages, start=1):
                blob = keys.seal_for(owner, page, purpose=keys.EVIDENCE, aad=_place(row.public_id, number))
                _write(_path(row.public_id, number), blob)
        yield rows
    finally:
        ids = [row.public_id for row in rows]
        saved = set(Evidence.objects.filter(public_id__in=ids).values_list("public_id", flat=True))
        remove_pages(row for row in rows if row.public_id not in saved)


def keep(draft: Submission, rows: Sequence[Evidence]) -> None:
    """Save the staged rows and add them to the draft. LimitReached when there is no room for all of them."""
    with transaction.atomic():
        # The lock holds the count true against another tab and against the draft being sent.
        held = Submission.objects.drafts().select_for_update().filter(pk=draft.pk).first()
        if held is None:
            raise LimitReached(_("这份资料已经提交，不能再添加文件。"))
        _check_limits(held, rows)
        for row in rows:
            row.save(force_insert=True)
        held.evidence.add(*rows)


def free_bytes(person: User) -> int:
    """Return how much more the person may store."""
    stored = Evidence.objects.owned_by(person).filter(discarded_at=None).aggregate(total=Sum("size"))["total"]
    return max(settings.EVIDENCE_STORED_BYTES - (stored or 0), 0)


def is_above_watermark() -> bool:
    """Whether the volume is so full that nobody may add to it: EVIDENCE_DISK_PERCENT used and no reserve left.

    The database shares the volume in the embedded default: what is left is for signing in, reading and deciding.
    """
    folder = Path(settings.EVIDENCE_DIR)
    while not folder.exists():
        folder = folder.parent
    disk = os.statvfs(folder)
    used = 100 * (disk.f_blocks - disk.f_bavail) / max(disk.f_blocks, 1)
    return used >= settings.EVIDENCE_DISK_PERCENT and disk.f_bavail * disk.f_frsize < settings.EVIDENCE_DISK_RESERVE


def _check_limits(draft: Submission, rows: Sequence[Evidence]) -> None:
    most = settings.EVIDENCE_MAX_FILES
    if draft.evidence.count() + len(rows) > most:
        raise LimitReached(_("最多 %(most)d 个文件。请先移除用不到的，再传新的。") % {"most": most})
    count = Evidence.objects.owned_by(draft.owner).filter(discarded_at=None).count() + len(rows)
    if count > settings.EVIDENCE_STORED_FILES or sum(row.size for row in rows) > free_bytes(draft.owner):
        words = _("您保存的文件已到上限（%(files)d 个或 %(mib)d MB），先移除用不到的，再传新的。")
        mib = settings.EVIDENCE_STORED_BYTES // 1024 // 1024
        raise LimitReached(words % {"files": settings.EVIDENCE_STORED_FILES, "mib": mib})


@transaction.atomic
def record_refusals(draft: Submission, codes: Sequence[str], *, at: datetime) -> None:
    """Say in the record that files of a post were refused and why, by code; nothing else is kept of them."""
    payload = {"codes": sorted(codes)}
    record.append("evidence.refused", actor=draft.owner, subject=_subject(draft), payload=payload, at=at)


def _subject(draft: Submission) -> str:
    return f"accounts.submission:{draft.public_id}"


def discard(draft: Submission, row: Evidence, *, at: datetime) -> None:
    """Take a file out of the draft; it is destroyed unless a submission that was sent holds it too."""
    with transaction.atomic():
        held = Submission.objects.drafts().select_for_update().filter(pk=draft.pk).first()
        if held is None or not held.evidence.filter(pk=row.pk).exists():
            return
        held.evidence.remove(row)
        if not row.submissions.exists():
            destroy([row], at=at)


def destroy(rows: Sequence[Evidence], *, at: datetime) -> None:
    """Mark the rows as removed and delete their pages once that is committed. The rows stay as proof."""
    Evidence.objects.filter(pk__in=[row.pk for row in rows]).update(discarded_at=at)
    transaction.on_commit(lambda: remove_pages(rows), robust=True)


def open_page(row: Evidence, number: int) -> bytes:
    """Return one page as JPEG, inside a purpose (OutsidePurpose without). Gone when it cannot be opened."""
    if row.discarded_at is not None:
        raise Gone
    try:
        blob = _path(row.public_id, number).read_bytes()
        return keys.open_for(row.owner, blob, purpose=keys.EVIDENCE, aad=_place(row.public_id, number))
    except keys.KeyDestroyed as error:
        raise Gone from error
    except (FileNotFoundError, keys.BlobDamaged) as error:
        log.error("evidence %s page %s: %s", row.public_id, number, type(error).__name__)
        raise Gone from error


def is_lost(row: Evidence) -> bool:
    """Whether nobody can open the file any more, by the key its first page names; opens nothing.

    The clocks of two hosts may differ, so when it was stored says nothing certain about the key it was sealed with.
    """
    try:
        with _path(row.public_id, 1).open("rb") as file:
            return keys.is_destroyed(row.owner, file.read(HEAD), purpose=keys.EVIDENCE)
    except (FileNotFoundError, keys.BlobDamaged):
        return True


def remove_pages(rows: Iterable[Evidence]) -> None:
    """Delete the rows' files; those that are gone already are fine."""
    for row in rows:
        for number in range(1, row.pages + 1):
            _remove(_path(row.public_id, number))


def stored_ids() -> Iterator[tuple[Path, uuid.UUID | None]]:
    """Give every file of the store with the id its name carries; None for an unfinished one."""
    for path in settings.EVIDENCE_DIR.glob("*/*"):
        try:
            yield path, uuid.UUID(path.name[:36]) if path.suffix == SUFFIX else None
        except ValueError:
            log.warning("a stray file lies in the store of evidence")


def _path(public_id: uuid.UUID, number: int) -> Path:
    return Path(settings.EVIDENCE_DIR) / public_id.hex[:2] / f"{public_id}-{number}{SUFFIX}"


def _place(public_id: uuid.UUID, number: int) -> str:
    return f"evidence:{public_id}:{number}"


def _write(path: Path, blob: bytes) -> None:
    """Make the file appear whole or not at all, on the disk when this returns."""
    draft = path.with_name(f"{DRAFT_PREFIX}{secrets.token_hex(8)}")
    try:
        _make_folder(path.parent)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(blob)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        _sync_folder(path.parent)
    except OSError as error:
        _remove(draft)
        log.error("evidence cannot be stored: %s", errno.errorcode.get(error.errno or 0, "?"))
        raise (StoreFull if error.errno in NO_ROOM else StoreBroken) from error


def _remove(path: Path) -> None:
    """Delete the file. What cannot be deleted now is the sweep's; it must not hide why we are here."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("evidence cannot be removed: %s", errno.errorcode.get(error.errno or 0, "?"))


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
