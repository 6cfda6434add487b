"""A reader's report of a comment: one of each person, for a reason from a list, read by moderators only.

Reports count while no moderator has judged the comment since. The comment's own counter, `reports_open`, is raised by
one UPDATE, so that of two who report at once the second sees both.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Count, F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.models.comment import Comment, CommentMoved
from portal import record
from portal.models import Zone
from portal.personal import Personal


class AlreadyReported(Exception):
    """This person has reported this comment before."""


class Report(models.Model):
    """Who reported what, and why. Its reporter is never told to anybody but the reporter."""

    class Reason(models.TextChoices):
        PATIENT = "PATIENT", _("含有可识别患者的信息")
        MEDICAL = "MEDICAL", _("医学内容可能误导")
        ADVERT = "ADVERT", _("广告或推销")
        RUDE = "RUDE", _("攻击、骚扰他人")
        OTHER = "OTHER", _("其他，请管理员看看")

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "reason": Personal("处理举报", "与所举报的评论同存；被举报者看不到是谁"),
    }

    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="+", editable=False)
    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="reports", editable=False)
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    reason = models.CharField(_("理由"), max_length=8, choices=Reason, editable=False)
    created_at = models.DateTimeField(_("时间"), editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("举报"), pgettext_lazy("plural", "举报")
        constraints = [models.UniqueConstraint(fields=["comment", "reporter"], name="report_once_per_person")]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.reason}"

    @classmethod
    def file(cls, comment: Comment, *, by: Any, reason: str, at: datetime) -> Report:
        """Write it down; the settings' number of open ones takes the comment from readers until it is judged.

        AlreadyReported the second time; CommentMoved when it is no longer shown, or one's own.
        """
        try:
            with transaction.atomic():
                return cls._filed(comment, by, reason, at)
        except IntegrityError as error:
            raise AlreadyReported from error

    @classmethod
    def _filed(cls, comment: Comment, by: Any, reason: str, at: datetime) -> Report:
        shown = Comment.objects.filter(pk=comment.pk, state=Comment.State.SHOWN).exclude(author_id=by.pk)
        if not shown.update(reports_open=F("reports_open") + 1, to_tell_at=at):
            raise CommentMoved
        row = cls.objects.create(zone_id=comment.zone_id, comment=comment, reporter=by, reason=reason, created_at=at)
        subject = f"articles.comment:{comment.public_id}"
        record.append("comment.reported", actor=by, subject=subject, payload={"reason": reason}, at=at)
        comment.refresh_from_db()
        if comment.reports_open >= settings.COMMENT_REPORTS_HOLD and not comment.is_editorial:
            comment.hold(at=at)
        return row


def reasons_of(comment: Comment) -> Sequence[tuple[str, int]]:
    """Return (reason in words, how many gave it), the most frequent first; never who."""
    rows = Report.objects.filter(comment=comment).order_by().values("reason").annotate(n=Count("pk"))
    found = [(str(Report.Reason(row["reason"]).label), row["n"]) for row in rows]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))
