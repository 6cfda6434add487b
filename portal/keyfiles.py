"""Keys of the embedded default: files under DATA_DIR/keys, made once, mode 0600, never in the database."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """What settings need; every key is base64 of 32 random bytes, the secret key 64 characters."""

    secret_key: str
    master_keys: dict[str, str]
    record_key: str
    blind_index_key: str


def load_or_create(folder: Path) -> KeyFiles:
    """Return the keys in folder, making those that are missing. Two first starts at once agree on one set."""
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    return KeyFiles(
        secret_key=_once(folder / "secret_key", lambda: secrets.token_urlsafe(48)),
        master_keys=json.loads(_once(folder / "master_keys.json", lambda: json.dumps({"m1": _random_key()}))),
        record_key=_once(folder / "record_key", _random_key),
        blind_index_key=_once(folder / "blind_index_key", _random_key),
    )


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _once(path: Path, make: Callable[[], str]) -> str:
    # Written beside and linked into place: the name appears whole or not at all, and the first writer wins.
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return path.read_text().strip()
        finally:
            draft.unlink()
    return path.read_text().strip()
