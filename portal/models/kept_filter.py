"""A filter of one of the desk's lists that somebody keeps under a name of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.personal import Personal

MOST = 20  # of one person, for one list


class TooMany(Exception):
    """The person keeps as many filters of this list as there may be."""


class KeptFilterQuerySet(models.QuerySet["KeptFilter"]):
    def of(self, user: Any, table: str = "") -> Self:
        """The person's own, in the order of their names; of one list, where it is named."""
        rows = self.filter(owner_id=user.pk)
        return (rows.filter(table=table) if table else rows).order_by("table", "name")

    @transaction.atomic
    def keep(self, user: Any, table: str, name: str, query: str, *, at: datetime) -> KeptFilter:
        """Keep a filter; the same name takes the place of the one before. Raises TooMany."""
        own = self.of(user, table)
        if own.exclude(name=name).count() >= MOST:
            raise TooMany
        try:
            with transaction.atomic():
                made, _is_new = self.update_or_create(
                    owner_id=user.pk, table=table, name=name, defaults={"query": query, "kept_at": at}
                )
        except IntegrityError:  # the same press twice, at once: the other one stands
            return own.get(name=name)
        return made


class KeptFilter(models.Model):
    """`table` is a model's label (articles.comment); `query` holds ids, codes and dates, never words searched for."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "name": Personal("工作人员为自己常用的筛选起的名字", "本人删除，或账号注销"),
    }

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("用户"), editable=False
    )
    table = models.CharField(_("列表"), max_length=80)
    name = models.CharField(_("名称"), max_length=40)
    query = models.CharField(_("条件"), max_length=400)
    kept_at = models.DateTimeField(_("保存时间"))

    objects = KeptFilterQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("我的筛选"), pgettext_lazy("plural", "我的筛选")
        constraints = [models.UniqueConstraint(fields=["owner", "table", "name"], name="keptfilter_once")]

    def __str__(self) -> str:
        return self.name
