"""A new master key: everything the old one wraps is wrapped anew; what the person keys seal stays as it is."""

from __future__ import annotations

import base64
import json
import os
import secrets
from datetime import datetime
from pathlib import Path

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from portal import keys, record
from portal.models import PersonKey


def add_master_key(path: Path) -> str:
    """Put a new master key first in the key file, whole or not at all; return its id."""
    known: dict[str, str] = json.loads(path.read_text())
    number = max((int(name[1:]) for name in known if name[1:].isdigit()), default=0) + 1
    changed = {f"m{number}": base64.b64encode(secrets.token_bytes(32)).decode(), **known}
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(json.dumps(changed))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    settings.MASTER_KEYS = changed
    return f"m{number}"


def rewrap_all(at: datetime) -> tuple[int, int]:
    """Bring person keys and second factors under the first master key; return how many of each."""
    people = 0
    while count := keys.rewrap():
        people += count
    factors = sum(_rewrap_factor(row) for row in Authenticator.objects.order_by("pk"))
    if people or factors:
        payload = {"master_id": next(iter(settings.MASTER_KEYS)), "keys": people, "factors": factors}
        record.append("keys.rewrapped", actor=None, subject="portal.keys", payload=payload, at=at)
    return people, factors


@transaction.atomic
def _rewrap_factor(row: Authenticator) -> bool:
    """Encrypt a factor's secrets anew when another master key wraps them."""
    held = Authenticator.objects.select_for_update().filter(pk=row.pk).first()
    old = [f"{name}:" for name in list(settings.MASTER_KEYS)[1:]]
    adapter = get_adapter()
    wrapped = {
        name: value
        for name, value in (held.data if held else {}).items()
        if isinstance(value, str) and value.startswith(tuple(old))
    }
    if held is None or not wrapped:
        return False
    held.data = {**held.data, **{name: adapter.encrypt(adapter.decrypt(value)) for name, value in wrapped.items()}}
    held.save(update_fields=["data"])
    return True


def unused_master_keys() -> list[str]:
    """Return the ids of master keys that wrap nothing any more."""
    used = set(PersonKey.objects.filter(destroyed_at=None).values_list("master_id", flat=True))
    used.add(next(iter(settings.MASTER_KEYS)))
    for data in Authenticator.objects.values_list("data", flat=True):
        used |= {value.partition(":")[0] for value in data.values() if isinstance(value, str)}
    return [name for name in settings.MASTER_KEYS if name not in used]
