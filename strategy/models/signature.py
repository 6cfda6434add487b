"""A named clinician's approval of one exact text: who, by what licence, when. It covers that version alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import append_only, record
from portal.personal import Personal
from portal.workflow import TransitionError
from strategy.models.rights import SIGN
from strategy.models.version import RuleSetVersion


class ClinicalSignature(models.Model):
    """Shown to every reader beside the tool. Append-only; a later version needs its own."""

    PERSONAL_DATA: ClassVar[dict[str, Personal]] = {
        "name": Personal("临床审核的署名，向读者公开", "与规则集版本同期保存"),
        "title": Personal("临床审核者的职称与单位，向读者公开", "与规则集版本同期保存"),
        "licence_basis": Personal("临床审核者执业资格的依据，向读者公开", "与规则集版本同期保存"),
    }
    FROZEN = append_only.Whole()

    version = models.OneToOneField(
        RuleSetVersion, on_delete=models.PROTECT, related_name="signature", verbose_name=_("规则集版本")
    )
    sha256 = models.CharField(_("内容摘要"), max_length=64)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("姓名"), max_length=60)
    title = models.CharField(_("职称与单位"), max_length=120)
    licence_basis = models.CharField(_("执业资格依据"), max_length=160)
    at = models.DateTimeField(_("签署时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("临床审核"), pgettext_lazy("plural", "临床审核")

    def __str__(self) -> str:
        return f"{self.version} · {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and not kwargs.get("force_insert"):
            raise TypeError("Signatures are append-only.")
        super().save(*args, **kwargs)

    @classmethod
    @transaction.atomic
    def sign(
        cls, version: RuleSetVersion, *, by: Any, sha256: str, name: str, title: str, licence_basis: str, at: datetime
    ) -> ClinicalSignature:
        """Sign the text of this hash. Never by somebody who wrote on it.

        TransitionError when the version is no longer published, another text was seen, or it is signed already.
        """
        version.check_second(by, SIGN, _t("起草或修改过这一版的人不能作临床审核。"))
        unsigned = RuleSetVersion.objects.filter(
            pk=version.pk, status=RuleSetVersion.Status.PUBLISHED, sha256=sha256, clinically_signed_at=None
        )
        if not unsigned.update(clinically_signed_at=at, clinically_signed_by=by):
            raise TransitionError(version._stored(), RuleSetVersion.Status.PUBLISHED)
        version.refresh_from_db()
        signed = cls.objects.create(
            version=version, sha256=sha256, person=by, name=name, title=title, licence_basis=licence_basis, at=at
        )
        payload = {"number": version.number, "sha256": sha256}
        record.append("ruleset.clinically_signed", actor=by, subject=version.subject, payload=payload, at=at)
        return signed
