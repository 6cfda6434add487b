"""People and an article for the tests of articles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import Submission, User, Verification
from articles.models import Article, Fact, FactEvidence, Reference, Revision
from consent.models import Agreement, AgreementVersion, ConsentRecord
from portal.models import Zone
from tests.people import make_person

BODY = (
    '<h2 id="b-aaaaaaaa" data-section="sec-1">一、背景</h2>'
    '<p id="b-bbbbbbbb">先说<span data-fact="fact-ok">没有疑问的一句</span>，再说<span class="nb">ALK</span>。</p>'
    '<p id="b-cccccccc">文中称<span data-fact="fact-doubt">15.2 个月</span>，请留意。</p>'
    '<h3 id="b-dddddddd" data-section="sec-2">（一）工具</h3>'
    '<p id="b-eeeeeeee" data-slot="strategy"></p>'
    '<p id="b-ffffffff">结语中的<span data-fact="fact-bare">无出处的一句</span>。</p>'
)


def make_zone(slug: str = "alk", **fields: Any) -> Zone:
    """Return an open zone with its agreement in force."""
    zone = Zone.objects.create(slug=slug, name_zh=f"{slug} 专区", name_en=f"{slug} zone", **fields)
    agreement = Agreement.objects.create(kind=Agreement.Kind.AGREEMENT, zone=zone)
    version = AgreementVersion.objects.create(
        agreement=agreement,
        number=1,
        title_zh="协议",
        title_en="Agreement",
        summary_zh="一句",
        summary_en="One",
        body_zh="<p>文</p>",
        body_en="<p>text</p>",
    )
    version.publish(by=None, at=timezone.now())
    return zone


def agree(person: User, zone: Zone, answer: str = "GIVEN") -> None:
    """Record the person's answer to the zone's agreement."""
    version = AgreementVersion.objects.get(agreement__zone=zone, agreement__kind=Agreement.Kind.AGREEMENT)
    ConsentRecord.objects.create(
        person=person,
        version=version,
        kind=Agreement.Kind.AGREEMENT,
        zone=zone,
        answer=answer,
        language="zh-hans",
        shown_text="文",
        shown_sha256="0" * 64,
        form="agreement",
        at=timezone.now(),
    )


def verify(person: User, reviewer: User) -> Verification:
    """Approve the person for a year, with the passed page seen."""
    now = timezone.now()
    draft = Submission.objects.create(owner=person, is_profile_complete=True)
    case = Verification.submit(draft, at=now)
    Verification.objects.filter(pk=case.pk).update(
        status="APPROVED",
        decided_at=now,
        decided_by=reviewer,
        approved_until=now + timedelta(days=365),
        passed_seen_at=now,
    )
    case.refresh_from_db()
    return case


def make_facts() -> None:
    """Three facts: sound with evidence, disputed with evidence, sound without any."""
    reference = Reference.objects.create(key="ref-a", citation="Author A. Journal 2020;1:1-2", basis="search")
    sound = Fact.objects.create(key="fact-ok", claim_zh="没有疑问")
    doubt = Fact.objects.create(key="fact-doubt", claim_zh="15.2 个月", verdict="DISPUTED", note_zh="未查到这一数字。")
    Fact.objects.create(key="fact-bare", claim_zh="无出处")
    for fact in (sound, doubt):
        FactEvidence.objects.create(fact=fact, reference=reference, says="it says so")


def make_article(zone: Zone, slug: str = "alk-article", body: str = BODY, **fields: Any) -> Article:
    """Return a published article."""
    if not Fact.objects.exists():
        make_facts()
    defaults: dict[str, Any] = {
        "title_zh": "经治患者的治疗策略",
        "title_en": "Strategy",
        "abstract_zh": "公开的摘要",
        "abstract_en": "Abstract",
        "comment_mode": Article.CommentMode.AFTER,
        "source_title": "来源标题",
        "source_author": "某某 教授",
        "source_publisher": "某报",
        "tool_slug": "alk-pretreated",
    }
    article = Article.objects.create(zone=zone, slug=slug, **(defaults | fields))
    revision = Revision.objects.create(
        article=article,
        body=body,
        created_at=timezone.now(),
        title_zh=article.title_zh,
        title_en=article.title_en,
        abstract_zh=article.abstract_zh,
        abstract_en=article.abstract_en,
    )
    revision.install(at=timezone.now())
    article.refresh_from_db()
    return article


def make_doctor(zone: Zone, email: str = "", **fields: Any) -> User:
    """Return somebody whose gate is open."""
    person = make_person(email, **({"display_name": "欧阳明珠", "display_title": "主治医师，肿瘤科"} | fields))
    reviewer = User.objects.filter(email="approver@example.org").first() or make_person("approver@example.org")
    agree(person, zone)
    verify(person, reviewer)
    return person


def make_editor(email: str = "", **fields: Any) -> User:
    """Return a staff member of the group of editors."""
    person = make_person(email, is_staff=True, **({"display_name": "编辑"} | fields))
    person.groups.add(Group.objects.get(name="editors"))
    return User.objects.get(pk=person.pk)


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def article(zone: Zone) -> Article:
    return make_article(zone)


@pytest.fixture
def doctor(zone: Zone) -> User:
    return make_doctor(zone, "doctor@example.org")


@pytest.fixture
def editor(db: None) -> User:
    return make_editor("editor@example.org", display_name="编辑甲")


@pytest.fixture
def editor2(db: None) -> User:
    return make_editor("editor2@example.org", display_name="编辑乙")
