"""Which cases there are for whom, and why somebody may not act on one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.proposal import Proposal
from accounts.models.user import User

if TYPE_CHECKING:
    from accounts.models.verification import Verification  # noqa: F401  # the type of the rows, named in a string


class NotAllowed(Exception):
    """The person may not do this to this case (their own, no right, no claim, the same reviewer again)."""


class ContentChanged(NotAllowed):
    """The submission no longer holds what was sent: a decision on it would be void."""

    def __init__(self) -> None:
        super().__init__(_("资料在提交后有变动，这次决定没有生效。请用「内容有变动」一条退回，请申请人重新提交。"))


class VerificationQuerySet(models.QuerySet["Verification"]):
    def waiting(self) -> Self:
        """Cases to be decided, oldest submission first.

        Who closed their account, or withdrew what allows us to look at their case, waits for nothing.
        """
        found = self.filter(status="PENDING", owner__is_active=True, held_since=None)
        return found.order_by("submitted_at", "pk")

    def in_force(self, at: datetime) -> Self:
        """Approved and not past its date."""
        return self.filter(status="APPROVED", approved_until__gt=at)

    def reviewable_by(self, user: User) -> Self:
        """Cases this person may open at the desk: never their own."""
        if not user.is_active or not user.has_perm("accounts.review_verification"):
            return self.none()
        return self.exclude(owner_id=user.pk)

    def decidable_by(self, user: User) -> Self:
        """Of these, what the person may also decide.

        An appeal goes to another reviewer than those who decided or revoked; a proposal is another's to confirm.
        """
        own = Exists(Proposal.objects.barring(user).filter(verification=OuterRef("pk")))
        return self.reviewable_by(user).exclude(pk__in=self._contested(user)).exclude(own)

    def owned_by(self, user: User) -> Self:
        """The person's own case."""
        return self.filter(owner_id=user.pk)

    @staticmethod
    def _contested(user: User) -> Any:
        """Appeals against what this person decided, confirmed, proposed or revoked."""
        from accounts.models.verification import Verification as Case

        theirs = Q(current__previous__decision__decided_by=user.pk)
        theirs |= Q(current__previous__decision__proposed_by=user.pk) | Q(revoked_by=user.pk)
        return Case._base_manager.filter(theirs).exclude(current__appeal="").values("pk")
