"""Personal data is declared on the model that holds it: purpose and retention per field (PIPL articles 6, 19, 47).

docs/data-map.md is written from these declarations; see portal/data_map.py.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Personal:
    """Why a field is held and until when.

    `sealed` fields are ciphertext under the person's key, or a keyed hash; ciphertext names in `opens_for` the
    purposes of portal/purposes.py inside which it may be read. Outside them reading raises OutsidePurpose.
    """

    purpose: str
    retention: str
    sealed: bool = False
    opens_for: tuple[str, ...] = ()
