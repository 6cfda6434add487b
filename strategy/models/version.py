"""Versions of a rule set, as YAML text: drafted, reviewed, published, withdrawn. A published one is never changed.

The pages of editors hand over the `version` that was on the screen; a page that is stale changes nothing. One editor
holds a draft; another takes it over in the open. Nobody who wrote on a draft publishes it or signs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import append_only, record
from portal.personal import Personal
from portal.workflow import Move, TransitionError, Workflow
from strategy import messages
from strategy.models import citation
from strategy.models.rights import PUBLISH, WRITE, NotProven, check_right, person_field, sha256_of
from strategy.models.rule_set import RuleSet
from strategy.reading import read_ruleset


class RuleSetVersionQuerySet(models.QuerySet["RuleSetVersion"]):
    def published(self) -> Self:
        """Published versions, newest first."""
        return self.filter(status=RuleSetVersion.Status.PUBLISHED).order_by("-number")

    def unfinished(self) -> Self:
        """Drafts and what waits for review."""
        return self.filter(status__in=[RuleSetVersion.Status.DRAFT, RuleSetVersion.Status.IN_REVIEW])


class RuleSetVersion(Workflow):
    """One version of a rule set, as YAML text. Published and clinically signed are two things."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("草稿")
        IN_REVIEW = "IN_REVIEW", _("待审阅")
        PUBLISHED = "PUBLISHED", _("已发布")
        WITHDRAWN = "WITHDRAWN", _("已撤回")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        Status.DRAFT: frozenset({Status.IN_REVIEW, Status.WITHDRAWN}),
        Status.IN_REVIEW: frozenset({Status.DRAFT, Status.PUBLISHED}),
        Status.PUBLISHED: frozenset({Status.WITHDRAWN}),
    }
    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}
    FROZEN = append_only.Columns(
        ("rule_set", "number", "source", "sha256", "created_by", "published_at", "published_by"),
        once="OLD.published_at IS NOT NULL",
    )

    rule_set = models.ForeignKey(
        RuleSet, on_delete=models.PROTECT, related_name="versions", verbose_name=_("规则集"), editable=False
    )
    number = models.PositiveIntegerField(_("版次"), editable=False)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    source = models.TextField(_("规则（YAML）"))
    sha256 = models.CharField(_("内容摘要"), max_length=64, editable=False)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    note = models.CharField(_("改动说明"), max_length=300, blank=True)
    created_by = person_field()
    created_at = models.DateTimeField(_("起草时间"), editable=False)
    held_by = person_field()
    editors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", editable=False)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, editable=False)
    published_at = models.DateTimeField(_("发布时间"), null=True, editable=False)
    published_by = person_field()
    clinically_signed_at = models.DateTimeField(_("临床审核时间"), null=True, editable=False)
    clinically_signed_by = person_field()

    objects = RuleSetVersionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("规则集版本"), pgettext_lazy("plural", "规则集版本")
        permissions = [
            ("write_ruleset", _("可以起草规则集")),
            ("publish_ruleset", _("可以发布规则集")),
            ("sign_ruleset", _("可以对规则集作临床审核")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "number"], name="rulesetversion_number_once"),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "IN_REVIEW"], published_at=None)
                | (Q(status="PUBLISHED", published_at__isnull=False) & ~Q(sha256=""))
                | Q(status="WITHDRAWN"),
                name="rulesetversion_published_has_hash_and_time",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | Q(created_by=None) | ~Q(published_by=F("created_by")),
                name="rulesetversion_two_people",
            ),
            models.CheckConstraint(
                condition=Q(clinically_signed_at=None, clinically_signed_by=None)
                | Q(clinically_signed_at__isnull=False, clinically_signed_by__isnull=False, published_at__isnull=False),
                name="rulesetversion_signed_has_who_when_and_was_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_set} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and type(self).objects.filter(pk=self.pk).exclude(status=self.Status.DRAFT).exists():
            raise TypeError("A published rule set is frozen; a change is a new version.")
        self.sha256 = sha256_of(self.source)
        super().save(*args, **kwargs)

    # -- the author

    @classmethod
    @transaction.atomic
    def draft(
        cls, rule_set: RuleSet, source: str, *, by: Any, at: datetime, based_on: RuleSetVersion | None = None
    ) -> RuleSetVersion:
        """Keep a new draft. RuleSetError when the source is malformed; by=None: the installer."""
        check_right(by, WRITE)
        read_ruleset(source)
        last = cls.objects.filter(rule_set=rule_set).aggregate(models.Max("number"))["number__max"] or 0
        version = cls(
            rule_set=rule_set,
            number=last + 1,
            source=source,
            created_by=by,
            held_by=by,
            created_at=at,
            based_on=based_on,
        )
        version._begin(Move(actor=by, at=at, kind="ruleset.drafted", payload=version._named()))
        if by is not None:
            version.editors.add(by)
        return version

    @classmethod
    def start(cls, rule_set: RuleSet, *, by: Any, at: datetime) -> RuleSetVersion:
        """Return the person's open draft of this rule set, or a new one from what readers use now."""
        check_right(by, WRITE)
        mine = cls.objects.filter(rule_set=rule_set, held_by=by, status=cls.Status.DRAFT).order_by("-number").first()
        if mine is not None:
            return mine
        base = cls.objects.filter(rule_set=rule_set).published().first()
        if base is None:
            raise cls.DoesNotExist(_t("还没有已发布的版本，请从文件导入。"))
        return cls.draft(rule_set, base.source, by=by, at=at, based_on=base)

    def rewrite(self, source: str, *, by: Any, seen: int, at: datetime, parts: Sequence[str]) -> None:
        """Store the holder's new text of a draft; `parts` names what changed, like rules/m-g1202r.

        RuleSetError when it is malformed; TransitionError if the page was stale, or somebody else holds the draft.
        """
        check_right(by, WRITE)
        read_ruleset(source)
        digest = sha256_of(source)
        changes = {"source": source, "sha256": digest, "note": self.note}
        with transaction.atomic():
            self._change(by=by, seen=seen, **changes)
            self.editors.add(by)
            payload = {**self._named(), "parts": list(parts)[:50]}
            record.append("ruleset.edited", actor=by, subject=self.subject, payload=payload, at=at)

    def take_over(self, *, by: Any, seen: int, at: datetime) -> None:
        """Hold a colleague's draft from now on: what they send from an old page is refused, nothing is lost."""
        check_right(by, WRITE)
        with transaction.atomic():
            self._change(by=self.held_by, seen=seen, held_by=by)
            record.append("ruleset.taken_over", actor=by, subject=self.subject, payload=self._named(), at=at)

    def discard(self, *, by: Any, seen: int, at: datetime, note: str) -> None:
        """Give a draft up. It stays in the list, withdrawn, and was never published."""
        check_right(by, WRITE)
        self._still(self.Status.DRAFT, seen)
        payload = self._named()
        self._move(self.Status.WITHDRAWN, Move(actor=by, at=at, kind="ruleset.discarded", note=note, payload=payload))

    def submit(self, *, by: Any, seen: int, at: datetime, note: str) -> None:
        """Hand the draft to another editor, with a word on what changed."""
        check_right(by, WRITE)
        if by.pk != self.held_by_id:
            raise PermissionDenied(_t("这份草稿由另一位编辑持有，请先接手再提交。"))
        self.version = seen
        changes = {"submitted_at": at, "note": note}
        payload = self._named()
        self._move(
            self.Status.IN_REVIEW,
            Move(actor=by, at=at, kind="ruleset.submitted", note=note, changes=changes, payload=payload),
        )

    # -- the second editor

    def send_back(self, *, by: Any, seen: int, at: datetime, note: str) -> None:
        """Return it to who holds it, with what is to be mended. The holder may take it back themselves."""
        is_holder = by.pk == self.held_by_id and by.has_perm(WRITE)
        if not is_holder:
            check_right(by, PUBLISH)
        self.version = seen
        said = [] if is_holder else messages.sent_back(self, note)
        self._move(
            self.Status.DRAFT,
            Move(actor=by, at=at, kind="ruleset.sent_back", note=note, messages=said, payload=self._named()),
        )

    @transaction.atomic
    def publish(self, *, by: Any, at: datetime, seen: int | None = None, note: str = "") -> None:
        """Give readers this version; never by somebody who wrote on it. by=None: the installer's own, from a draft.

        TransitionError if the page was stale, it no longer waits, or another version was published meanwhile;
        NotProven without a certificate of this text or with findings neither solved nor signed.
        """
        if by is not None:
            self.version = seen or self.version
            self.check_second(by, PUBLISH, _t("不能发布自己起草或修改过的版本。"))
            self._check_proven()
        elif self.status == self.Status.DRAFT:
            kept = {"submitted_at": at}
            self._move(self.Status.IN_REVIEW, Move(actor=None, at=at, kind="ruleset.submitted", changes=kept))
        read_ruleset(self.source)
        # The rule set's row is the one everybody publishing must win: locked before the newest version is judged.
        RuleSet.objects.filter(pk=self.rule_set_id).update(slug=F("slug"))
        if self.is_behind():
            raise TransitionError(self._stored(), self.Status.PUBLISHED)
        self._move(
            self.Status.PUBLISHED,
            Move(
                actor=by,
                at=at,
                kind="ruleset.published",
                note=note,
                changes={"published_at": at, "published_by": by},
                payload=self._named(),
                messages=messages.published(self) if by is not None else [],
            ),
        )
        citation.cite(self, by=by, at=at)

    def withdraw(self, *, by: Any, at: datetime, note: str = "", seen: int | None = None) -> None:
        """Take a published version from readers; the one before it, if still published, serves again."""
        if by is not None:
            check_right(by, PUBLISH)
        self._still(self.Status.PUBLISHED, seen or self.version)
        self._move(
            self.Status.WITHDRAWN,
            Move(actor=by, at=at, kind="ruleset.withdrawn", note=note, payload=self._named()),
        )

    # -- what is asked of it

    def is_behind(self) -> bool:
        """Whether another version was published since this draft was begun."""
        if self.based_on_id is None:
            return False
        newest = type(self).objects.filter(rule_set_id=self.rule_set_id).published().values_list("pk", flat=True)
        return newest.first() not in (None, self.based_on_id)

    def was_edited_by(self, person: Any) -> bool:
        """Whether the person began or changed this version."""
        return self.created_by_id == person.pk or self.editors.filter(pk=person.pk).exists()

    def check_second(self, by: Any, right: str, words: str) -> None:
        check_right(by, right)
        if self.was_edited_by(by):
            raise PermissionDenied(words)

    def _check_proven(self) -> None:
        from strategy import proving  # it imports the models

        if any(finding.fingerprint for finding in proving.outstanding(self)):
            raise NotProven(_t("还有既未解决也未签署理由的发现，不能发布。"))
        if not proving.proven(self):
            raise NotProven(_t("这一版的内容还没有证明。请先运行证明。"))

    def _still(self, status: str, seen: int) -> None:
        if self.status != status:
            raise TransitionError(self._stored(), self.Status.WITHDRAWN)
        self.version = seen

    def _change(self, *, by: Any, seen: int, **changes: Any) -> None:
        """Change a draft where it stands: still a draft, still as seen, still held by this person."""
        same = type(self).objects.filter(pk=self.pk, version=seen, status=self.Status.DRAFT, held_by=by)
        if not same.update(version=F("version") + 1, **changes):
            raise TransitionError(self._stored(), self.Status.DRAFT)
        self.refresh_from_db()

    @property
    def subject(self) -> str:
        return f"{self._meta.label_lower}:{self.pk}"

    def _named(self) -> dict[str, Any]:
        return {"number": self.number, "sha256": self.sha256 or sha256_of(self.source)}
