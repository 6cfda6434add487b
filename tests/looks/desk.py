"""What the desk has to do: a long queue, cases held, proposed and decided, drafts of articles and of rule sets."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from accounts import drafts, review
from accounts.models import CannedMessage, Claim, EvidenceView, QuestionSet, Reason, User, Verification
from articles.models import Article, Comment, Fact, Reference, Revision
from articles.models.revision import TEXTS
from consent.models import Agreement, AgreementVersion, ConsentRecord
from portal.models import Notice, RecordEntry, Zone
from strategy.management.commands.populate import Load
from strategy.models import ProofRun, RuleSet, RuleSetVersion
from tests import factories
from tests.looks.cast import LONG_HOSPITAL, LONG_MESSAGE, LONG_NAME, person, sent
from tests.strategy.small import faulty

WAITING = 120  # cases: more than two pages of the queue


def fill() -> dict[str, str]:
    """Fill the desk; return the paths of what lies on it."""
    zone = Zone.objects.get(slug="alk")
    Load(Article.objects.get(zone=zone)).cases(WAITING)
    return _cases(zone) | _articles() | _rules() | _rows()


def _of(case: Verification, page: str = "decide") -> str:
    return reverse(f"admin:accounts_verification_{page}", args=[case.pk])


def _cases(zone: Zone) -> dict[str, str]:
    reviewer, other, now = person("reviewer"), person("reviewer2"), timezone.now()
    mine = {"case": sent(zone), "lost": sent(zone), "raced": sent(zone), "long_case": _long(zone, reviewer)}
    for case in mine.values():
        Claim.take(case, by=reviewer, at=now)
    free, held = sent(zone), sent(zone, hospital=LONG_HOSPITAL, name=LONG_NAME)
    Claim.take(held, by=other, at=now)
    decided = sent(zone)
    factories.reject(decided, by=other, codes=("LICENCE_UNREADABLE",), message=LONG_MESSAGE)
    proposed = sent(zone)
    with override_settings(SECOND_PAIR_OF_EYES="all"):
        review.decide(
            proposed, by=other, decision=review.APPROVE, version=proposed.version, reasons=[], message="", at=now
        )
    approved = Verification.objects.filter(status="APPROVED", owner__email="doctor@demo.example").get()
    _watched(approved.owner)
    named = mine | {"free": free, "held": held, "decided": decided, "proposed": proposed, "approved_case": approved}
    return {f"case:{name}": _of(case) for name, case in named.items()} | {
        "case:history": _of(mine["long_case"], "history"),
        "case:revoke": _of(approved, "revoke"),
    }


def _long(zone: Zone, reviewer: User) -> Verification:
    """A case sent a second time: five files, long answers, a history."""
    case = sent(zone, ago=timedelta(days=9), hospital=LONG_HOSPITAL, name=LONG_NAME)
    factories.reject(
        case, by=person("reviewer2"), codes=("HOSPITAL_MISMATCH", "LICENCE_UNREADABLE"), message=LONG_MESSAGE
    )
    draft = drafts.begin_again(Verification.objects.get(pk=case.pk), appeal="")
    factories.make_draft(case.owner, hospital=LONG_HOSPITAL, name=LONG_NAME, department="肿瘤内科与放射治疗科")
    for number in range(4):
        factories.make_evidence(
            draft, f"第 {number + 2} 份材料（{'很长的文件名' * 8}）.jpg", [factories.jpeg(f"#{number}a5b6b")]
        )
    draft.refresh_from_db()
    return drafts.send(draft, at=timezone.now() - timedelta(days=2))


def _watched(owner: User) -> None:
    """Whoever held the case looked at the files many times: a long list on the owner's page."""
    file = owner.evidence.order_by("pk").first()
    assert file is not None
    for number in range(60):
        at = timezone.now() - timedelta(days=number)
        EvidenceView.objects.create(evidence=file, viewer=person("reviewer"), page=1, purpose="review", viewed_at=at)


def _articles() -> dict[str, str]:
    editor, now = person("editor"), timezone.now()
    crowded = Zone.objects.get(slug="crowded")
    draft = Revision.start(Article.objects.get(zone__slug="alk"), by=editor, at=now)
    waiting = _waiting(Article.objects.get(zone=crowded, slug="corrected"))
    raced = _waiting(Article.objects.get(zone=crowded, slug="piece-01"))
    comment = Comment.objects.filter(state=Comment.State.HELD).order_by("pk").first()
    assert comment is not None
    change = "admin:articles_revision_change"
    return {
        "revision:draft": reverse(change, args=[draft.pk]),
        "revision:waiting": reverse(change, args=[waiting.pk]),
        "revision:raced": reverse(change, args=[raced.pk]),
        "revision:race": reverse("admin:articles_revision_decide", args=[raced.pk]),
        "article:desk": reverse("admin:articles_article_change", args=[waiting.article_id]),
        "article:settings": reverse("admin:articles_article_settings", args=[waiting.article_id]),
        "comment": reverse("admin:articles_comment_change", args=[comment.pk]),
    }


def _waiting(article: Article) -> Revision:
    """A change of one sentence that waits for another editor."""
    editor, now = person("editor"), timezone.now()
    draft = Revision.start(article, by=editor, at=now)
    texts = {name: getattr(draft, name) for name in TEXTS}
    body = draft.body.replace("没有疑问的一句", "没有疑问、但改写过的一句")
    draft.rewrite(by=editor, seen=draft.version, texts=texts, body=body, note="改写一句", at=now)
    draft.submit(by=editor, seen=draft.version, at=now)
    return draft


def _rules() -> dict[str, str]:
    small, now = RuleSet.objects.get(slug="small"), timezone.now()
    base = small.current_version()
    draft = RuleSetVersion.draft(small, faulty(), by=person("editor"), at=now, based_on=base)
    waiting = RuleSetVersion.draft(small, base.source, by=person("editor"), at=now, based_on=base)
    waiting.submit(by=person("editor"), seen=waiting.version, at=now, note="请审阅")
    served = RuleSet.objects.get(zone__slug="alk").current_version()
    name = "admin:strategy_rulesetversion_"

    def at(page: str, *args: object) -> str:
        return reverse(name + page, args=args)

    return {
        "rules:draft": at("change", draft.pk),
        "rules:waiting": at("change", waiting.pk),
        "rules:served": at("change", served.pk),
        "rules:part": at("part", draft.pk, "rules", "t-alectinib"),
        "rules:add": at("add_part", draft.pk, "rules"),
        "rules:import": at("import", small.pk),
        "rules:publish": at("publish", waiting.pk),
        "rules:sign": at("sign", served.pk),
        "rules:stale": at("stale", base.pk),
        "rules:withdrawn": at("change", RuleSetVersion.objects.get(rule_set__slug="withdrawn").pk),
        "proof:served": reverse("admin:strategy_proofrun_proof", args=[served.pk]),
        "proof:none": reverse("admin:strategy_proofrun_proof", args=[draft.pk]),
    }


def _rows() -> dict[str, str]:
    """One row of each of the desk's plain lists."""
    agreement = Agreement.objects.get(zone__slug="alk", kind="AGREEMENT")
    last = AgreementVersion.objects.current("AGREEMENT", agreement.zone)
    assert last is not None
    texts = {f: getattr(last, f) for f in AgreementVersion.TEXTS}
    draft = AgreementVersion.objects.create(agreement=agreement, number=2, **texts | {"body_zh": "<p>改过的正文。</p>"})
    change = "admin:{}_change"
    rows = {
        "row:agreement": ("consent_agreement", agreement),
        "row:agreementversion": ("consent_agreementversion", draft),
        "row:consentrecord": ("consent_consentrecord", ConsentRecord.objects.order_by("pk").first()),
        "row:questionset": ("accounts_questionset", QuestionSet.objects.current_profile()),
        "row:reason": ("accounts_reason", Reason.objects.order_by("pk").first()),
        "row:message": ("accounts_cannedmessage", CannedMessage.objects.order_by("pk").first()),
        "row:user": ("accounts_user", person("doctor")),
        "row:address": ("account_emailaddress", EmailAddress.objects.order_by("pk").first()),
        "row:authenticator": ("mfa_authenticator", Authenticator.objects.order_by("pk").first()),
        "row:notice": ("portal_notice", Notice.objects.order_by("pk").first()),
        "row:entry": ("portal_recordentry", RecordEntry.objects.order_by("pk").first()),
        "row:zone": ("portal_zone", agreement.zone),
        "row:fact": ("articles_fact", Fact.objects.get(key="f-disputed")),
        "row:reference": ("articles_reference", Reference.objects.order_by("pk").first()),
        "row:proof": ("strategy_proofrun", ProofRun.objects.order_by("pk").first()),
    }
    found = {
        name: reverse(change.format(model), args=[row.pk]) for name, (model, row) in rows.items() if row is not None
    }
    return found | {"agreement:publish": reverse("admin:consent_agreementversion_publish", args=[draft.pk])}
