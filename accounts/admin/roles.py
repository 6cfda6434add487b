"""Roles: Django's groups, with what each may do as boxes under the name of what it is about."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.admin.people import GROUP_WORDS
from portal import record
from portal.catalogue import CatalogueAdmin
from portal.desk import ask_factor_again, names_of

admin.site.unregister(Group)


def right_words(right: Permission) -> str:
    """Return what a right lets do: one of Django's four in a word, the model's own as its migration names it."""
    verb = right.codename.removesuffix(f"_{right.content_type.model}")
    four = {
        "view": pgettext("right", "查看"),
        "add": pgettext("right", "新增"),
        "change": pgettext("right", "修改"),
        "delete": pgettext("right", "删除"),
    }
    model = right.content_type.model_class()
    own = dict(model._meta.permissions) if model else {}
    return four.get(verb) or str(own.get(right.codename, right.name))


def about(right: Permission) -> str:
    """Return the name of what a right is about."""
    model = right.content_type.model_class()
    return names_of(model)[1] if model else right.content_type.model


class RightsField(forms.ModelMultipleChoiceField):
    """The rights over what the desk shows, under the names of their models."""

    def __init__(self, **kwargs: Any) -> None:
        shown = [*admin.site._registry, *(row.model for desk in admin.site._registry.values() for row in desk.inlines)]
        names = {(model._meta.app_label, model._meta.model_name) for model in shown}
        rights = Permission.objects.select_related("content_type").order_by(
            "content_type__app_label", "content_type__model", "codename"
        )
        kept = [right for right in rights if (right.content_type.app_label, right.content_type.model) in names]
        super().__init__(queryset=rights.filter(pk__in=[right.pk for right in kept]), required=False, **kwargs)
        self.groups = [
            (about(rows[0]), [(right.pk, right_words(right)) for right in rows])
            for _kind, group in groupby(kept, key=lambda right: right.content_type_id)
            if (rows := list(group))
        ]
        self.choices = self.groups


class GroupedBoxes(forms.widgets.ChoiceWidget):
    """Boxes under headings. Not a CheckboxSelectMultiple: the form's own template would draw that without them."""

    allow_multiple_selected = add_id_index = option_inherits_attrs = use_fieldset = True
    input_type, template_name = "checkbox", "admin/widgets/boxes_by_group.html"

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        return option | {"attrs": {"id": option["attrs"].get("id", "")}}  # the template says what is ticked

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """No box ticked sends nothing: that is an answer."""
        return False


class RoleForm(forms.ModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "permissions" in self.fields:
            self.fields["permissions"] = self._rights = RightsField(
                label=gettext_lazy("可以做什么"),
                widget=GroupedBoxes,
                help_text=gettext_lazy("改动立即对这个角色的所有人生效。"),
            )

    def clean_permissions(self) -> Any:
        """What the page does not show stays as it is."""
        shown = {pk for _name, rows in self._rights.groups for pk, _words in rows}
        kept = self.instance.permissions.exclude(pk__in=shown) if self.instance.pk else Permission.objects.none()
        return self.cleaned_data["permissions"] | Permission.objects.filter(
            pk__in=list(kept.values_list("pk", flat=True))
        )

    class Meta:
        model = Group
        fields = ["name", "permissions"]
        labels = {"name": gettext_lazy("代号")}


@admin.register(Group)
class RoleAdmin(CatalogueAdmin):
    """Superusers' alone in practice; every change of a role's rights is recorded, after proving anew who asks."""

    names = gettext_lazy("角色"), pgettext_lazy("plural", "角色")
    form = RoleForm
    intro = gettext_lazy("在「用户」里把角色给人；这里定每个角色可以做什么")
    list_display = ["role", "name", "people"]
    fields = ["name", "permissions"]

    @admin.display(description=gettext_lazy("角色"))
    def role(self, group: Group) -> str:
        return str(GROUP_WORDS.get(group.name, group.name))

    @admin.display(description=gettext_lazy("人数"))
    def people(self, group: Group) -> int:
        return group.user_set.count()

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        detour = ask_factor_again(request) if self.has_change_permission(request) else None
        return detour or super().changeform_view(request, *args, **kwargs)

    @transaction.atomic
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        group: Group = form.instance
        record.append(
            "role.rights_changed",
            actor=request.user,
            subject=f"auth.group:{group.name}",
            at=timezone.now(),
            payload={"rights": sorted(group.permissions.values_list("codename", flat=True))},
        )
