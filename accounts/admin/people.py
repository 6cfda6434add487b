"""Accounts in the admin: looked at by who may; staff made, and their groups given, by superusers only."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import EvidenceView, User
from portal import record
from portal.catalogue import CLEAN_FIELDS, CatalogueAdmin, ReadOnlyAdmin
from portal.desk import ask_factor_again

EDITABLE = ("email", "display_name", "is_active", "is_staff", "groups")
SHOWN = (
    "email",
    "display_name",
    "display_title",
    "language",
    "is_active",
    "is_staff",
    "is_superuser",
    "groups",
    "date_joined",
    "last_login",
)


GROUP_WORDS = {
    "reviewers": gettext_lazy("审核员"),
    "review_leads": gettext_lazy("审核组长"),
    "editors": gettext_lazy("编辑"),
    "operators": gettext_lazy("运维"),
    "clinical_leads": gettext_lazy("临床负责人"),
}


class GroupsField(forms.ModelMultipleChoiceField):
    """The groups as a few boxes, by the names people use."""

    def label_from_instance(self, obj: Any) -> str:
        return str(GROUP_WORDS.get(obj.name, obj.name))


class AccountForm(forms.ModelForm):
    """One spelling of an address is one account."""

    groups = GroupsField(
        label=gettext_lazy("角色"),
        queryset=Group.objects.order_by("pk"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_email(self) -> str:
        email = User.objects.normalize_email(self.cleaned_data["email"])
        if User.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("这个邮箱已有账号。"))
        return email

    class Meta:
        model = User
        fields = EDITABLE


class RoleFilter(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("角色"), "groups__id__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(group.pk), GROUP_WORDS.get(group.name, group.name)) for group in Group.objects.order_by("pk")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        chosen = self.value() or ""
        return queryset.filter(groups=int(chosen)) if chosen.isascii() and chosen.isdecimal() else queryset


@admin.register(User)
class UserAdmin(CatalogueAdmin):
    """Nobody gives rights to themselves here; superuser is not given here at all. Every change of rights is recorded.

    A new account has no password: its owner sets one by 忘记密码, which proves the address.
    """

    form = AccountForm
    formfield_overrides = CLEAN_FIELDS
    intro = gettext_lazy("所有账号；工作人员的角色在这里给")
    search_help_text = gettext_lazy("姓名，或完整的邮箱")
    list_display = ["number", "display_name", "is_staff", "is_active", "date_joined"]
    list_display_links = ["number", "display_name"]
    list_filter = ["is_staff", "is_active", RoleFilter]
    search_fields = ["display_name", "=email"]
    ordering = ["-pk"]

    @admin.display(description=gettext_lazy("编号"), ordering="pk")
    def number(self, user: User) -> int:
        return int(user.pk)

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return SHOWN if obj else ("email", "display_name", "is_staff", "groups")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return [name for name in SHOWN if name not in EDITABLE] if obj else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"is_staff": True}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self.has_add_permission(request) and (obj is None or obj.pk != request.user.pk)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who may change rights proves anew that it is them: an open session alone gives nobody a role."""
        detour = ask_factor_again(request) if self.has_add_permission(request) else None
        return detour or super().changeform_view(request, *args, **kwargs)

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change or "email" in form.changed_data:
            EmailAddress.objects.filter(user=obj).delete()  # the old address no longer signs in
            EmailAddress.objects.create(user=obj, email=obj.email, primary=True, verified=False)

    @transaction.atomic
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        person: User = form.instance
        record.append(
            "person.rights_changed",
            actor=request.user,
            subject=f"accounts.user:{person.public_id}",
            at=timezone.now(),
            payload={
                "is_staff": person.is_staff,
                "is_active": person.is_active,
                "groups": sorted(person.groups.values_list("name", flat=True)),
            },
        )


@admin.register(EvidenceView)
class EvidenceViewAdmin(ReadOnlyAdmin):
    """Who looked at whose evidence, when and why."""

    intro = gettext_lazy("谁在何时、为何看过谁的证据；本人也看得到")
    list_display = ["viewed_at", "viewer", "case", "page", "purpose"]
    list_select_related = ["viewer", "evidence__owner__verification"]
    date_hierarchy = "viewed_at"
    ordering = ["-pk"]
    fields = ["viewed_at", "viewer", "case", "page", "purpose"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[EvidenceView]:
        return super().get_queryset(request).select_related("viewer", "evidence__owner__verification")

    @admin.display(description=gettext_lazy("案件"))
    def case(self, view: EvidenceView) -> str:
        owner = view.evidence.owner
        return owner.verification.case_number if hasattr(owner, "verification") else "—"
