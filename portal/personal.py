"""Personal data is declared on the model that holds it: purpose and retention per field (PIPL articles 6, 19, 47)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Personal:
    """Why a field is held and until when; `sealed` fields are ciphertext under the person's key."""

    purpose: str
    retention: str
    sealed: bool = False
