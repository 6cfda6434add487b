"""Which rules rest on sentences that have changed since: computed at read, kept in the process until either side moves.

The citations in force of a rule are those of its newest revision (cited at publication, or confirmed since). A rule is
stale when the revision readers see now no longer holds one of its blocks with the same text; the text of the blocks
inside a block (of a sub-list) is theirs, not its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from articles import body as bodies
from articles.models import Article, Block, Revision
from portal import record
from portal.prepared import Prepared
from portal.workflow import TransitionError
from strategy.models import RuleCitation, RuleSetVersion
from strategy.models.citation import cite, current_revision, places_in
from strategy.models.rights import PUBLISH, SIGN

KEPT = 8


@dataclass(frozen=True, slots=True)
class Places:
    """Where the rules of a version rest, against one revision of the article."""

    stale: frozenset[str] = frozenset()
    by_fact: Mapping[str, str] = field(default_factory=dict)  # the first block that states it
    by_block: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # rules, in the order of the rule set


@dataclass(frozen=True, slots=True)
class ChangedSentence:
    """A cited block, as it was and as it is; `new` is empty when it is gone."""

    rule: str
    fact: str
    block_id: str
    old: str
    new: str
    old_revision: int


_kept: dict[tuple[int, int | None, int | None], Places] = {}
_lock = Lock()


def stale_rules(version: RuleSetVersion) -> frozenset[str]:
    """The rules of a version that wait to be looked at again. One query when nothing moved."""
    return places(version).stale


def place_of(version: RuleSetVersion, fact: str) -> str:
    """The block that the version cites for a fact; empty when it cites none."""
    return places(version).by_fact.get(fact, "")


def places(version: RuleSetVersion) -> Places:
    """Where the version's rules rest. One query when nothing moved."""
    key = _key(version)
    found = _kept.get(key)
    if found is None:
        found = _read(version, key[1])
        with _lock:
            while len(_kept) >= KEPT:
                del _kept[next(iter(_kept))]
            _kept[key] = found
    return found


def in_force(version: RuleSetVersion) -> list[RuleCitation]:
    """The citations of each rule's newest revision."""
    rows = list(version.citations.order_by("pk"))
    newest: dict[str, int] = {}
    for row in rows:
        newest[row.rule_key] = max(row.revision_number, newest.get(row.rule_key, 0))
    return [row for row in rows if row.revision_number == newest[row.rule_key]]


def changed_sentences(version: RuleSetVersion) -> list[ChangedSentence]:
    """Every citation in force that no longer holds, with the old text and the new."""
    revision = current_revision(version)
    if revision is None:
        return []
    return [
        ChangedSentence(row.rule_key, row.fact, row.block_id, old, new, row.revision_number)
        for row, old, new in _changed(in_force(version), revision.pk)
    ]


def unstated_facts(version: RuleSetVersion, rule_key: str) -> list[str]:
    """The facts of a rule that the article no longer states anywhere: it cannot be confirmed."""
    revision = current_revision(version)
    stated = places_in(revision) if revision else {}
    cited = {row.fact for row in in_force(version) if row.rule_key == rule_key}
    return sorted(fact for fact in cited if fact not in stated)


def confirm(version: RuleSetVersion, rule_key: str, *, by: Any, reason: str, revision: int, at: datetime) -> None:
    """The rule still holds: cite it anew at the revision that was on the screen.

    PermissionDenied without the right or when the article no longer states a fact of it; TransitionError when another
    revision was published meanwhile, or somebody else confirmed it.
    """
    if not (by.has_perm(SIGN) or (by.has_perm(PUBLISH) and not version.was_edited_by(by))):
        raise PermissionDenied(_("确认条目仍成立，须由临床审核者或未修改过这一版的编辑进行。"))
    if not reason.strip():
        raise ValueError("a reason is needed")
    gone = unstated_facts(version, rule_key)
    if gone:
        raise PermissionDenied(_("现行文章不再写有这些事实：%(facts)s。请起草新版。") % {"facts": "、".join(gone)})
    current = current_revision(version)
    is_as_seen = current is not None and current.number == revision
    if not is_as_seen or rule_key not in stale_rules(version) or version.status != version.Status.PUBLISHED:
        raise TransitionError(version, RuleSetVersion.Status.PUBLISHED)
    try:
        with transaction.atomic():
            cite(version, only=rule_key, by=by, reason=reason, at=at)
            payload = {"number": version.number, "rule": rule_key, "revision": revision}
            record.append("ruleset.rule_confirmed", actor=by, subject=version.subject, payload=payload, at=at)
    except IntegrityError as error:
        raise TransitionError(version, RuleSetVersion.Status.PUBLISHED) from error


def _key(version: RuleSetVersion) -> tuple[int, int | None, int | None]:
    """What the answer depends on: the version, the revision readers see, the newest citation."""
    row = _NOW.first(version=version.pk)
    return (version.pk, *(row or (None, None)))


def _now(version: int) -> models.QuerySet[Any, Any]:
    articles = Article.objects.filter(
        zone_id=models.OuterRef("rule_set__zone_id"), slug=models.OuterRef("rule_set__article_slug")
    )
    return (
        RuleSetVersion.objects.filter(pk=version)
        .annotate(
            read_now=models.Subquery(articles.values("published_id")[:1]), last_citation=models.Max("citations__pk")
        )
        .values_list("read_now", "last_citation")
    )


_NOW = Prepared(_now, version=int)


def _read(version: RuleSetVersion, revision_id: int | None) -> Places:
    if revision_id is None:
        return Places()
    rows = in_force(version)
    by_fact: dict[str, str] = {}
    by_block: dict[str, list[str]] = {}
    for row in rows:
        by_fact.setdefault(row.fact, row.block_id)
        if row.rule_key not in by_block.setdefault(row.block_id, []):
            by_block[row.block_id].append(row.rule_key)
    stale = frozenset(row.rule_key for row, _old, _new in _changed(rows, revision_id))
    return Places(stale, by_fact, {block: tuple(rules) for block, rules in by_block.items()})


def _changed(rows: list[RuleCitation], revision_id: int) -> list[tuple[RuleCitation, str, str]]:
    """The citations that no longer hold, each with the old text of its block and the new, empty where it is gone."""
    now = dict(Block.objects.filter(revision_id=revision_id).values_list("block_id", "sha256"))
    moved = [row for row in rows if now.get(row.block_id) != row.block_hash]
    if not moved:
        return []
    bodies_of = Revision.objects.filter(pk__in={revision_id, *(row.revision_id for row in moved)})
    said = {pk: bodies.own_texts(bodies.parse(body)) for pk, body in bodies_of.values_list("pk", "body")}
    texts = [
        (row, said[row.revision_id].get(row.block_id, ""), said[revision_id].get(row.block_id, "")) for row in moved
    ]
    return [(row, old, new) for row, old, new in texts if old != new or row.block_id not in now]
