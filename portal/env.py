"""Strict reading of the environment, for settings only: typed, no default for a secret, no guessing."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str | None = None) -> str:
    """Return a variable; without a default it must be set and not empty."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"The environment variable {name} must be set.")
    return default


def flag(name: str, default: bool) -> bool:
    """Return a boolean; a word that is neither true nor false is an error."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in TRUE or value in FALSE:
        return value in TRUE
    raise ImproperlyConfigured(f"{name} must be one of {sorted(TRUE | FALSE)}, not {value!r}.")


def number(name: str, default: int) -> int:
    """Return a whole number."""
    value = os.environ.get(name, "").strip()
    try:
        return int(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error


def choice(name: str, default: str, offered: tuple[str, ...]) -> str:
    """Return one of the offered words."""
    value = os.environ.get(name, "").strip().lower() or default
    if value not in offered:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(offered)}, not {value!r}.")
    return value


def words(name: str, default: list[str]) -> list[str]:
    """Return a list separated by commas."""
    value = os.environ.get(name, "").strip()
    return [word.strip() for word in value.split(",") if word.strip()] if value else default


def directory(name: str, default: Path) -> Path:
    """Return an absolute directory path; it need not exist yet."""
    return Path(os.environ.get(name) or default).expanduser().resolve()
