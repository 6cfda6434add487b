"""What a submission holds as one hash: answers, evidence, profession and appeal. Pure; a migration uses it too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import rfc8785

# (question key, SHA-256 of the wording, value, sealed value or None) as stored
StoredAnswer = tuple[str, str, Any, Any]
# (public id, SHA-256 of the bytes, pages) of a file that was not discarded
StoredFile = tuple[Any, str, int]


def content_digest(
    answers: Iterable[StoredAnswer], files: Iterable[StoredFile], *, profession: str, appeal: str
) -> str:
    """Return 64 hex characters that change with any answer, wording, file, profession or appeal.

    Sealed values count by their ciphertext: the digest opens nothing and tells nothing.
    """
    document: Any = {
        "answers": sorted([key, wording, _hash_of(value, sealed)] for key, wording, value, sealed in answers),
        "evidence": sorted([str(public_id), sha256, pages] for public_id, sha256, pages in files),
        "profession": profession,
        "appeal": hashlib.sha256(appeal.encode()).hexdigest(),
    }
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def _hash_of(value: Any, sealed: Any) -> str:
    if sealed is not None:
        return "sealed:" + hashlib.sha256(bytes(sealed)).hexdigest()
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
