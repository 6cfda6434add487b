"""Rows for tests, made by the product's own actions; every call without a name makes another one."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone
from PIL import Image

from accounts import answers, drafts, evidence
from accounts.install import install_profile, install_reasons, install_survey
from accounts.judging import Accepted
from accounts.models import Evidence, QuestionSet, Reason, Submission, User, Verification
from consent.actions import answer
from consent.install import install_documents
from consent.models import AgreementVersion
from consent.texts import shown_text
from portal.models import Zone

_numbers = count(1)
PROFILE: dict[str, Any] = {
    "name": "欧阳明珠",
    "profession": "physician",
    "hospital": "示例市第一人民医院",
    "department": "肿瘤内科",
    "title": "主治医师",
    "licence_number": "141100000012345",
}
SURVEY: dict[str, Any] = {
    "years_in_practice": "from_5_to_10",
    "patients_per_year": "12",
    "topics": ["brain_metastases", "later_lines"],
    "news_source": "学会指南",
    "last_cme_on": "2026-06-09",
    "tool_lacks": "",
}


def make_user(email: str = "", **fields: Any) -> User:
    """Return an account with a verified address."""
    user = User.objects.create_user(email or f"person{next(_numbers)}@example.org", **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_zone(slug: str = "", **fields: Any) -> Zone:
    """Return an open zone with nothing in it."""
    slug = slug or f"zone-{next(_numbers)}"
    return Zone.objects.create(**{"slug": slug, "name_zh": f"专区 {slug}", "name_en": f"Zone {slug}", **fields})


def install_zone(slug: str = "alk") -> Zone:
    """Return the demo's zone as it is shipped: documents in force, profile, survey and reasons installed."""
    zone = Zone.objects.filter(slug=slug).first() or make_zone(slug, name_zh="ALK 阳性非小细胞肺癌专区")
    install_documents(at=timezone.now())
    install_profile()
    install_survey(zone)
    install_reasons()
    return zone


def consent_to(person: User, zone: Zone, *, informed: str = "SKIPPED") -> None:
    """Agree to the zone's agreement and answer its informed consent."""
    for kind, given in (("AGREEMENT", "GIVEN"), ("INFORMED_CONSENT", informed)):
        version = AgreementVersion.objects.current(kind, zone)
        if version is not None:
            text = shown_text(version)
            answer(person=person, version=version, answer=given, text=text, form="tests", at=timezone.now())


def make_draft(person: User, **changes: Any) -> Submission:
    """Return the person's draft with a complete profile."""
    draft, question_set = drafts.begin(person), QuestionSet.objects.current_profile()
    assert question_set is not None
    answers.save_profile(draft, question_set, {**PROFILE, **changes}, at=timezone.now())
    draft.refresh_from_db()
    return draft


def jpeg(colour: str = "#0e5a6b", size: tuple[int, int] = (120, 90)) -> bytes:
    """Return a small picture."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG")
    return buffer.getvalue()


def accepted(name: str = "执业证书信息页.jpg", pages: Sequence[bytes] = ()) -> Accepted:
    """Return what judging gives for a good file."""
    pages = tuple(pages) or (jpeg(),)
    digest = hashlib.sha256(b"".join(pages)).hexdigest()
    kind = "pdf" if len(pages) > 1 else "image"
    return Accepted(kind=kind, name=name, pages=tuple(pages), sizes=((120, 90),) * len(pages), sha256=digest)


def make_evidence(draft: Submission, name: str = "执业证书信息页.jpg", pages: Sequence[bytes] = ()) -> Evidence:
    """Return a file stored in the draft."""
    with evidence.staged(draft.owner, [accepted(name, pages)], at=timezone.now()) as rows:
        evidence.keep(draft, rows)
    return rows[0]


def make_case(person: User, *, at: datetime | None = None, **changes: Any) -> Verification:
    """Return the person's case, just sent."""
    draft = make_draft(person, **changes)
    make_evidence(draft)
    return drafts.send(draft, at=at or timezone.now())


def reject(case: Verification, *, by: User, codes: Sequence[str] = ("LICENCE_UNREADABLE",), message: str = "") -> None:
    """Send the case back with these reasons."""
    case.reject(
        by=by,
        submission=case.current,
        reasons=list(Reason.objects.filter(code__in=codes)),
        at=timezone.now(),
        message=message,
    )


def approve(case: Verification, *, by: User, ago: timedelta = timedelta(0)) -> None:
    """Approve the case, some time ago."""
    case.approve(by=by, submission=case.current, at=timezone.now() - ago)
