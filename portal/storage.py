"""Storages: static files carry their content's hash in the address; there is no public media storage at all."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import Storage


class VersionedStaticFilesStorage(StaticFilesStorage):
    """Address = /static/<name>?v=<hash>: cacheable for a year, without collectstatic."""

    def url(self, name: str | None) -> str:
        address = super().url(name)
        version = _version(name or "")
        return f"{address}?v={version}" if version else address


@lru_cache(maxsize=2048)
def _version(name: str) -> str:
    path = finders.find(name)
    if not path:
        return ""
    with open(str(path), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


class NoStorage(Storage):
    """The default storage refuses: evidence has its own private store, and nothing else is uploaded."""

    def _save(self, name: str, content: Any) -> str:
        raise NotImplementedError("Files are stored through accounts.evidence only.")

    def _open(self, name: str, mode: str = "rb") -> Any:
        raise NotImplementedError("Files are read through accounts.evidence only.")

    def exists(self, name: str) -> bool:
        return False

    def url(self, name: str | None) -> str:
        raise NotImplementedError("There are no public media addresses.")
