"""The people of the demo, brought to where they stand by the product's own actions, never by writing their state."""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from PIL import Image, ImageDraw

from accounts import answers, drafts, evidence, review
from accounts.judging import Accepted, judge
from accounts.models import QuestionSet, Reason, User, Verification
from consent import actions, texts
from consent.models import Agreement, AgreementVersion
from portal.models import Zone

PROFILE: dict[str, Any] = {
    "name": "林知遥",
    "profession": "physician",
    "hospital": "示例市第一人民医院",
    "department": "肿瘤科",
    "title": "主治医师",
    "licence_number": "141100000012345",
}
SURVEY: dict[str, Any] = {
    "years_in_practice": "from_5_to_10",
    "patients_per_year": 12,
    "topics": ["resistance_testing", "brain_metastases"],
    "news_source": "学术期刊",
    "last_cme_on": "2026-03-01",
    "tool_lacks": "",
}
STAFF = {
    "reviewer": ("审核员甲", ["reviewers"]),
    "reviewer2": ("审核员乙", ["reviewers"]),
    "editor": ("编辑甲", ["editors"]),
    "editor2": ("编辑乙", ["editors"]),
}


@dataclass(slots=True)
class DemoPerson:
    """One person as demo.json names them."""

    user: User
    password: str
    totp_secret: str = ""

    def as_json(self) -> dict[str, str]:
        entry = {"email": self.user.email, "password": self.password}
        return {**entry, "totp_secret": self.totp_secret} if self.totp_secret else entry


def make_account(key: str, name: str = "", *, is_admin: bool = False) -> DemoPerson:
    """Create an account with a verified address and a password of its own."""
    password = secrets.token_urlsafe(12)
    user = User.objects.create_user(f"{key}@demo.example", password, display_name=name, is_superuser=is_admin)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return DemoPerson(user, password)


def make_staff() -> dict[str, DemoPerson]:
    """Reviewers, editors and the administrator, each with a second factor."""
    people = {key: make_account(key, name) for key, (name, _groups) in STAFF.items()}
    people["admin"] = make_account("admin", "管理员", is_admin=True)
    for key, person in people.items():
        User.objects.filter(pk=person.user.pk).update(is_staff=True)
        person.totp_secret = generate_totp_secret()
        TOTP.activate(person.user, person.totp_secret)
        RecoveryCodes.activate(person.user)
        if key in STAFF:
            person.user.groups.set(Group.objects.filter(name__in=STAFF[key][1]))
    return people


class Journey:
    """Takes one person along the way through the gate of one zone."""

    def __init__(self, person: User, zone: Zone, *, picture: Accepted) -> None:
        self.person, self.zone, self.picture = person, zone, picture

    def agree(self, at: datetime) -> None:
        """同意 to the agreement and to the survey, and the survey's answers."""
        for kind in (Agreement.Kind.AGREEMENT, Agreement.Kind.INFORMED_CONSENT):
            version = AgreementVersion.objects.current(kind, self.zone)
            assert version is not None
            actions.answer(
                person=self.person,
                version=version,
                answer=actions.Answer.GIVEN,
                text=texts.shown_text(version),
                form="demo",
                at=at,
            )
        survey = QuestionSet.objects.current_survey(self.zone)
        if survey is not None:
            given = {question.key: SURVEY.get(question.key) or None for question in survey.questions.all()}
            answers.save_survey(self.person, self.zone, survey, given, at=at)

    def send(self, name: str, licence: str, at: datetime) -> Verification:
        """Profile, one photograph, 提交审核."""
        profile = QuestionSet.objects.current_profile()
        assert profile is not None
        draft = drafts.begin(self.person)
        answers.save_profile(draft, profile, {**PROFILE, "name": name, "licence_number": licence}, at=at)
        with evidence.staged(self.person, [self.picture], at=at) as rows:
            evidence.keep(draft, rows)
        draft.refresh_from_db()
        return drafts.send(draft, at=at)


def make_clinicians(zone: Zone, reviewer: User, *, picture: Accepted, at: datetime) -> dict[str, DemoPerson]:
    """newcomer, pending, rejected, doctor (passed seen), expired, revoked: each where the name says."""
    people = {"newcomer": make_account("newcomer")}
    names = {"pending": "周启", "rejected": "赵晴川", "doctor": "林知遥", "expired": "吴明远", "revoked": "郑书禾"}
    for number, (key, name) in enumerate(names.items(), start=1):
        people[key] = make_account(key)
        days = 400 if key == "expired" else 3
        then = at - timedelta(days=days)
        journey = Journey(people[key].user, zone, picture=picture)
        journey.agree(then)
        sent_at = at - timedelta(minutes=25) if key == "pending" else then
        case = journey.send(name, f"1411000000{12340 + number}", sent_at)
        _decide(key, case, reviewer, then + timedelta(hours=2), at)
    return people


def _decide(key: str, case: Verification, reviewer: User, then: datetime, now: datetime) -> None:
    if key == "pending":
        return
    second = User.objects.get(email="reviewer2@demo.example")
    if key == "rejected":
        reasons = list(Reason.objects.filter(code="LICENCE_UNREADABLE"))
        message = "编码末四位被反光挡住了，其他都没有问题，麻烦您重拍一张。"
        review.settle(
            case, by=reviewer, second=second, decision=review.REJECT, reasons=reasons, message=message, at=then
        )
        return
    review.settle(case, by=reviewer, second=second, decision=review.APPROVE, at=then)
    case.refresh_from_db()
    case.see_passed(at=then)
    if key == "expired":
        case.expire(at=now)
    if key == "revoked":
        admin = User.objects.get(email="admin@demo.example")
        case.revoke(by=admin, reason="单位来函说明该员已离职，不再从事医疗卫生工作。", at=now)


def licence_picture() -> Accepted:
    """Return a drawn stand-in for a photographed licence, judged like any upload."""
    image = Image.new("RGB", (1200, 1600), "#f4f1e8")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, 1140, 1540), outline="#8a2f2a", width=8)
    draw.rectangle((780, 320, 1040, 680), fill="#d9d4c5")
    for row in range(12):
        draw.line((140, 340 + row * 90, 700 - (row % 3) * 90, 340 + row * 90), fill="#55524a", width=10)
    draw.ellipse((760, 1120, 1040, 1400), outline="#b0302a", width=10)
    draw.text((140, 180), "SPECIMEN", fill="#8a2f2a", font_size=72)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    verdict = judge(buffer.getvalue(), filename="执业证书信息页.jpg")
    if not isinstance(verdict, Accepted):
        raise RuntimeError(f"the demo's own picture was refused: {verdict}")
    return verdict
