"""Agreements in the admin: one person writes a version, another publishes it; what is published is only looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from consent.models import Agreement, AgreementVersion, ConsentRecord
from consent.models.agreement import Frozen
from consent.publication import preview, shown
from portal.catalogue import CatalogueAdmin, ReadOnlyAdmin
from portal.desk import ask_factor_again
from portal.localise import localised

TEXTS = AgreementVersion.TEXTS
WRITE, PUBLISH = "consent.write_agreement", "consent.publish_agreement"


@admin.register(Agreement)
class AgreementAdmin(CatalogueAdmin):
    """A document of a zone or of the platform; its texts are its versions."""

    list_display = ["kind", "zone"]
    list_select_related = ["zone"]
    list_filter = ["kind"]
    ordering = ["kind", "zone_id"]
    fields = ["kind", "zone"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(WRITE)

    def has_change_permission(self, request: HttpRequest, obj: Agreement | None = None) -> bool:
        return False


class VersionForm(forms.ModelForm):
    """The body is the seven tags the reader's page keeps; what else is written is not shown."""

    class Meta:
        model = AgreementVersion
        fields = ["agreement", *TEXTS, "asks_again"]
        help_texts = {
            "body_zh": gettext_lazy("HTML：h2 p ul ol li a strong。{{operator}} 与 {{contact}} 显示时替换。"),
            "asks_again": gettext_lazy("实质改动须重新征得同意；只改错字时取消勾选。"),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "<" not in data.get("body_zh", "<") or "<" not in data.get("body_en", "<"):
            raise ValidationError(_("正文须以 HTML 段落书写，例如 <p>…</p>。"))
        return data


@admin.register(AgreementVersion)
class AgreementVersionAdmin(CatalogueAdmin):
    """Drafts are changed by their author alone, so that whoever publishes is a second pair of eyes."""

    form = VersionForm
    change_form_template = "admin/consent/agreementversion/change_form.html"
    intro = gettext_lazy("一人起草，另一人发布；发布之后只能查看")
    list_display = ["title", "agreement", "number", "is_published", "created_by", "published_by", "published_at"]
    list_select_related = ["agreement__zone", "created_by", "published_by"]
    list_filter = ["agreement__kind", "agreement__zone"]
    ordering = ["agreement_id", "-number"]
    readonly_fields = ["number", "created_by", "created_at", "published_by", "published_at", "sha256"]
    fieldsets = [
        (None, {"fields": ["agreement", "number", "asks_again", *TEXTS]}),
        (gettext_lazy("发布"), {"fields": ["created_by", "created_at", "published_by", "published_at", "sha256"]}),
    ]

    @admin.display(description=gettext_lazy("标题"), ordering="title_zh")
    def title(self, version: AgreementVersion) -> str:
        return str(localised(version, "title"))

    @admin.display(description=gettext_lazy("已发布"), boolean=True)
    def is_published(self, version: AgreementVersion) -> bool:
        return version.published_at is not None

    def get_fieldsets(self, request: HttpRequest, obj: AgreementVersion | None = None) -> Any:
        """A version not yet written has no number and nobody who published it."""
        return self.fieldsets if obj else [(None, {"fields": ["agreement", "asks_again", *TEXTS]})]

    def get_readonly_fields(self, request: HttpRequest, obj: AgreementVersion | None = None) -> list[str]:
        return [*self.readonly_fields, *(["agreement"] if obj else [])]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """?agreement=<pk> starts from the text in force."""
        chosen = request.GET.get("agreement", "")
        agreement = Agreement.objects.filter(pk=int(chosen)).first() if chosen.isdecimal() else None
        if agreement is None:
            return {}
        current = AgreementVersion.objects.current(agreement.kind, agreement.zone)
        texts = {name: getattr(current, name) for name in TEXTS} if current else {}
        return {"agreement": agreement.pk, **texts}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: AgreementVersion | None = None) -> bool:
        rights = (WRITE, PUBLISH, "consent.view_agreementversion")
        return any(request.user.has_perm(right) for right in rights)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(WRITE)

    def has_change_permission(self, request: HttpRequest, obj: AgreementVersion | None = None) -> bool:
        if not request.user.has_perm(WRITE):
            return False
        return obj is None or (obj.published_at is None and obj.created_by_id == request.user.pk)

    def save_model(self, request: HttpRequest, obj: AgreementVersion, form: Any, change: bool) -> None:
        if not change:
            last = AgreementVersion.objects.filter(agreement=obj.agreement).aggregate(last=Max("number"))["last"]
            obj.number, obj.created_by_id = (last or 0) + 1, request.user.pk
        super().save_model(request, obj, form, change)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Two people may draft at once, and a draft may be published under its writer: say so instead of failing."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (IntegrityError, Frozen):
            reason = _("另一位同事刚刚建立或发布了这份文件的版本，这次没有保存。请重新打开后再试。")
            return render(request, "409.html", {"reason": reason}, status=409)

    def get_urls(self) -> list[URLPattern]:
        view = require_http_methods(["GET", "HEAD", "POST"])(self.publish_view)
        return [
            path("<int:pk>/publish/", self.admin_site.admin_view(view), name="consent_agreementversion_publish"),
            *super().get_urls(),
        ]

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What changes for readers, then the button. Never one's own draft."""
        if not request.user.has_perm(PUBLISH):
            raise PermissionDenied
        if (detour := ask_factor_again(request)) is not None:
            return detour
        version = get_object_or_404(AgreementVersion.objects.select_related("agreement__zone", "created_by"), pk=pk)
        is_own = version.created_by_id == request.user.pk
        if request.method == "POST":
            if request.POST.get("text") != shown(version):
                reason = _("这一版或现行版在您看过之后改动过，请看过新的对照再发布。")
                return render(request, "409.html", {"reason": reason}, status=409)
            if is_own:
                raise PermissionDenied(_("不能发布自己起草的版本。"))
            if version.publish(by=request.user, at=timezone.now()):
                messages.success(request, _("%(version)s 已发布，立即生效。") % {"version": version})
            else:
                words = _("%(version)s 已由他人发布、刚被改动或已被更新的一版越过，没有发布。")
                messages.warning(request, words % {"version": version})
            return redirect("admin:consent_agreementversion_change", pk)
        context = {
            "title": _("发布 %(version)s") % {"version": version},
            "version": version,
            "preview": preview(version),
            "is_own": is_own,
            "text_hash": shown(version),
            "back": reverse("admin:consent_agreementversion_change", args=[pk]),
        }
        return render(request, "admin/consent/agreementversion/publish.html", context)


@admin.register(ConsentRecord)
class ConsentRecordAdmin(ReadOnlyAdmin):
    """What people answered: append-only. The person is named by number, the text by its hash."""

    intro = gettext_lazy("每个人的同意、拒绝与撤回；只增不改")
    list_display = ["at", "kind", "zone", "answer", "version", "person_number", "language"]
    list_select_related = ["zone", "version"]
    list_filter = ["kind", "answer", "zone"]
    ordering = ["-pk"]
    fields = ["public_id", "at", "kind", "zone", "answer", "version", "language", "form", "shown_text", "shown_sha256"]
    show_full_result_count = False

    @admin.display(description=gettext_lazy("人员编号"), ordering="person")
    def person_number(self, row: ConsentRecord) -> int | None:
        number: int | None = row.person_id
        return number
