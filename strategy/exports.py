"""A clinician's signatures, as a part of the copy of all one's data."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal import exports
from strategy.models import ClinicalSignature

OFFICE = _("工作人员的职务行为（审核、起草、发布等）：属于平台的记录，不是其个人资料；涉及您的，在相应的部分里。")
OFFICE_RELATIONS = (
    "strategy.RuleCitation.signed_by",
    "strategy.RuleSetVersionEvent.actor",
    "strategy.RuleSetVersion.created_by",
    "strategy.RuleSetVersion.held_by",
    "strategy.RuleSetVersion.published_by",
    "strategy.RuleSetVersion.clinically_signed_by",
    "strategy.RuleSetVersion.editors",
    "strategy.ProofRun.asked_by",
    "strategy.FindingSignature.by",
)


def signatures(person: Any) -> Any:
    """What the person signed clinically, as readers see it."""
    names = ("version__rule_set__slug", "version__number", "name", "title", "licence_basis", "at")
    return ClinicalSignature.objects.filter(person=person).order_by("pk").values(*names)


def register() -> None:
    """Called once when the app is ready."""
    labels = {"at": _("时间"), "name": _("姓名"), "title": _("职称与单位"), "licence_basis": _("执业资格依据")}
    part = exports.Part("signatures", _("临床审核"), signatures, labels, ("strategy.ClinicalSignature.person",))
    exports.register(part)
    exports.leave_out(dict.fromkeys(OFFICE_RELATIONS, OFFICE))
