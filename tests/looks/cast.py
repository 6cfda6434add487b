"""People at every step of the gate, and the sessions in which they are signed in."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from accounts import answers, drafts, erasing, retention, review
from accounts.models import Claim, QuestionSet, Reason, User, Verification
from consent.actions import answer
from consent.models import Agreement, AgreementVersion, ConsentRecord
from consent.texts import shown_text
from portal.models import Zone
from tests import factories
from tests.articles.conftest import make_zone
from tests.people import staff_login

LONG_NAME = "阿卜杜热合曼·买买提明·艾尔肯江·吐尔逊娜依·古丽扎尔"
LONG_HOSPITAL = "某某省某某自治州某某自治县人民医院暨某某医科大学附属第一临床医学院某某肿瘤诊疗与研究中心（东院区）"
LONG_MESSAGE = "照片左上角被手指挡住，编码末四位被反光挡住。" * 8
LONG_REASON = "单位来函说明该员已离职，不再从事医疗卫生工作；经电话核实，属实。" * 6
AHEAD = 3600  # seconds by which a session's proof is dated forward, so that a long walk is not asked again


def person(key: str) -> User:
    """Return somebody of the demo."""
    return User.objects.get(email=f"{key}@demo.example")


def cookie_of(user: User, *, has_factor: bool = False) -> str:
    """Return the session cookie of a browser in which the person has just signed in."""
    client = Client()
    if has_factor:
        staff_login(client, user)
    else:
        client.force_login(user)
    session, at = client.session, time.time() + AHEAD
    used = session.get(AUTHENTICATION_METHODS_SESSION_KEY) or [{"method": "password", "email": user.email}]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{**method, "at": at, "reauthenticated": True} for method in used]
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def demo_cookies() -> dict[str, str]:
    """The sessions of the demo's people; staff have used their second factor."""
    known = json.loads((Path(settings.DATA_DIR) / "demo.json").read_text(encoding="utf-8"))["people"]
    return {key: cookie_of(person(key), has_factor="totp_secret" in row) for key, row in known.items()}


def close() -> None:
    """Nobody waits, no zone is open: what a portal shows that has just been set up."""
    for case in Verification.objects.waiting():
        review.settle(
            case, by=person("reviewer"), second=person("reviewer2"), decision=review.APPROVE, at=timezone.now()
        )
    Zone.objects.update(is_open=False)


def open_again() -> dict[str, str]:
    """Open the zones; one person waits, and too little was decided to say for how long."""
    Zone.objects.update(is_open=True)
    return {"first": cookie_of(_waiting()(Zone.objects.get(slug="alk")))}


def people() -> tuple[dict[str, str], dict[str, str]]:
    """Put somebody on every step; return their sessions and the paths they know."""
    zone, places = Zone.objects.get(slug="alk"), {}
    made = {key: make(zone) for key, make in STEPS.items()}
    _others(made["doctor2"], made["troubled"])
    places["back"] = f"/me/erase/back/{_leaver()}/"
    receipt = ConsentRecord.objects.owned_by(made["doctor2"]).filter(zone=zone, kind="AGREEMENT").get()
    places["receipt"] = f"/me/consents/{receipt.public_id}/"
    places["withdrawn"] = f"/me/consents/{_withdrawn(made['left'], zone)}/withdrawn/"
    gone = made["gone"].evidence.get()
    retention.destroy_key_of(made["gone"], because="erasure", at=timezone.now())
    places["gone"] = f"/evidence/{gone.public_id}/"
    cookies = {key: cookie_of(user) for key, user in made.items()}
    cookies["nobody"] = cookie_of(_powerless(), has_factor=True)
    cookies["lead"] = cookie_of(_lead(), has_factor=True)
    return cookies, places


def break_a_zone() -> None:
    """A fault in the data by which the gate cannot judge: it denies, and its own page is an error of ours."""
    Zone.objects.filter(slug="broken").update(professions=5)


def new(**fields: Any) -> User:
    """Somebody with an account."""
    return factories.make_user(f"look{time.monotonic_ns()}@example.org", **fields)


def agreed(zone: Zone, *, informed: str = "SKIPPED", **fields: Any) -> User:
    """Somebody who agreed and answered the informed consent."""
    user = new(**fields)
    factories.consent_to(user, zone, informed=informed)
    return user


def sent(zone: Zone, *, ago: timedelta = timedelta(hours=3), **changes: Any) -> Verification:
    """A case just sent, of somebody new."""
    return factories.make_case(agreed(zone), at=timezone.now() - ago, **changes)


def _only_agreement(zone: Zone) -> User:
    user = new()
    _say(user, zone, "AGREEMENT", "GIVEN")
    return user


def _say(user: User, zone: Zone, kind: str, given: str) -> None:
    version = AgreementVersion.objects.current(kind, zone)
    assert version is not None
    answer(person=user, version=version, answer=given, text=shown_text(version), form="looks", at=timezone.now())


def _declined(zone: Zone) -> User:
    user = new()
    _say(user, zone, "AGREEMENT", "REFUSED")
    return user


def _surveyed(zone: Zone) -> User:
    user = agreed(zone, informed="GIVEN")
    factories.make_draft(user)
    return user


def _gathering(files: int) -> Callable[[Zone], User]:
    def make(zone: Zone) -> User:
        user = agreed(zone)
        draft = factories.make_draft(user)
        for number in range(files):
            factories.make_evidence(
                draft, f"执业证书与在职证明 第 {number + 1} 页（手机拍照，{'很长的文件名' * 6}）.jpg"
            )
        return user

    return make


def _waiting(*, is_held: bool = False) -> Callable[[Zone], User]:
    def make(zone: Zone) -> User:
        case = sent(zone)
        if is_held:
            Claim.take(case, by=person("reviewer2"), at=timezone.now())
        return case.owner

    return make


def _rejected(*, is_again: bool = False) -> Callable[[Zone], User]:
    codes = ("LICENCE_UNREADABLE", "HOSPITAL_MISMATCH", "NAME_MISMATCH")

    def make(zone: Zone) -> User:
        case = sent(zone, hospital=LONG_HOSPITAL, name=LONG_NAME)
        factories.reject(case, by=person("reviewer"), codes=codes, message=LONG_MESSAGE)
        if is_again:
            drafts.begin_again(Verification.objects.get(pk=case.pk), appeal="")
        return case.owner

    return make


def _refused(days: int) -> Callable[[Zone], User]:
    def make(zone: Zone) -> User:
        at = timezone.now() - timedelta(days=days)
        case = sent(zone, ago=timedelta(days=days, hours=2))
        reasons = list(Reason.objects.filter(code="FORGED"))
        case.refuse_final(by=person("reviewer"), submission=case.current, reasons=reasons, at=at, message="")
        return case.owner

    return make


def _approved(**fields: Any) -> Callable[[Zone], User]:
    has_seen = fields.pop("has_seen", True)

    def make(zone: Zone) -> User:
        case = sent(zone)
        factories.approve(case, by=person("reviewer"))
        if has_seen:
            case.see_passed(at=timezone.now())
        User.objects.filter(pk=case.owner_id).update(**fields)
        return User.objects.get(pk=case.owner_id)

    return make


def _revoked(zone: Zone) -> User:
    user = _approved()(zone)
    user.verification.revoke(by=person("admin"), reason=LONG_REASON, at=timezone.now())
    return user


def _surveying(zone: Zone) -> User:
    """Approved, with a survey answered: a long page of one's own."""
    user = _approved(display_name=LONG_NAME, display_title="副主任医师，" + LONG_HOSPITAL)(zone)
    factories.consent_to(user, zone, informed="GIVEN")
    survey = QuestionSet.objects.current_survey(zone)
    assert survey is not None
    answers.save_survey(user, zone, survey, factories.SURVEY, at=timezone.now())
    return user


STEPS: dict[str, Callable[[Zone], User]] = {
    "member": lambda zone: new(),
    "informed": _only_agreement,
    "asked": lambda zone: agreed(zone),
    "surveyed": _surveyed,
    "declined": _declined,
    "gathering": _gathering(0),
    "full": _gathering(5),
    "uploader": _gathering(1),
    "sender": _gathering(1),
    "estimated": _waiting(),
    "looked_at": _waiting(is_held=True),
    "rejected_long": _rejected(),
    "again": _rejected(is_again=True),
    "refused": _refused(2),
    "refused_late": _refused(60),
    "revoked_long": _revoked,
    "approved": _approved(has_seen=False),
    "entering": _approved(has_seen=False),
    "doctor2": _surveying,
    "left": _approved(),
    "gone": _approved(),
    "troubled": _approved(),
    "busy": _approved(display_name="评论很快的人"),
    "rtl": _approved(display_name="محمد عبد الرحمن الشريف", display_title="主治医师，肿瘤科"),
    "emoji": _approved(display_name="👩‍⚕️林🧬知遥🫁", display_title=""),
    "wordy": _approved(display_name="W" * 60, display_title="Consultant" * 12),
}


def _others(user: User, troubled: User) -> None:
    """Zones where the doctor stands elsewhere: a changed agreement, a profession not admitted, many consents."""
    for slug in ("renewed", "shut", "vacant"):
        _zone_of(user, slug, professions=["pharmacist"] if slug == "shut" else [])
    _renew(Zone.objects.get(slug="renewed"))
    _zone_of(troubled, "broken")


def _zone_of(user: User, slug: str, **fields: Any) -> Zone:
    zone = make_zone(slug, position=90, **fields)
    Zone.objects.filter(pk=zone.pk).update(name_zh=f"{slug} 专区", summary_zh="这里用来看各种状态。" * 5)
    _say(user, zone, "AGREEMENT", "GIVEN")
    return zone


def _renew(zone: Zone) -> None:
    agreement = Agreement.objects.get(zone=zone, kind=Agreement.Kind.AGREEMENT)
    texts = {
        "title_zh": "协议",
        "title_en": "Agreement",
        "summary_zh": "两句",
        "summary_en": "Two",
        "body_zh": "<p>文，改了一句。</p><p>又加了一段。</p>",
        "body_en": "<p>text, changed</p><p>another</p>",
    }
    version = AgreementVersion.objects.create(agreement=agreement, number=2, asks_again=True, **texts)
    version.publish(by=None, at=timezone.now())


def _withdrawn(user: User, zone: Zone) -> Any:
    from consent.actions import withdraw

    row = ConsentRecord.objects.owned_by(user).filter(zone=zone, kind="AGREEMENT").first()
    assert row is not None
    last = withdraw(row, at=timezone.now(), form="looks")
    assert last is not None
    return last.public_id


def _leaver() -> str:
    """Somebody who closed the account; returns what the mail's link carries."""
    return erasing.token_of(retention.ask_erasure(new(), at=timezone.now()))


def _powerless() -> User:
    """Staff to whom no group was given."""
    return new(is_staff=True, display_name="新来的同事")


def _lead() -> User:
    user = new(is_staff=True, display_name="审核组长")
    user.groups.add(Group.objects.get(name="review_leads"))
    return User.objects.get(pk=user.pk)
