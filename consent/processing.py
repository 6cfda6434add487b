"""What each document allows to be processed: purposes, data, lawful basis, retention, rights. Receipts quote it.

The words follow the documents in consent/data; field names are those of ISO/IEC TS 27560:2023, clause 6.3.4 and 6.3.5.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.models import Agreement

CONTROLLER = "operator"  # party_id
Words = str | Promise


def _data(name: Words, *, sensitive: bool = False, optional: bool = False) -> dict[str, Any]:
    """One category of personal information (6.3.5). Sensitive as PIPL article 28 has it."""
    return {
        "pii_type": name,
        "pii_optional": optional,
        "sensitive_pii_category": sensitive,
        "special_pii_category": False,
    }


ANSWER = _data(_("您对这份文书的决定、时间、语言和当时所见的全文"))
PURPOSES: dict[str, dict[str, Any]] = {
    Agreement.Kind.AGREEMENT: {
        "purpose": _("确认您是不是医疗卫生专业人士（资格认证），不作他用"),
        "purpose_type": "IdentityVerification",
        "lawful_basis": "consent",
        "lawful_basis_reference": _("《个人信息保护法》第十三条第一款第一项、第二十九条（单独同意）"),
        "pii_information": [
            _data(_("姓名、职业、执业机构、科室、职称")),
            _data(_("执业证书编码"), sensitive=True),
            _data(_("执业证书信息页和在职证明的图片"), sensitive=True),
            ANSWER,
        ],
        "collection_method": _("由您在网页上填写和上传"),
        "processing_method": [_("收集"), _("加密保存"), _("审核员人工核对"), _("到期销毁密钥")],
        "retention_period": [
            _("资质文件和执业证书编码：审核结案后 30 天销毁密钥"),
            _("完善信息的其他回答：到账号注销为止"),
            _("这份同意记录：6 年，用于举证"),
        ],
    },
    Agreement.Kind.INFORMED_CONSENT: {
        "purpose": _("一份专区调研，只以汇总形式用于决定写什么、补什么功能"),
        "purpose_type": "ServiceOptimisation",
        "lawful_basis": "consent",
        "lawful_basis_reference": _("《个人信息保护法》第十三条第一款第一项"),
        "pii_information": [_data(_("您对调研问题的回答"), optional=True), ANSWER],
        "collection_method": _("由您在网页上填写"),
        "processing_method": [_("收集"), _("保存"), _("汇总统计")],
        "retention_period": [_("调研回答：到您撤回或注销账号为止"), _("这份同意记录：6 年，用于举证")],
    },
    Agreement.Kind.TERMS: {
        "purpose": _("为您提供账号和平台服务"),
        "purpose_type": "ServiceProvision",
        "lawful_basis": "contract",
        "lawful_basis_reference": _("《个人信息保护法》第十三条第一款第二项"),
        "pii_information": [_data(_("邮箱、可选的手机号和密码的散列")), ANSWER],
        "collection_method": _("由您在注册时填写"),
        "processing_method": [_("收集"), _("保存")],
        "retention_period": [_("账号资料：到注销后 30 天为止"), _("这份同意记录：6 年，用于举证")],
    },
    Agreement.Kind.PRIVACY: {
        "purpose": _("告知您个人信息怎样处理"),
        "purpose_type": "LegalCompliance",
        "lawful_basis": "contract",
        "lawful_basis_reference": _("《个人信息保护法》第十三条第一款第二项、第十七条"),
        "pii_information": [ANSWER],
        "collection_method": _("由您在注册时接受"),
        "processing_method": [_("保存")],
        "retention_period": [_("这份同意记录：6 年，用于举证")],
    },
}


def purpose_of(kind: str) -> dict[str, Any]:
    """Return the purpose of a kind of document with what is true of all: places, recipients, rights, withdrawal."""
    me = f"{settings.SITE_URL}/me/"
    is_withdrawable = kind in {Agreement.Kind.AGREEMENT, Agreement.Kind.INFORMED_CONSENT}
    return {
        **PURPOSES[kind],
        "pii_controllers": [CONTROLLER],
        "storage_locations": [settings.JURISDICTION],
        "processing_locations": [settings.JURISDICTION],
        "geographic_restrictions": [settings.JURISDICTION],
        "services": [settings.SITE_URL],
        "jurisdiction": settings.JURISDICTION,
        "recipient_third_parties": [],
        "withdrawal_method": {
            "url": me,
            "how": _("「我的」→ 撤回同意 → 确认撤回") if is_withdrawable else _("「我的」→ 注销我的账号"),
        },
        "privacy_rights": {
            "access": me,
            "copy": f"{me}export/",
            "erasure": f"{me}erase/",
            "complaint": settings.CONTACT_EMAIL,
        },
    }
