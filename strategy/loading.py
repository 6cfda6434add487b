"""Compiled rule sets, kept by each process under the hash of their source: reading one takes longer than any answer.

Which version a person uses is asked of the database every time.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from threading import Lock
from typing import Any

from django.db import models

from accounts.models import User
from portal.models import Zone
from portal.prepared import Prepared
from strategy.models import RuleSet, RuleSetVersion
from strategy.reading import read_ruleset
from strategy.rules import RuleSet as Rules

# Columns of the version in use, of its rule set, its zone and whoever signed it.
VERSION = ("id", "number", "status", "sha256", "rule_set_id", "clinically_signed_at", "clinically_signed_by_id")
RULE_SET = ("id", "zone_id", "slug", "title_zh", "title_en", "article_slug")
ZONE = ("id", "slug", "name_zh", "name_en")
SIGNER = ("id", "display_name")

KEPT = 8  # versions in use at once are few; a rule set is about 1 MB
_compiled: dict[str, Rules] = {}
_lock = Lock()


class SourceAltered(RuntimeError):
    """The stored source is not the one that was published: nothing is answered from it."""


def compiled(version: RuleSetVersion) -> Rules:
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


def version_for(user: Any, zone: str, ruleset: str, *, at: datetime) -> RuleSetVersion | None:
    """The version of a zone's rule set that this person uses, without its long source; None where there is none."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return None
    row = _IN_USE.first(person=user.pk, zone=zone, ruleset=ruleset, at=at)
    if row is None:
        return None
    values = iter(row)
    version = _loaded(RuleSetVersion, VERSION, values)
    version.rule_set = _loaded(RuleSet, RULE_SET, values)
    version.rule_set.zone = _loaded(Zone, ZONE, values)
    signer = _loaded(User, SIGNER, values)
    version.clinically_signed_by = signer if version.clinically_signed_by_id else None
    return version


def _loaded(model: type[models.Model], names: tuple[str, ...], values: Any) -> Any:
    """An instance of these columns alone; from_db wants them in the order of the model's fields."""
    found = dict(zip(names, values, strict=False))
    ordered = [field.attname for field in model._meta.concrete_fields if field.attname in found]
    return model.from_db("default", ordered, [found[name] for name in ordered])


def _in_use(person: int, zone: str, ruleset: str, at: datetime) -> models.QuerySet[Any, Any]:
    mine = RuleSet.objects.visible_to(User(pk=person, is_active=True), at=at).filter(zone__slug=zone, slug=ruleset)
    columns = [
        *VERSION,
        *(f"rule_set__{name}" for name in RULE_SET),
        *(f"rule_set__zone__{name}" for name in ZONE),
        *(f"clinically_signed_by__{name}" for name in SIGNER),
    ]
    return RuleSetVersion.objects.published().filter(rule_set__in=mine.values("pk")).values_list(*columns)


_IN_USE = Prepared(_in_use, person=int, zone=str, ruleset=str, at=datetime)
