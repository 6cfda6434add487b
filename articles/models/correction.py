"""Corrections: what a revision puts right, in public words, and who opened an earlier wording and is told.

A person's reading is held as one number an article, the newest revision they opened: no time, no count, no history.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles import messages
from articles.models.article import Article
from portal import append_only, outbox
from portal.models import Zone
from portal.personal import Personal

if TYPE_CHECKING:
    from articles.models.revision import Revision

log = logging.getLogger(__name__)

BATCH = 200  # people told in one transaction


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def of_public(self, articles: models.QuerySet[Article]) -> Self:
        """Corrections of these articles, newest first; their words are public. Start from public_abstracts()."""
        return self.filter(article__in=articles).order_by("-at", "-pk")


class Correction(models.Model):
    """What one published revision put right. Its words never change; a correction of it is another one."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}
    FROZEN = append_only.Whole(except_for=("told_up_to", "told_at"))

    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="+")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("文章"))
    revision = models.OneToOneField(
        "articles.Revision", on_delete=models.PROTECT, related_name="correction", verbose_name=_("修订")
    )
    number = models.PositiveIntegerField(_("版次"))  # of the revision
    words_zh = models.CharField(_("更正说明"), max_length=300)
    words_en = models.CharField(_("英文更正说明"), max_length=600, blank=True)
    block_ids = models.JSONField(default=list)  # blocks that are new or read otherwise than before, in reading order
    at = models.DateTimeField(_("时间"))
    told_up_to = models.PositiveBigIntegerField(default=0)  # the last LastRead that was looked at
    told_at = models.DateTimeField(_("通知完毕"), null=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("更正"), pgettext_lazy("plural", "更正")
        constraints = [models.CheckConstraint(condition=~models.Q(words_zh=""), name="correction_says_something")]
        indexes = [models.Index(fields=["article", "-at"], name="correction_newest")]

    def __str__(self) -> str:
        return f"{self.article} v{self.number}"

    @classmethod
    def publish(cls, revision: Revision, *, at: datetime) -> Correction | None:
        """Write what the revision says it corrects, in the transaction that publishes it; None when it says nothing."""
        if not revision.correction_zh or revision.based_on is None:
            return None
        old = dict(revision.based_on.blocks.values_list("block_id", "sha256"))
        new = revision.blocks.order_by("position").values_list("block_id", "sha256")
        Article.objects.filter(pk=revision.article_id).update(corrected_in=revision.number)
        return cls.objects.create(
            zone_id=revision.article.zone_id,
            article_id=revision.article_id,
            revision=revision,
            number=revision.number,
            words_zh=revision.correction_zh,
            words_en=revision.correction_en,
            block_ids=[block for block, digest in new if old.get(block) != digest],
            at=at,
        )


class LastRead(models.Model):
    """The newest revision of an article that a person opened."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "number": Personal("文章更正时告知读过旧版的人", "到注销账号为止；只记版次，不记时间和次数"),
    }

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="last_reads")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="last_reads")
    number = models.PositiveIntegerField(_("读到的版次"))

    class Meta:
        verbose_name, verbose_name_plural = _("读到的版次"), pgettext_lazy("plural", "读到的版次")
        constraints = [models.UniqueConstraint(fields=["person", "article"], name="lastread_one_a_person_and_article")]

    def __str__(self) -> str:
        return f"{self.article_id} v{self.number}"

    @staticmethod
    def keep(person: Any, article: Article, number: int, *, before: int | None) -> None:
        """Hold that this person has seen this revision; `before` is what was held. Reading never fails for it."""
        if before is not None and before >= number:
            return
        try:
            with transaction.atomic():
                LastRead.objects.bulk_create(
                    [LastRead(person=person, article=article, number=number)],
                    update_conflicts=True,
                    unique_fields=["person", "article"],
                    update_fields=["number"],
                )
        except DatabaseError:
            log.warning("that article %s was read could not be kept", article.public_id, exc_info=True)

    @classmethod
    def readers_before(cls, revision: Revision) -> int:
        """How many people opened an earlier wording of this article."""
        return cls.objects.filter(article=revision.article_id).count()

    @classmethod
    def forget(cls, person: Any) -> None:
        """Delete what was held of somebody who is erased."""
        cls.objects.filter(person=person).delete()


def tell(at: datetime) -> None:
    """Write notices to those who opened a wording older than a correction, a batch a transaction, each once."""
    for correction in Correction.objects.filter(told_at=None).select_related("article__zone").order_by("pk"):
        while _tell_some(correction, at):
            continue


@transaction.atomic
def _tell_some(correction: Correction, at: datetime) -> bool:
    """Tell the next ones; return whether there may be more. Somebody faster leaves nothing to do."""
    mine = Correction.objects.filter(pk=correction.pk, told_up_to=correction.told_up_to, told_at=None)
    older = LastRead.objects.filter(article=correction.article_id, number__lt=correction.number)
    rows = list(older.filter(pk__gt=correction.told_up_to).select_related("person").order_by("pk")[:BATCH])
    if not rows:
        mine.update(told_at=at)
        return False
    if not mine.update(told_up_to=rows[-1].pk):
        return False
    people = [row.person for row in rows if row.person.is_active]
    outbox.enqueue([message for person in people for message in messages.corrected(person, correction)], at=at)
    correction.told_up_to = rows[-1].pk
    return True
