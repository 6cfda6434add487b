"""Compiled rule sets, kept by each process under the hash of their source: reading one takes longer than any answer."""

from __future__ import annotations

import hashlib
from threading import Lock

from strategy.models import RuleSetVersion
from strategy.reading import read_ruleset
from strategy.rules import RuleSet

KEPT = 8  # versions in use at once are few; a rule set is about 1 MB
_compiled: dict[str, RuleSet] = {}
_lock = Lock()


class SourceAltered(RuntimeError):
    """The stored source is not the one that was published: nothing is answered from it."""


def compiled(version: RuleSetVersion) -> RuleSet:
    """The rule set of a version; its source is fetched and judged on first use only."""
    ruleset = _compiled.get(version.sha256)
    if ruleset is None:
        source = version.source
        if hashlib.sha256(source.encode()).hexdigest() != version.sha256:
            raise SourceAltered(f"rule set version {version.pk}")
        ruleset = read_ruleset(source)
        with _lock:
            while len(_compiled) >= KEPT:
                del _compiled[next(iter(_compiled))]
            _compiled[version.sha256] = ruleset
    return ruleset
