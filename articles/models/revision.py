"""A revision: one wording of an article, from draft to published to superseded.

The pages of editors hand over the `version` that was on the screen; a page that is stale changes nothing. A draft
names the revision it was written from: if another one was published meanwhile, publishing is refused, so that nobody
undoes a correction without having seen it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from articles import body as bodies
from articles import messages, rendering
from articles.models.article import Article
from articles.models.block import Block
from articles.models.correction import Correction
from articles.models.fact import Fact
from portal import append_only
from portal.localise import localised
from portal.personal import Personal
from portal.workflow import Move, TransitionError, TransitionEvent, Workflow

TEXTS = ("title_zh", "title_en", "abstract_zh", "abstract_en")
ONCE = ("article", "number", "body", "author", "published_by", "published_at")
CORRECTION = ("correction_zh", "correction_en")
MADE = ("rendered", "contents", "anchors", "references")  # at publishing


class RevisionQuerySet(models.QuerySet["Revision"]):
    def shown(self) -> Self:
        """What readers may see: the published one and those it superseded, newest first."""
        return self.filter(status__in=[Revision.Status.PUBLISHED, Revision.Status.SUPERSEDED]).order_by("-number")

    def of_visible(self, articles: models.QuerySet[Article]) -> Self:
        """Shown revisions of these articles; start from Article.objects.visible_to(user)."""
        return self.shown().filter(article__in=articles)


class Revision(Workflow):
    """One wording. Frozen from the moment it is published; its HTML is made then, not when it is read."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", gettext_lazy("草稿")
        IN_REVIEW = "IN_REVIEW", gettext_lazy("待审阅")
        PUBLISHED = "PUBLISHED", gettext_lazy("已发布")
        SUPERSEDED = "SUPERSEDED", gettext_lazy("已被取代")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        Status.DRAFT: frozenset({Status.IN_REVIEW}),
        Status.IN_REVIEW: frozenset({Status.DRAFT, Status.PUBLISHED}),
        Status.PUBLISHED: frozenset({Status.SUPERSEDED}),
    }
    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}
    FROZEN = append_only.Columns(
        (*TEXTS, *CORRECTION, *MADE, *ONCE, "rendered_sha256"),
        once="OLD.published_at IS NOT NULL",
    )

    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="revisions", verbose_name=gettext_lazy("文章")
    )
    status = models.CharField(gettext_lazy("状态"), max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    number = models.PositiveIntegerField(gettext_lazy("版次"), null=True, editable=False)  # given when published
    title_zh = models.CharField(gettext_lazy("标题"), max_length=200)
    title_en = models.CharField(gettext_lazy("英文标题"), max_length=300, blank=True)
    abstract_zh = models.TextField(gettext_lazy("公开摘要"), blank=True)
    abstract_en = models.TextField(gettext_lazy("英文公开摘要"), blank=True)
    body = models.TextField(gettext_lazy("正文"))
    note = models.CharField(gettext_lazy("改动说明"), max_length=300, blank=True)
    correction_zh = models.CharField(gettext_lazy("更正说明"), max_length=300, blank=True)  # public; see Correction
    correction_en = models.CharField(gettext_lazy("英文更正说明"), max_length=600, blank=True)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=gettext_lazy("起草人"),
    )
    created_at = models.DateTimeField(gettext_lazy("起草时间"), editable=False)
    submitted_at = models.DateTimeField(gettext_lazy("提交时间"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=gettext_lazy("批准人"),
    )
    published_at = models.DateTimeField(gettext_lazy("发布时间"), null=True, editable=False)
    rendered = models.TextField(editable=False, blank=True)
    contents = models.JSONField(default=list, editable=False)  # [{id, level, text}]
    anchors = models.JSONField(default=dict, editable=False)  # {"fact:<key>" | "section:<key>": block id}
    references = models.JSONField(default=dict, editable=False)  # see rendering.Rendered
    minutes = models.PositiveSmallIntegerField(default=0, editable=False)
    rendered_sha256 = models.CharField(max_length=64, blank=True, editable=False)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("修订"), pgettext_lazy("plural", "修订")
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_number_once"),
            models.UniqueConstraint(fields=["article"], condition=Q(status="PUBLISHED"), name="revision_one_published"),
            models.CheckConstraint(
                condition=Q(published_by=None) | Q(author=None) | ~Q(published_by=F("author")),
                name="revision_two_people",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "IN_REVIEW"], number=None, published_at=None, rendered_sha256="")
                | (
                    Q(status__in=["PUBLISHED", "SUPERSEDED"], number__isnull=False, published_at__isnull=False)
                    & ~Q(rendered_sha256="")
                ),
                name="revision_shown_has_number_time_hash",
            ),
        ]
        indexes = [models.Index(fields=["status", "submitted_at"], name="revision_waiting")]

    def __str__(self) -> str:
        title = localised(self, "title")
        return f"{title} v{self.number}" if self.number else f"{title} #{self.pk or '-'}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and type(self).objects.shown().filter(pk=self.pk).exists():
            raise TypeError("A published revision is frozen; a change is a new revision.")
        super().save(*args, **kwargs)

    def parts(self) -> list[SafeString]:
        """The body as published, cut where the tool stands. Made by rendering.py alone, from a cleaned body."""
        return [mark_safe(part) for part in self.rendered.split(rendering.SLOT, 1)]  # noqa: S308

    # -- the author

    @classmethod
    def start(cls, article: Article, *, by: Any, at: datetime) -> Revision:
        """Return the person's open draft of this article, or a new one from the published wording."""
        if not by.has_perm("articles.write_article"):
            raise PermissionDenied(_("您没有起草文章的权限。"))
        unfinished = cls.objects.filter(article=article, author=by, status=cls.Status.DRAFT).order_by("-pk").first()
        if unfinished is not None:
            return unfinished
        base = article.published
        texts = {name: getattr(base or article, name) for name in TEXTS}
        draft = cls(article=article, author=by, based_on=base, created_at=at, body=base.body if base else "", **texts)
        draft._begin(Move(actor=by, at=at, kind="revision.started", payload=draft._named()))
        return draft

    def rewrite(self, *, by: Any, seen: int, texts: dict[str, str], body: str, note: str, at: datetime) -> None:
        """Store the author's new wording of a draft. TransitionError if the page was stale or it is no draft."""
        self._check_author(by)
        clean = bodies.clean_body(body)
        check_facts(clean)
        values = {name: texts[name] for name in TEXTS} | {name: texts.get(name, "") for name in CORRECTION}
        same = type(self).objects.filter(pk=self.pk, version=seen, status=self.Status.DRAFT)
        with transaction.atomic():
            if not same.update(body=clean, note=note, version=F("version") + 1, **values):
                raise TransitionError(self._stored(), self.Status.DRAFT)
            self.refresh_from_db()

    def submit(self, *, by: Any, seen: int, at: datetime) -> None:
        """Hand the draft to another editor."""
        self._check_author(by)
        self.version = seen
        changes = {"submitted_at": at}
        self._move(self.Status.IN_REVIEW, Move(actor=by, at=at, kind="revision.submitted", changes=changes))

    # -- the second editor

    def send_back(self, *, by: Any, seen: int, note: str, at: datetime) -> None:
        """Return it to its author with what is to be mended."""
        self._check_reviewer(by)
        self.version = seen
        said = messages.sent_back(self, note)
        self._move(self.Status.DRAFT, Move(actor=by, at=at, kind="revision.sent_back", note=note, messages=said))

    def approve(self, *, by: Any, seen: int, at: datetime, note: str = "") -> None:
        """Publish: readers get this wording on their next request. Never by its author.

        TransitionError if the page was stale, it no longer waits, or another revision was published meanwhile.
        """
        self._check_reviewer(by)
        self.version = seen
        self._publish(by=by, at=at, note=note)

    def install(self, *, at: datetime) -> None:
        """Publish what ships with the code. There is no author to be kept apart from an approver."""
        if self.author_id is not None:
            raise PermissionDenied(_("有起草人的稿件须由另一位编辑批准。"))
        if self.status == self.Status.DRAFT:
            self._move(
                self.Status.IN_REVIEW,
                Move(actor=None, at=at, kind="revision.submitted", changes={"submitted_at": at}),
            )
        self._publish(by=None, at=at, note="")

    def is_stale(self) -> bool:
        """Whether another revision was published since this one was begun."""
        return self.based_on_id != Article.objects.values_list("published_id", flat=True).get(pk=self.article_id)

    @transaction.atomic
    def _publish(self, *, by: Any, at: datetime, note: str) -> None:
        made = rendering.render(self.body, rendering.load_facts(self.body))
        digest = hashlib.sha256(made.html.encode()).hexdigest()
        base = self.based_on
        number = (base.number or 0) + 1 if base else 1
        # The article's row is the one everybody publishing must win: judged and locked before anything else.
        mine = Article.objects.filter(pk=self.article_id, published_id=self.based_on_id)
        if not mine.update(published_id=self.based_on_id):
            raise TransitionError(self._stored(), self.Status.PUBLISHED)
        if base is not None:
            base._move(self.Status.SUPERSEDED, Move(actor=by, at=at, kind="revision.superseded"))
        self._move(
            self.Status.PUBLISHED,
            Move(
                actor=by,
                at=at,
                kind="revision.published",
                note=note,
                messages=messages.published(self),
                changes={
                    "number": number,
                    "published_by": by,
                    "published_at": at,
                    "rendered": made.html,
                    "contents": made.contents,
                    "anchors": made.anchors,
                    "references": made.references,
                    "minutes": made.minutes,
                    "rendered_sha256": digest,
                },
                payload={**self._named(), "number": number, "rendered_sha256": digest},
            ),
        )
        Block.store(self, bodies.blocks_of(bodies.parse(self.body)))
        Correction.publish(self, at=at)
        Article.objects.filter(pk=self.article_id).update(
            published=self,
            published_at=at,
            reading_minutes=made.minutes,
            **{name: getattr(self, name) for name in TEXTS},
        )

    def _named(self) -> dict[str, str]:
        digest = hashlib.sha256(self.body.encode()).hexdigest()
        named = {"article": str(self.article.public_id), "body_sha256": digest}
        if self.correction_zh:
            named["correction_sha256"] = hashlib.sha256(self.correction_zh.encode()).hexdigest()
        return named

    def _check_author(self, by: Any) -> None:
        if not by.has_perm("articles.write_article"):
            raise PermissionDenied(_("您没有起草文章的权限。"))
        if by.pk != self.author_id:
            raise PermissionDenied(_("只有起草人能修改和提交这份稿件。"))

    def _check_reviewer(self, by: Any) -> None:
        if not by.has_perm("articles.publish_article"):
            raise PermissionDenied(_("您没有发布文章的权限。"))
        if by.pk == self.author_id:
            raise PermissionDenied(_("不能审阅自己的稿件，请由另一位编辑处理。"))


def check_facts(clean: str) -> None:
    """ValidationError when the body binds a fact that does not exist."""
    wanted = {key for key, _block in bodies.facts_of(bodies.parse(clean))}
    missing = wanted - set(Fact.objects.filter(key__in=wanted).values_list("key", flat=True))
    if missing:
        raise ValidationError(_("没有这些事实编号：%(keys)s。") % {"keys": "、".join(sorted(missing))})


class RevisionEvent(TransitionEvent):
    """The revision's history."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    subject = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="events")

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("经过"), pgettext_lazy("plural", "经过")
        constraints = [models.UniqueConstraint(fields=["subject", "seq"], name="revisionevent_seq_once")]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
