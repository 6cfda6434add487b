"""What of the queue to show: status, profession, zone, age, reviewer, and three boxes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User, Verification
from portal.localise import localised
from portal.models import Zone
from portal.text import CleanCharField

ALL = "ALL"
SELECTS = ("status", "profession", "zone", "age", "reviewer")


class QueueForm(forms.Form):
    """Nothing chosen means what waits."""

    q = CleanCharField(label=gettext_lazy("搜索"), max_length=254, required=False)
    status = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    profession = forms.ChoiceField(label=gettext_lazy("职业"), required=False)
    zone = forms.TypedChoiceField(label=gettext_lazy("专区"), required=False, coerce=int, empty_value=None)
    age = forms.ChoiceField(label=gettext_lazy("等待"), required=False)
    reviewer = forms.TypedChoiceField(label=gettext_lazy("审核员"), required=False, coerce=int, empty_value=None)
    mine = forms.BooleanField(label=gettext_lazy("由我处理"), required=False)
    second = forms.BooleanField(label=gettext_lazy("待复核"), required=False)
    again = forms.BooleanField(label=gettext_lazy("再次提交"), required=False)

    def __init__(self, *args: Any, professions: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[Any, Any]]] = {
            "status": [("", _("待审")), *Verification.Status.choices[1:], (ALL, _("全部"))],
            "profession": [("", _("全部职业")), *professions.items()],
            "zone": [("", _("全部专区")), *_zones()],
            "age": [("", _("不限")), ("over", _("已超时")), ("near", _("将超时")), ("in", _("目标内"))],
            "reviewer": [("", _("全部审核员")), *((user.pk, str(user)) for user in reviewers())],
        }
        for name, offered in choices.items():
            field: Any = self.fields[name]
            field.choices = offered
            field.widget.attrs["class"] = "input"
        self.fields["q"].widget.attrs["class"] = "input"

    @property
    def selects(self) -> list[forms.BoundField]:
        """The choices, in the order of the page."""
        return [self[name] for name in SELECTS]

    @property
    def boxes(self) -> list[forms.BoundField]:
        """What is ticked or not."""
        return [self[name] for name in ("mine", "second", "again")]


def reviewers() -> list[User]:
    """Return the active staff who may review, by name."""
    right = Permission.objects.filter(codename="review_verification", content_type__app_label="accounts")
    may = Q(groups__permissions__in=right) | Q(user_permissions__in=right) | Q(is_superuser=True)
    return list(User.objects.active().filter(may, is_staff=True).distinct().order_by("display_name", "pk"))


def _zones() -> list[tuple[int, str]]:
    return [(zone.pk, localised(zone, "name")) for zone in Zone.objects.order_by("position", "pk")]
