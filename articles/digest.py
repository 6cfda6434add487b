"""What moderators are told: one message for what came to wait in a quarter of an hour, each comment once.

Run by the sweep. It says how many and where, never the words: a comment may be held for what it says of a patient.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.models import Comment
from portal import outbox
from portal.localise import localised

MOST = 500  # comments in one message


def tell_moderators(at: datetime) -> int:
    """Enqueue the digest when the oldest untold comment has waited long enough; return how many messages."""
    oldest = at - timedelta(minutes=settings.MODERATION_DIGEST_MINUTES)
    if not Comment.objects.filter(to_tell_at__lte=oldest).exists():
        return 0
    people = _moderators()
    return _told(people, at) if people else 0


def _moderators() -> list[Any]:
    """Who was given the right; where nobody was, who may do everything."""
    staff = get_user_model().objects.filter(is_active=True, is_staff=True)
    right = Permission.objects.filter(content_type__app_label="articles", codename="moderate_comment")
    given = staff.filter(Q(user_permissions__in=right) | Q(groups__permissions__in=right)).distinct()
    return list(given.order_by("pk")) or list(staff.filter(is_superuser=True).order_by("pk"))


@transaction.atomic
def _told(people: list[Any], at: datetime) -> int:
    untold = Comment.objects.filter(to_tell_at__isnull=False)
    rows = list(untold.select_related("article").order_by("pk")[:MOST])
    # Another sweep may be at the same rows: who changes them tells of them.
    if untold.filter(pk__in=[row.pk for row in rows]).update(to_tell_at=None) != len(rows):
        transaction.set_rollback(True)
        return 0
    key = f"moderation:{rows[-1].pk}:{int(at.timestamp())}"
    messages = [_message(person, key, rows) for person in people]
    outbox.enqueue(messages, at=at)
    return len(messages)


def _message(person: Any, key: str, rows: Iterable[Comment]) -> outbox.Message:
    counts = Counter(row.article for row in rows)
    total = sum(counts.values())
    with translation.override(person.language or settings.LANGUAGE_CODE):
        subject = ngettext("%(count)d 条评论等待处理", "%(count)d 条评论等待处理", total) % {"count": total}
        lines = [
            _("《%(title)s》：%(count)d 条") % {"title": localised(article, "title"), "count": count}
            for article, count in counts.items()
        ]
        words = _("这些评论有待审核，或者被读者举报。请在管理后台查看并决定。")
    place = settings.SITE_URL + reverse("admin:articles_comment_changelist") + "?waiting=yes"
    text = "\n\n".join([words, "\n".join(lines), place]) + "\n"
    return outbox.Message(
        key=key, channel=outbox.EMAIL, address=person.email, subject=subject, text=text, person=person
    )
