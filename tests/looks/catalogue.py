"""The catalogue: every state of every page, in the order of the index."""

from __future__ import annotations

from tests.looks import entering, reading, working

STATES = [*entering.STATES, *reading.STATES, *working.STATES]
