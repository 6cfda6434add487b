"""The real portal under the machine: people, clock, and a hand that cuts a transaction after any of its writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone

from accounts import answers, drafts, evidence, reminding, retention, sweeping, uploads
from accounts.models import QuestionSet, Reason, User, Verification
from consent.actions import answer, withdraw
from consent.models import AgreementVersion, ConsentRecord
from consent.texts import shown_text
from portal import outbox
from portal.models import Notice, Zone
from tests import factories
from tests.people import make_staff

BEGIN = datetime(1975, 3, 1, 8, tzinfo=UTC)  # far enough back that no run of the machine reaches today
REASONS = {"REJECTED": "NAME_MISMATCH", "REFUSED": "FORGED", "CARD": "IDENTITY_CARD", "CHANGED": "CONTENT_CHANGED"}
WRITES = ("INSERT", "UPDATE", "DELETE")


class Killed(Exception):
    """The worker died in the middle of a transaction."""


class Ground:
    """What stands before the first act: one zone, three reviewers, a lead, two editors, one judged file."""

    def __init__(self) -> None:
        self.zone: Zone = factories.install_zone()
        self.staff = [make_staff("reviewers", f"machine{n}@example.org") for n in range(3)]
        self.lead = make_staff("review_leads", "lead@machine.example.org")
        self.editors = [make_staff("editors", f"editor{n}@machine.example.org") for n in range(2)]
        self.pages = factories.accepted()


class World:
    """The portal with its clock and up to three applicants, of whom the last is a reviewer too."""

    def __init__(self, ground: Ground) -> None:
        self.now = BEGIN
        self.zone, self.staff, self.lead, self.editors = ground.zone, ground.staff, ground.lead, ground.editors
        self.pages = ground.pages
        self.people: dict[int, User] = {}

    # -- reading: always anew, as another worker would

    def person(self, who: int) -> User:
        return User.objects.get(pk=self.people[who].pk)

    def judge(self, who: int) -> User:
        return User.objects.get(pk=(self.lead if who == 3 else self.staff[who]).pk)

    def case(self, who: int) -> Verification | None:
        rows = Verification.objects.select_related("owner", "current")
        return rows.filter(owner_id=self.people[who].pk).first()

    def version(self, kind: str) -> AgreementVersion:
        found = AgreementVersion.objects.current(kind, self.zone)
        assert found is not None
        return found

    # -- acts of applicants

    def register(self, who: int) -> None:
        self.people[who] = self.staff[2] if who == 2 else factories.make_user()

    def say(self, who: int, kind: str, given: str) -> None:
        version = self.version(kind)
        text = shown_text(version)
        answer(person=self.person(who), version=version, answer=given, text=text, form="machine", at=self.now)

    def withdraw(self, who: int, kind: str) -> Any:
        rows = ConsentRecord.objects.filter(person=self.people[who], kind=kind, zone=self.zone)
        last = rows.order_by("-pk").first()
        return last and withdraw(last, at=self.now, form="machine")

    def fill_survey(self, who: int) -> None:
        survey = QuestionSet.objects.current_survey(self.zone)
        assert survey is not None
        answers.save_survey(self.person(who), self.zone, survey, factories.SURVEY, at=self.now)

    def fill_profile(self, who: int) -> None:
        draft, profile = drafts.begin(self.person(who)), QuestionSet.objects.current_profile()
        assert profile is not None
        answers.save_profile(draft, profile, factories.PROFILE, at=self.now)

    def upload(self, who: int) -> None:
        """What the upload does with a file once a child process judged it good."""
        draft = drafts.draft_of(self.people[who])
        assert draft is not None
        with evidence.staged(draft.owner, [self.pages], at=self.now) as rows:
            evidence.keep(draft, rows)

    def upload_bad(self) -> uploads.Judged:
        """A file over the limit: refused before any child is asked."""
        file: Any = SimpleUploadedFile("x.jpg", b"x")
        file.is_too_large = True
        return uploads.judge_all([file], room=5, free=10**9)

    def discard(self, who: int) -> None:
        draft = drafts.draft_of(self.people[who])
        assert draft is not None
        evidence.discard(draft, draft.evidence.order_by("pk")[0], at=self.now)

    def begin_again(self, who: int, appeal: str) -> None:
        case = self.case(who)
        assert case is not None
        drafts.begin_again(case, appeal=appeal)

    def submit(self, who: int) -> None:
        draft = drafts.draft_of(self.people[who])
        assert draft is not None
        drafts.send(draft, at=self.now)

    # -- acts of staff and of the clock

    def reasons(self, name: str) -> list[Reason]:
        return list(Reason.objects.filter(code=REASONS[name])) if name in REASONS else []

    def publish(self, asks_again: bool) -> None:
        version = self.version("AGREEMENT")
        version.pk, version.number, version.asks_again = None, version.number + 1, asks_again
        version.body_zh += f"<p>第 {version.number} 版。</p>"
        version.published_at, version.published_by, version.sha256 = None, None, ""
        version.created_by = self.editors[0]
        version._state.adding = True
        version.save(force_insert=True)
        assert version.publish(by=self.editors[1], at=self.now)

    def sweep(self) -> None:
        """Everything time does, in the order of the periodic job."""
        retention.expire_approvals(self.now)
        reminding.remind_of_ends(self.now)
        retention.destroy_evidence_keys(self.now)
        retention.carry_out_erasures(self.now)
        sweeping.destroy_identity_cards(self.now)
        sweeping.remove_unreadable(self.now)
        self.now += timedelta(seconds=1)  # what comes next comes after

    def deliver(self, times: int, *, dying: bool) -> None:
        """Drain the outbox so often; a dying sender leaves its lease behind, which runs out."""
        if dying:
            first = Notice.objects.filter(state="NEW").order_by("pk").values("pk")[:1]
            past = timezone.now() - timedelta(minutes=2)
            Notice.objects.filter(pk__in=list(first.values_list("pk", flat=True))).update(
                state="LEASED", lease_token="dead", lease_until=past, attempts=1
            )
        for _time in range(times):
            outbox.drain_notices()

    def restart(self) -> None:
        """What a new process does not know."""
        cache.clear()

    # -- the hand

    @contextmanager
    def killing(self, after: int) -> Iterator[None]:
        """Raise Killed after so many writes of what happens inside, or let it pass if it makes fewer."""
        count = 0

        def cut(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal count
            result = execute(sql, params, many, context)
            if sql.lstrip().upper().startswith(WRITES):
                count += 1
                if count == after:
                    raise Killed
            return result

        with connection.execute_wrapper(cut), transaction.atomic():
            yield
