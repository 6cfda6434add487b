"""Uploads: encrypted as they come, up to a cap, never as a plain file anywhere; then judged, one after the other."""

from __future__ import annotations

import errno
import io
import logging
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext as _

from accounts.judging import Accepted, Code, Refused, display_name, judge
from accounts.spill import Spill

log = logging.getLogger(__name__)


class NoRoom(Exception):
    """The disk took the files of this post only in part; none of them is judged."""


class CappedFile(UploadedFile):
    """An uploaded file. One that is too large, or found no room, is empty: its bytes were let go as they came."""

    is_too_large = False
    found_no_room = False


class CappedUploadHandler(FileUploadHandler):
    """Keep a file up to EVIDENCE_MAX_BYTES, and a request's files up to a case's worth of them (accounts/spill.py).

    What is over the cap is read and let go, so that the page can say at the file why; the web server in front bounds
    the body as a whole.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._total = 0
        self._kept: Spill | None = None
        self._found_no_room = False
        # Only who stands on the page of the files may fill anything; the gate has said so before the body is read.
        self._is_wanted = getattr(request, "step", "") == "evidence"

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._kept, self._size, self._found_no_room = None, 0, False
        if self._is_wanted:
            self._try(self._begin)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        self._total += len(raw_data)
        most = settings.EVIDENCE_MAX_BYTES
        if self._kept is not None and self._size <= most and self._total <= most * settings.EVIDENCE_MAX_FILES:
            kept = self._kept
            self._try(lambda: kept.write(raw_data))
        elif self._kept is not None:
            self._total -= self._size
            self._let_go()
        else:
            self._total -= len(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        is_too_large = self._kept is None and not self._found_no_room
        content: Any = self._kept or io.BytesIO()
        content.seek(0)
        file = CappedFile(content, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra)
        file.is_too_large, file.found_no_room = is_too_large, self._found_no_room
        return file

    def _begin(self) -> None:
        self._kept = Spill()

    def _try(self, act: Any) -> None:
        try:
            act()
        except OSError as error:
            log.error("an upload cannot be held: %s", errno.errorcode.get(error.errno or 0, "?"))
            self._found_no_room = True
            self._let_go()

    def _let_go(self) -> None:
        if self._kept is not None:
            self._kept.close()
        self._kept = None


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was not kept: its name made fit to show, and why, in words and as the record's code."""

    name: str
    message: Any
    code: str


@dataclass(slots=True)
class Judged:
    """What became of the files of one post."""

    accepted: list[Accepted] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)


def judge_all(files: Iterable[UploadedFile], *, room: int, free: int) -> Judged:
    """Judge the files in turn until `room` of them are accepted, or their pages would fill more than `free` bytes.

    NoRoom when the disk did not take them all; JudgingUnavailable when no child can run.
    """
    files, judged = list(files), Judged()
    if any(getattr(file, "found_no_room", False) for file in files):
        raise NoRoom
    for file in files:
        name = display_name(file.name or "")
        if len(judged.accepted) >= room:
            message = _("最多 %(most)d 个文件，这个没有收下。移除一个之后可以再传。")
            judged.refused.append(RefusedFile(name, message % {"most": settings.EVIDENCE_MAX_FILES}, "TOO_MANY_FILES"))
            continue
        if getattr(file, "is_too_large", False) and (file.size or 0) <= settings.EVIDENCE_MAX_BYTES:
            message = _("一次选的文件合计太大，这个没有收下，请单独再传一次。")
            judged.refused.append(RefusedFile(name, message, "TOO_LARGE_TOGETHER"))
            continue
        verdict = _judge_one(file)
        if isinstance(verdict, Refused):
            judged.refused.append(RefusedFile(name, verdict.message, verdict.code.value))
        elif verdict.size > free:
            message = _("您保存的文件已到上限，这个没有收下。请先移除用不到的，再传新的。")
            judged.refused.append(RefusedFile(name, message, "LIMIT"))
        else:
            judged.accepted.append(verdict)
            free -= verdict.size
    return judged


def _judge_one(file: Any) -> Accepted | Refused:
    if getattr(file, "is_too_large", False):
        return Refused(Code.TOO_LARGE, {"mib": math.ceil(file.size / 1024 / 1024)})
    file.seek(0)
    return judge(file.read(), filename=file.name or "")
