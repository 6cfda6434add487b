"""WhiteNoise as in production, whose look at the static files is taken once a process instead of once a test client."""

from __future__ import annotations

from typing import Any

from whitenoise.middleware import WhiteNoiseMiddleware


class SharedStaticMiddleware(WhiteNoiseMiddleware):
    """Every test client builds its own middleware; what lies in static/ does not change between two of them."""

    _found: dict[str, Any] | None = None

    def add_files_from_finders(self) -> None:
        kind = SharedStaticMiddleware
        if kind._found is None:
            super().add_files_from_finders()
            kind._found = dict(self.files)
        self.files.update(kind._found)
