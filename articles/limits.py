"""How often one person may comment, counted in the shared cache."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction


@transaction.atomic  # where the cache is the database's, counting is one write after another
def may_comment(person: Any) -> bool:
    """Count one attempt of this person; False when it is one too many for the window."""
    window = settings.COMMENT_WINDOW_SECONDS
    key = f"comment-limit:{person.pk}:{int(time.time() // window)}"
    cache.add(key, 0, timeout=window)
    try:
        count = cache.incr(key)
    except ValueError:  # it ran out between the two calls: a new window
        return True
    cache.touch(key, window)  # the database's cache forgets a counted key's own time
    return count <= settings.COMMENT_LIMIT
