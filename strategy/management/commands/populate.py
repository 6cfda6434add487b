"""Synthetic load of any size, written in bulk: approved clinicians, comments on the demo's article, waiting cases."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import F, Max
from django.utils import timezone

from accounts.digests import content_digest
from accounts.models import Decision, QuestionSet, Submission, User, Verification, VerificationEvent
from articles.models import Article, Comment
from articles.models.comment import base36
from consent import actions, texts
from consent.models import Agreement, AgreementVersion
from portal import outbox, record
from portal.models import Notice
from strategy.demo import ARTICLE

BATCH = 1000
WORDS = ["请教", "编辑注", "写得清楚", "这一段", "想多看看", "检测", "随访", "讨论", "谢谢", "数字", "出处", "收藏"]


class Command(BaseCommand):
    help = "Add synthetic clinicians, comments and waiting cases to a portal that holds the demo."

    def add_arguments(self, parser: CommandParser) -> None:
        for name in ("clinicians", "comments", "cases"):
            parser.add_argument(f"--{name}", type=int, default=0, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        article = Article.objects.filter(slug=ARTICLE).select_related("zone").first()
        if article is None:
            raise CommandError("Load the demo first: manage.py load_demo")
        load = Load(article)
        for name in ("clinicians", "cases", "comments"):
            for size in _batches(options[name]):
                with transaction.atomic():
                    getattr(load, name)(size)
            self.stdout.write(f"{name}: {options[name]}")


def _batches(total: int) -> Iterator[int]:
    for start in range(0, total, BATCH):
        yield min(BATCH, total - start)


class Load:
    """Writes rows that look like what the product's actions leave behind, a thousand at a time."""

    def __init__(self, article: Article) -> None:
        self.article, self.zone, self.now = article, article.zone, timezone.now()
        self.before = self.now - timedelta(days=31)  # whoever sent a case had agreed
        self.reviewer = User.objects.filter(groups__name="reviewers").order_by("pk").first()
        self.profile = QuestionSet.objects.current_profile()
        self.documents = [
            version
            for kind in (Agreement.Kind.AGREEMENT, Agreement.Kind.INFORMED_CONSENT)
            if (version := AgreementVersion.objects.current(kind, self.zone))
        ]

    def clinicians(self, size: int) -> None:
        """Approved people who skipped the survey and saw the passed page."""
        until = self.now + timedelta(days=300)
        self._cases(
            size,
            "APPROVED",
            decided_at=self.now,
            decided_by=self.reviewer,
            approved_until=until,
            passed_seen_at=self.now,
            version=2,
        )

    def cases(self, size: int) -> None:
        """People who wait."""
        self._cases(size, "PENDING", version=1)

    def comments(self, size: int) -> None:
        """First comments by whoever is approved; counter and version follow."""
        authors = list(User.objects.filter(verification__status="APPROVED").values_list("pk", flat=True)[:5000])
        first = (Comment.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
        Comment.objects.bulk_create(
            Comment(
                pk=number,
                root_id=number,
                path=base36(number),
                article=self.article,
                zone=self.zone,
                author_id=secrets.choice(authors),
                body=_sentence(),
                shown_in_thread=1,
                created_at=self.now,
            )
            for number in range(first, first + size)
        )
        _restart_sequence()
        Article.objects.filter(pk=self.article.pk).update(
            comment_count=F("comment_count") + size, comments_version=F("comments_version") + 1
        )

    def _cases(self, size: int, status: str, **fields: Any) -> None:
        people = self._people(size)
        sent_at = [self.now - timedelta(minutes=secrets.randbelow(60 * 24 * 30)) for _ in people]
        drafts = Submission.objects.bulk_create(
            Submission(owner=person, question_set=self.profile, is_profile_complete=True, profession="physician")
            for person in people
        )
        cases = Verification.objects.bulk_create(
            Verification(owner=person, status=status, current=draft, profession="physician", submitted_at=at, **fields)
            for person, draft, at in zip(people, drafts, sent_at, strict=True)
        )
        for draft, case, at in zip(drafts, cases, sent_at, strict=True):
            draft.verification, draft.number, draft.sent_at = case, 1, at
            draft.content_sha256 = content_digest([], [], profession=draft.profession, appeal="")
        Submission.objects.bulk_update(drafts, ["verification", "number", "sent_at", "content_sha256"])
        VerificationEvent.objects.bulk_create(self._events(cases))
        self._said("submitted", drafts)
        if status == "APPROVED":
            Decision.objects.bulk_create(
                Decision(
                    submission=draft,
                    owner=draft.owner,
                    outcome="APPROVED",
                    decided_by=self.reviewer,
                    decided_at=self.now,
                    approved_until=fields["approved_until"],
                )
                for draft in drafts
            )
            self._said("decided", drafts)
            for draft in drafts:
                payload = {"submission": str(draft.public_id), "reasons": []}
                record.append(
                    "verification.approved",
                    actor=self.reviewer,
                    subject=f"accounts.verification:{draft.verification.public_id}",  # type: ignore[union-attr]
                    payload=payload,
                    at=self.now,
                )

    def _said(self, event: str, submissions: list[Submission]) -> None:
        """Nobody is to be told what is made up: the notices stand as said already, without words."""
        said = {"state": Notice.State.SENT, "sent_at": self.now, "attempts": 1, "lease_token": "populate"}
        Notice.objects.bulk_create(
            Notice(
                event_key=f"{event}:{submission.public_id}",
                person=submission.owner,
                channel=outbox.EMAIL,
                address=submission.owner.email,
                next_at=self.now,
                created_at=self.now,
                **said,
            )
            for submission in submissions
        )

    def _events(self, cases: Iterable[Verification]) -> Iterator[VerificationEvent]:
        for case in cases:
            yield VerificationEvent(subject=case, seq=1, old="", new="PENDING", actor=case.owner, at=case.submitted_at)
            if case.version == 2:
                yield VerificationEvent(
                    subject=case, seq=2, old="PENDING", new=case.status, actor=self.reviewer, at=self.now
                )

    def _people(self, size: int) -> list[User]:
        people = User.objects.bulk_create(
            User(
                email=f"load-{uuid.uuid4().hex}@demo.example",
                display_name=f"合成{secrets.token_hex(2)}",
                password=make_password(None),
            )
            for _ in range(size)
        )
        EmailAddress.objects.bulk_create(
            EmailAddress(user=person, email=person.email, verified=True, primary=True) for person in people
        )
        answers = [actions.Answer.GIVEN, actions.Answer.SKIPPED]
        for version, answer in zip(self.documents, answers, strict=False):
            text = texts.shown_text(version)
            for person in people:  # one at a time: each has its record entry
                actions.answer(
                    person=person, version=version, answer=answer, text=text, form="populate", at=self.before
                )
        return people


def _sentence() -> str:
    return "".join(islice(iter(lambda: secrets.choice(WORDS), None), 3 + secrets.randbelow(6))) + "。"


def _restart_sequence() -> None:
    """Rows were given their numbers here: PostgreSQL's sequence has to follow."""
    statements = connection.ops.sequence_reset_sql(no_style(), [Comment])
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
