"""Where each rule's facts stood in the article when it was published or confirmed: block, hash, revision.

The citations in force of a rule are those of its newest revision. Whether a rule is stale is computed at read by
strategy/citations.py from the hashes of the revision readers see now.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles import body as bodies
from articles.models import Article, Block, Revision
from portal import append_only
from portal.personal import Personal
from strategy.reading import read_ruleset

if TYPE_CHECKING:
    from strategy.models.version import RuleSetVersion


class RuleCitation(models.Model):
    """A rule rests on a fact, and the fact stood in this block with this text. Append-only."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}
    FROZEN = append_only.Whole()

    version = models.ForeignKey(
        "strategy.RuleSetVersion", on_delete=models.PROTECT, related_name="citations", verbose_name=_("规则集版本")
    )
    rule_key = models.CharField(_("条目"), max_length=80)
    fact = models.CharField(_("事实"), max_length=80)
    block_id = models.CharField(_("段落"), max_length=12)
    block_hash = models.CharField(_("段落摘要"), max_length=64)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+", verbose_name=_("修订"))
    revision_number = models.PositiveIntegerField(_("修订版次"))
    # Who confirmed it anew and why; without a person: it was cited when the version was published.
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("理由"), blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("依据"), pgettext_lazy("plural", "依据")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "rule_key", "fact", "block_id", "revision"], name="rulecitation_once_per_revision"
            ),
            models.CheckConstraint(
                condition=models.Q(signed_by=None) | ~models.Q(reason=""), name="rulecitation_confirmed_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_key} ← {self.fact} @ {self.block_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and not kwargs.get("force_insert"):
            raise TypeError("Citations are append-only.")
        super().save(*args, **kwargs)


def cite(
    version: RuleSetVersion,
    *,
    at: datetime,
    by: Any = None,
    only: str = "",
    reason: str = "",
) -> list[RuleCitation]:
    """Store where the facts of the version's rules (or of one rule) stand now; nothing without a published article.

    The caller holds the transaction. IntegrityError when the rule was cited at this revision already.
    """
    revision = current_revision(version)
    if revision is None:
        return []
    places = places_in(revision)
    rows = [
        RuleCitation(
            version=version,
            rule_key=rule.key,
            fact=fact,
            block_id=block_id,
            block_hash=digest,
            revision=revision,
            revision_number=revision.number or 0,
            signed_by=by if only else None,
            reason=reason,
            at=at,
        )
        for rule in read_ruleset(version.source).rules
        if not only or rule.key == only
        for fact in rule.facts
        for block_id, digest in places.get(fact, ())
    ]
    return RuleCitation.objects.bulk_create(rows)


def current_revision(version: RuleSetVersion) -> Revision | None:
    """The revision readers see of the article the rule set follows."""
    rule_set = version.rule_set
    article = Article.objects.filter(zone_id=rule_set.zone_id, slug=rule_set.article_slug, published__isnull=False)
    return Revision.objects.filter(pk__in=article.values("published_id")).first()


def places_in(revision: Revision) -> dict[str, list[tuple[str, str]]]:
    """Fact → the blocks that state it, each with its hash, in reading order."""
    hashes = dict(Block.objects.filter(revision=revision).values_list("block_id", "sha256"))
    found: dict[str, list[tuple[str, str]]] = {}
    for fact, block_id in _bound(revision.body):
        if block_id in hashes and (block_id, hashes[block_id]) not in found.setdefault(fact, []):
            found[fact].append((block_id, hashes[block_id]))
    return found


def _bound(body: str) -> Iterable[tuple[str, str]]:
    return bodies.facts_of(bodies.parse(body))
