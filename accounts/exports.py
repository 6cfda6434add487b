"""What accounts knows of a person, as parts of the copy of all one's data; the evidence's pages while they open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import evidence
from accounts.answers import answer_of
from accounts.models import Answer, Check, Decision, Erasure, Evidence, EvidenceView, Submission, User, Verification
from portal import exports
from portal.exports import Part
from portal.localise import localised
from portal.purposes import LABELS, OWNER, purpose

ACCOUNT = (
    "public_id",
    "email",
    "phone",
    "phone_verified",
    "display_name",
    "display_title",
    "language",
    "notice_channel",
    "is_staff",
    "date_joined",
    "last_login",
)
Rows = Iterator[Mapping[str, Any]]
AT = _("时间")


def account(person: User) -> Rows:
    """The account, its addresses and second factors; no secret of any of them."""
    addresses = EmailAddress.objects.filter(user=person).order_by("pk").values("email", "verified", "primary")
    factors = Authenticator.objects.filter(user=person).order_by("pk").values("type", "created_at", "last_used_at")
    yield {
        **{name: getattr(person, name) for name in ACCOUNT},
        "email_addresses": list(addresses),
        "second_factors": list(factors),
    }


def sign_ins(person: User) -> Any:
    """The browsers signed in with."""
    names = ("created_at", "last_seen_at", "ip", "user_agent")
    return UserSession.objects.filter(user=person).order_by("pk").values(*names)


def answers(person: User) -> Rows:
    """Every answer with its question; the licence number in clear while its key lives."""
    for row in Answer.objects.filter(owner=person).select_related("question", "zone", "submission").order_by("pk"):
        with purpose(OWNER, by=person, of=person):
            value = answer_of(row, person)
        is_gone = value is None and row.sealed is not None
        yield {
            "question": localised(row.wording, "label"),
            "value": _now("密钥已销毁，不能再读出") if is_gone else value,
            "zone": row.zone.slug if row.zone else None,
            "submission": row.submission.public_id if row.submission else None,
            "language": row.language,
            "at": row.answered_at,
        }


def submissions(person: User) -> Any:
    """What was sent when, drafts too."""
    names = ("public_id", "number", "profession", "appeal", "started_at", "sent_at", "content_sha256")
    return Submission.objects.filter(owner=person).order_by("pk").values(*names)


def verification(person: User) -> Rows:
    """The case and its history."""
    for case in Verification.objects.owned_by(person):
        events = case.events.order_by("seq").values("at", "old", "new", "kind", "note")
        yield {
            "case_number": case.case_number,
            "status": case.get_status_display(),
            "submitted_at": case.submitted_at,
            "decided_at": case.decided_at,
            "approved_until": case.approved_until,
            "revoked_at": case.revoked_at,
            "revoke_reason": case.revoke_reason,
            "events": list(events),
        }


def decisions(person: User) -> Any:
    """What was decided, with the reasons as they were said."""
    rows = Decision.objects.filter(owner=person).order_by("decided_at")
    return rows.values("outcome", "decided_at", "message", "reasons", "approved_until")


def checks(person: User) -> Any:
    """What reviewers checked."""
    rows = Check.objects.filter(submission__owner=person).order_by("pk")
    return rows.values("kind", "result", "checked_at")


def files(person: User) -> Any:
    """The evidence's rows, destroyed ones too."""
    names = ("public_id", "name", "kind", "pages", "size", "sha256", "stored_at", "discarded_at")
    return Evidence.objects.owned_by(person).order_by("pk").values(*names)


def views(person: User) -> Rows:
    """Who looked at which file, when and why."""
    rows = EvidenceView.objects.filter(evidence__owner=person).order_by("viewed_at")
    for row in rows.values("evidence__name", "page", "purpose", "viewed_at", "viewer__display_name"):
        yield {**row, "purpose": LABELS.get(row["purpose"], row["purpose"])}


def erasures(person: User) -> Any:
    """The wish to be erased; one taken back stands in the record alone."""
    return Erasure.objects.filter(person=person).order_by("pk").values("asked_at", "due_at")


def pages(person: User) -> Iterator[tuple[str, bytes]]:
    """The evidence's pages, one after the other, while the key lives."""
    for row in Evidence.objects.owned_by(person).filter(discarded_at=None).order_by("pk"):
        for number in range(1, row.pages + 1):
            try:
                with purpose(OWNER, by=person, of=person):
                    content = evidence.open_page(row, number)
            except evidence.Gone:
                break  # its row says that it was there
            yield f"evidence/{row.public_id}-{number}.jpg", content


WHO = {"email": _("邮箱"), "phone": _("手机号"), "display_name": _("姓名"), "display_title": _("职称与科室")}
CASE = {"case_number": _("案件"), "status": _("状态"), "submitted_at": _("提交时间"), "decided_at": _("决定时间")}
DECIDED = {"decided_at": AT, "outcome": _("结果"), "message": _("给申请人的话"), "reasons": _("理由")}
LOOKED = {"viewed_at": AT, "viewer__display_name": _("谁"), "evidence__name": _("文件"), "purpose": _("目的")}
PARTS = (
    Part(
        "account",
        _("账号"),
        account,
        {**WHO, "date_joined": _("注册时间"), "email_addresses": _("邮箱"), "second_factors": _("两步验证")},
        ("accounts.User", "account.EmailAddress.user", "mfa.Authenticator.user"),
        is_one=True,
    ),
    Part(
        "sign-ins",
        _("登录"),
        sign_ins,
        {"created_at": AT, "ip": "IP", "user_agent": _("浏览器")},
        ("usersessions.UserSession.user",),
    ),
    Part(
        "answers",
        _("我的回答"),
        answers,
        {"question": _("问题"), "value": _("回答"), "at": AT},
        ("accounts.Answer.owner",),
    ),
    Part(
        "submissions",
        _("我的提交"),
        submissions,
        {"number": _("第几次提交"), "sent_at": AT, "appeal": _("申诉理由")},
        ("accounts.Submission.owner",),
    ),
    Part(
        "verification",
        _("我的案件"),
        verification,
        {**CASE, "approved_until": _("有效至"), "events": _("经过")},
        ("accounts.Verification.owner", "accounts.VerificationEvent"),
    ),
    Part("decisions", _("审核决定"), decisions, DECIDED, ("accounts.Decision.owner",)),
    Part(
        "checks",
        _("审核员核对了什么"),
        checks,
        {"checked_at": AT, "kind": _("项目"), "result": _("结果")},
        ("accounts.Check",),
    ),
    Part(
        "evidence",
        _("资质文件"),
        files,
        {"name": _("文件名"), "stored_at": AT, "discarded_at": _("移除时间")},
        ("accounts.Evidence.owner",),
    ),
    Part("evidence-views", _("谁看过我的资质文件"), views, LOOKED, ("accounts.EvidenceView",)),
    Part("erasures", _("注销"), erasures, {"asked_at": AT, "due_at": _("执行时间")}, ("accounts.Erasure.person",)),
)
OFFICE = _("工作人员的职务行为（审核、起草、发布等）：属于平台的记录，不是其个人资料；涉及您的，在相应的部分里。")
LEFT_OUT = {
    "accounts.Proposal": _("审核员之间的意见：决定作出之后，以决定的形式放在「审核决定」里。"),
    "accounts.Proposal.owner": _("审核员之间的意见：决定作出之后，以决定的形式放在「审核决定」里。"),
    **dict.fromkeys(
        (
            "accounts.Proposal.proposed_by",
            "accounts.Proposal.closed_by",
            "accounts.ReasonVersion.created_by",
            "accounts.Decision.decided_by",
            "accounts.Decision.proposed_by",
            "accounts.Verification.decided_by",
            "accounts.Verification.revoked_by",
            "accounts.VerificationEvent.actor",
            "accounts.Claim.reviewer",
            "accounts.Check.checked_by",
            "accounts.EvidenceView.viewer",
            "admin.LogEntry.user",
        ),
        OFFICE,
    ),
}


def register() -> None:
    """Called once when the app is ready."""
    exports.register(*PARTS)
    exports.register_files(pages)
    exports.leave_out(LEFT_OUT)
