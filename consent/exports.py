"""One's consents, as a part of the copy of all one's data: every answer, and its receipt as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from consent.models import ConsentRecord
from consent.receipts import as_file, file_name
from portal import exports

FIELDS = (
    "public_id",
    "kind",
    "zone__slug",
    "version__title_zh",
    "version__number",
    "answer",
    "language",
    "shown_text",
    "shown_sha256",
    "form",
    "ip_hash",
    "agent_hash",
    "at",
)


def consents(person: Any) -> Any:
    """Every answer with the text that was shown."""
    return ConsentRecord.objects.owned_by(person).values(*FIELDS)


def receipts(person: Any) -> Iterator[tuple[str, bytes]]:
    """The receipts, each with its proof."""
    rows = ConsentRecord.objects.owned_by(person).select_related("version", "entry", "person", "zone")
    for row in rows.order_by("pk"):
        yield f"receipts/{file_name(row)}", as_file(row)


def register() -> None:
    """Called once when the app is ready."""
    labels = {
        "at": _("时间"),
        "version__title_zh": _("标题"),
        "version__number": _("版次"),
        "zone__slug": _("专区"),
        "answer": _("回答"),
        "shown_text": _("当时显示的全文"),
        "shown_sha256": _("原文校验值"),
    }
    part = exports.Part("consents", _("我的同意"), consents, labels, covers=("consent.ConsentRecord.person",))
    exports.register(part)
    exports.register_files(receipts)
    office = _("工作人员的职务行为（审核、起草、发布等）：属于平台的记录，不是其个人资料；涉及您的，在相应的部分里。")
    exports.leave_out(
        dict.fromkeys(("consent.AgreementVersion.created_by", "consent.AgreementVersion.published_by"), office)
    )
