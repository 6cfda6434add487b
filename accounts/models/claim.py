"""A reviewer's hold on a case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models.cases import NotAllowed
from accounts.models.user import User
from accounts.models.verification import Verification
from portal.personal import Personal


class Held(NotAllowed):
    """Somebody else works on the case; `holder` is the one."""

    def __init__(self, holder: User) -> None:
        super().__init__(_("%(name)s 正在处理这件案件。") % {"name": holder})
        self.holder = holder


class ClaimQuerySet(models.QuerySet["Claim"]):
    def running(self, at: datetime) -> Self:
        """Claims in force: not released, lease not run out."""
        return self.filter(released_at=None, until__gt=at)

    def lets_review(self, reviewer: Any, person: Any) -> bool:
        """Whether the reviewer holds this person's case now, with the right to, and it is not their own."""
        if reviewer.pk == person.pk or not reviewer.has_perm("accounts.review_verification"):
            return False
        return self.running(timezone.now()).filter(reviewer_id=reviewer.pk, verification__owner_id=person.pk).exists()


class Claim(models.Model):
    """A reviewer's hold on a case, for CLAIM_MINUTES, renewed while they work on it."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {}

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="claims")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="claims")
    claimed_at = models.DateTimeField(gettext_lazy("领取时间"))
    until = models.DateTimeField(gettext_lazy("保留至"))
    released_at = models.DateTimeField(gettext_lazy("放回时间"), null=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("领取"), pgettext_lazy("plural", "领取")
        constraints = [
            models.UniqueConstraint(fields=["verification"], condition=Q(released_at=None), name="claim_one_per_case"),
        ]

    def __str__(self) -> str:
        return f"{self.verification_id} {self.reviewer_id}"

    @classmethod
    def take(cls, case: Verification, *, by: User, at: datetime) -> Claim:
        """Claim a waiting case, or renew one's own claim; a claim that ran out is taken over. Held names the holder."""
        waiting = Verification.objects.decidable_by(by).waiting().filter(pk=case.pk)
        if not waiting.exists():
            raise NotAllowed(case.why_not(by) or _("这件案件已不在待审之列，或不能由您处理。"))
        until = at + timedelta(minutes=settings.CLAIM_MINUTES)
        with transaction.atomic():
            cls.objects.filter(verification=case, released_at=None, until__lte=at).update(released_at=at)
            if cls.objects.running(at).filter(verification=case, reviewer=by).update(until=until):
                return cls.objects.get(verification=case, released_at=None)
            claim = cls._first(case, by=by, at=at, until=until)
            # The insert may have waited for a decision to release the hold before: then there is nothing to hold.
            if not waiting.all().exists():
                raise NotAllowed(_("这件案件刚被处理，请重新打开。"))
            return claim

    @classmethod
    def _first(cls, case: Verification, *, by: User, at: datetime, until: datetime) -> Claim:
        """Insert the claim; the unique constraint says who was first."""
        try:
            with transaction.atomic():
                return cls.objects.create(verification=case, reviewer=by, claimed_at=at, until=until)
        except IntegrityError as error:
            other = cls.objects.select_related("reviewer").filter(verification=case, released_at=None).first()
            if other is None:  # decided or put back between our insert and this look
                raise NotAllowed(_("这件案件刚被处理，请重新打开。")) from error
            if other.reviewer_id == by.pk:  # one's own second press
                return other
            raise Held(other.reviewer) from error

    @classmethod
    def release(cls, case: Verification, *, by: User, at: datetime) -> None:
        """Put the case back; only the holder's own claim."""
        cls.objects.filter(verification=case, reviewer=by, released_at=None).update(released_at=at)
