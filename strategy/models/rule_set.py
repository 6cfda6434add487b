"""Rule sets: the tools of a zone. What readers use is the newest published version."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Verification
from consent.models import Agreement, ConsentRecord
from portal.localise import localised
from portal.models import Zone
from portal.personal import Personal

if TYPE_CHECKING:
    from strategy.models.version import RuleSetVersion


class RuleSetQuerySet(models.QuerySet["RuleSet"]):
    def visible_to(self, user: Any, *, at: datetime | None = None) -> Self:
        """Rule sets with a published version that this person may use: the second line behind the gate.

        Verified and in force, and the zone's agreement standing; the gate also judges what a query cannot say.
        """
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        versions: Any = self.model._meta.get_field("versions").related_model
        published = versions.objects.published().filter(rule_set=models.OuterRef("pk"))
        in_force = Verification.objects.in_force(at or timezone.now()).owned_by(user)
        answers = ConsentRecord.objects.owned_by(user).filter(
            kind=Agreement.Kind.AGREEMENT, zone=models.OuterRef("zone")
        )
        return self.annotate(agreement_answer=models.Subquery(answers.values("answer")[:1])).filter(
            models.Exists(published),
            models.Exists(in_force),
            zone__is_open=True,
            agreement_answer=ConsentRecord.Answer.GIVEN,
        )


class RuleSet(models.Model):
    """A tool of a zone. `article_slug` names the article whose framework it follows."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="rule_sets", verbose_name=_("专区"))
    slug = models.SlugField(_("地址"))
    title_zh = models.CharField(_("标题"), max_length=80)
    title_en = models.CharField(_("英文标题"), max_length=160)
    article_slug = models.SlugField(_("所依文章"), blank=True)

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("规则集"), pgettext_lazy("plural", "规则集")
        constraints = [models.UniqueConstraint(fields=["zone", "slug"], name="ruleset_slug_once_per_zone")]

    def __str__(self) -> str:
        return str(localised(self, "title"))

    @property
    def title_here(self) -> str:
        """The title in the reader's language."""
        return str(localised(self, "title"))

    def current_version(self) -> RuleSetVersion | None:
        """The version readers use, without its long source."""
        return self.versions.published().defer("source").first()
