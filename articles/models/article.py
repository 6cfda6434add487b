"""An article: its place, its public face and who may see the rest."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, FilteredRelation, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Verification
from consent.models import Agreement, ConsentRecord
from portal.localise import localised
from portal.models import Zone
from portal.personal import Personal

PUBLIC_FACE = (
    "public_id",
    "slug",
    "title_zh",
    "title_en",
    "abstract_zh",
    "abstract_en",
    "kind",
    "is_clinically_draft",
    "checked_up_to",
    "published_at",
    "reading_minutes",
    "corrected_in",
    "zone__slug",
    "zone__name_zh",
    "zone__name_en",
)


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self) -> Self:
        """Articles with a published revision, in open zones."""
        return self.filter(published__isnull=False, zone__is_open=True)

    def visible_to(self, user: Any, *, at: datetime | None = None) -> Self:
        """Published articles this person may read: the second line behind the gate. Unknown people see public ones.

        Verified and in force, and the zone's agreement standing; the gate also judges what a query cannot say.
        """
        allowed = Q(audience=Article.Audience.PUBLIC)
        if getattr(user, "is_authenticated", False) and user.is_active:
            in_force = Verification.objects.in_force(at or timezone.now()).owned_by(user)
            agreed = ConsentRecord.objects.owned_by(user).filter(
                kind=Agreement.Kind.AGREEMENT, zone=models.OuterRef("zone")
            )
            allowed |= Q(Exists(in_force), audience=Article.Audience.HCP, agreement_answer=ConsentRecord.Answer.GIVEN)
            return self.published().annotate(agreement_answer=Subquery(agreed.values("answer")[:1])).filter(allowed)
        return self.published().filter(allowed)

    def with_last_read(self, user: Any) -> Self:
        """Add `last_read`: the newest revision this person opened, None when none."""
        mine = FilteredRelation("last_reads", condition=Q(last_reads__person=user.pk))
        return self.annotate(mine=mine, last_read=F("mine__number"))

    def public_abstracts(self) -> Self:
        """Titles and public abstracts of everything published, newest first; nothing that is gated is loaded."""
        return self.published().select_related("zone").only(*PUBLIC_FACE).order_by("-published_at", "-pk")


class Article(models.Model):
    """One article of one zone. What readers see is its published revision; titles and abstracts are public."""

    class Kind(models.TextChoices):
        NEWS = "NEWS", _("资讯")

    class Audience(models.TextChoices):
        PUBLIC = "PUBLIC", _("所有人")
        HCP = "HCP", _("已认证的医疗卫生专业人士")

    class CommentMode(models.TextChoices):
        AFTER = "AFTER", _("先发布后审核")
        BEFORE = "BEFORE", _("先审核后发布")
        FIRST_N = "FIRST_N", _("新人的前几条先审核")
        CLOSED = "CLOSED", _("不再接受新评论")

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="articles", verbose_name=_("专区"))
    slug = models.SlugField(_("地址"), max_length=80)
    title_zh = models.CharField(_("标题"), max_length=200)
    title_en = models.CharField(_("英文标题"), max_length=300, blank=True)
    abstract_zh = models.TextField(_("公开摘要"), blank=True)
    abstract_en = models.TextField(_("英文公开摘要"), blank=True)
    kind = models.CharField(_("种类"), max_length=10, choices=Kind, default=Kind.NEWS)
    # A forgotten setting hides, never leaks.
    audience = models.CharField(_("读者"), max_length=10, choices=Audience, default=Audience.HCP)
    source_title = models.CharField(_("来源标题"), max_length=200, blank=True)
    source_author = models.CharField(_("来源作者"), max_length=200, blank=True)
    source_publisher = models.CharField(_("来源刊载方"), max_length=200, blank=True)
    source_date = models.DateField(_("来源日期"), null=True, blank=True)
    source_note = models.CharField(_("来源说明"), max_length=500, blank=True)
    checked_up_to = models.CharField(_("资料查至"), max_length=80, blank=True)
    is_clinically_draft = models.BooleanField(_("未经临床审核"), default=True)
    comment_mode = models.CharField(_("评论方式"), max_length=8, choices=CommentMode, default=CommentMode.BEFORE)
    tool_slug = models.SlugField(_("文中工具的代号"), max_length=80, blank=True)  # opaque here: the tool stands above
    published = models.ForeignKey(
        "articles.Revision", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    published_at = models.DateTimeField(_("最近发布"), null=True, editable=False)
    corrected_in = models.PositiveIntegerField(_("最近更正的版次"), default=0, editable=False)  # 0: never
    reading_minutes = models.PositiveSmallIntegerField(default=0, editable=False)
    comment_count = models.PositiveIntegerField(_("评论数"), default=0, editable=False)
    comments_version = models.PositiveIntegerField(default=0, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("文章"), pgettext_lazy("plural", "文章")
        permissions = [("write_article", _("可以起草文章")), ("publish_article", _("可以发布文章"))]
        constraints = [
            models.UniqueConstraint(fields=["zone", "slug"], name="article_slug_once_per_zone"),
            models.CheckConstraint(
                condition=Q(published=None, published_at=None) | Q(published__isnull=False, published_at__isnull=False),
                name="article_published_has_when",
            ),
        ]

    def __str__(self) -> str:
        return str(localised(self, "title"))

    def get_absolute_url(self) -> str:
        """The reader's page."""
        return reverse("article", kwargs={"zone": self.zone.slug, "slug": self.slug})

    def count_comments(self, change: int) -> None:
        """Add to the counter and tell caches that the comments changed; in the caller's transaction."""
        type(self).objects.filter(pk=self.pk).update(
            comment_count=F("comment_count") + change, comments_version=F("comments_version") + 1
        )
