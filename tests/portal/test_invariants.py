"""Each invariant gives nothing on a sound database and names the row of a seeded fault, on both databases.

Faults are seeded in temporary tables that stand before the real ones under the same name: there neither constraint nor
trigger holds them back, and they go with the test.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Claim, Decision, Erasure, Evidence, Submission, Verification, VerificationEvent
from accounts.retention import ask_erasure, carry_out_erasures
from articles.models import Comment
from consent.models import ConsentRecord
from portal import invariants, keys, outbox, record
from portal.models import Notice, PersonKey, RecordEntry, StoredAnswer
from tests import factories
from tests.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def life(zone, doctor, pending_person, rejected_person, reviewer):
    """People in several states, an erased one, an article with a comment; all by the product's own actions."""
    gone = make_person("gone@example.org")
    ask_erasure(gone, at=timezone.now() - timedelta(days=40))
    carry_out_erasures(timezone.now())
    factories.make_evidence(factories.make_draft(make_person("drafting@example.org")))
    StoredAnswer.objects.create(person=doctor, key="once", body_hash="0" * 64)
    Claim.take(pending_person.verification, by=reviewer, at=timezone.now())
    while outbox.drain_notices():
        continue
    return {"doctor": doctor, "pending": pending_person, "gone": gone}


def codes(at=None):
    return [finding.code for finding in invariants.broken(at or timezone.now())]


def shadow(model):
    """Let faults into the model's table."""
    table, schema = model._meta.db_table, "main" if connection.vendor == "sqlite" else "public"
    run(f'CREATE TEMPORARY TABLE "{table}" AS SELECT * FROM {schema}."{table}"')
    return f'"{table}"'


def run(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def double(model, where="", **changes):
    """Copy one row under another number, with changes in SQL."""
    table = shadow(model)
    columns = [field.column for field in model._meta.concrete_fields]
    values = {column: f'"{column}"' for column in columns} | {
        model._meta.pk.column: f'"{model._meta.pk.column}" + 90000'
    }
    values |= changes
    names = ", ".join(f'"{column}"' for column in columns)
    run(f"INSERT INTO {table} ({names}) SELECT {', '.join(values[c] for c in columns)} FROM {table} {where} LIMIT 1")


def change(model, assignments, where="1 = 1"):
    run(f"UPDATE {shadow(model)} SET {assignments} WHERE {where}")


def test_all_are_registered():
    assert {f"Q{number:02d}" for number in range(1, 24)} <= set(invariants.codes())


def test_a_sound_database_breaks_none(life):
    assert codes() == []
    call_command("invariants")


SEEDS = {
    "Q01": lambda: double(Decision),
    "Q02": lambda: change(Verification, "status = 'REVOKED'", "status = 'PENDING'"),
    "Q03": lambda: change(VerificationEvent, "seq = seq + 1", "seq = 2"),
    "Q04": lambda: change(VerificationEvent, "new = 'EXPIRED'", "old = 'PENDING' AND new = 'APPROVED'"),
    "Q05": lambda: double(Verification, "WHERE status = 'PENDING'"),
    "Q06": lambda: double(StoredAnswer),
    "Q07": lambda: run(f"DELETE FROM {shadow(ConsentRecord)} WHERE kind = 'AGREEMENT'"),
    "Q08": lambda: run(f"DELETE FROM {shadow(Notice)} WHERE event_key LIKE 'decided:%%'"),
    "Q10": lambda: double(Notice),
    "Q13": lambda: change(Decision, "outcome = 'REJECTED'"),
    "Q14": lambda: change(Decision, "decided_by_id = owner_id"),
    "Q15": lambda: run(f"DELETE FROM {shadow(RecordEntry)} WHERE kind = 'verification.approved'"),
    "Q16": lambda: change(Evidence, "sha256 = ''"),
    "Q19": lambda: double(Claim),
    "Q21": lambda: change(ConsentRecord, "answer = 'GIVEN'", "answer = 'SKIPPED'"),
    "Q22": lambda: run(f"DELETE FROM {shadow(RecordEntry)} WHERE kind = 'verification.submitted'"),
}


@pytest.mark.parametrize("code", sorted(SEEDS))
def test_a_seeded_fault_is_found(life, code):
    assert codes() == []
    SEEDS[code]()

    found = {finding.code: finding for finding in invariants.broken(timezone.now())}
    assert code in found
    assert found[code].rows
    with pytest.raises(CommandError):
        call_command("invariants")


def test_a_decision_whose_reasons_were_exchanged_is_found(life):
    change(Decision, 'reasons = \'[{"code": "FORGED"}]\'', "outcome = 'REJECTED'")

    assert codes() == ["Q15"]


def test_an_appeal_decided_by_whoever_it_is_against_is_found(life):
    change(Submission, "appeal = 'x', previous_id = id", "sent_at IS NOT NULL")

    assert "Q14" in codes()


LOST = {
    "the entry": lambda: run(f"DELETE FROM {shadow(RecordEntry)} WHERE kind = 'consent.given'"),
    "the consent": lambda: run(f"DELETE FROM {shadow(ConsentRecord)} WHERE kind = 'INFORMED_CONSENT'"),
    "the link": lambda: change(ConsentRecord, "entry_id = NULL", "id = (SELECT max(id) FROM consent_consentrecord)"),
    "the text": lambda: change(ConsentRecord, "shown_text = 'x'"),
    "what for": lambda: change(ConsentRecord, "content = '{\"event\": [{}]}'"),
    "whose": lambda: change(ConsentRecord, "person_id = (SELECT max(id) FROM accounts_user)"),
}


@pytest.mark.parametrize("what", LOST)
def test_a_consent_and_its_entry_are_found_when_one_is_gone_or_says_something_else(life, what):
    """Before the seal too, when verify_record cannot miss an entry."""
    LOST[what]()

    assert "Q21" in codes()


def test_every_edge_of_the_history_begins_where_it_may(life):
    change(VerificationEvent, "old = 'REVOKED'", "seq = 1")

    assert "Q04" in codes()


def test_a_stuck_notice_is_found_and_one_that_waits_for_its_next_try_is_not(life):
    Notice.objects.update(state="NEW", sent_at=None, next_at=timezone.now())
    late = timezone.now() + timedelta(minutes=11)
    assert "Q09" in codes(late)
    Notice.objects.update(next_at=late + timedelta(minutes=1))
    assert "Q09" not in codes(late)
    Notice.objects.filter(pk=Notice.objects.first().pk).update(state="LEASED", lease_until=timezone.now())
    assert "Q09" in codes(late)


def test_a_notice_sent_by_nobody_is_found(life):
    Notice.objects.update(attempts=0)

    assert "Q11" in codes()


def test_a_reminder_of_an_approval_that_was_revoked_long_before_is_found(life, lead):
    case, now = life["doctor"].verification, timezone.now()
    case.refresh_from_db()
    assert case.remind(at=case.approved_until - timedelta(days=6))
    case.revoke(by=lead, reason="登记已注销", at=now - timedelta(hours=1))
    outbox.drain_notices()
    reminders = Notice.objects.filter(event_key__startswith="reminder:")
    reminders.update(
        state="SENT", sent_at=now - timedelta(hours=2), attempts=1, lease_token="x", created_at=now - timedelta(hours=3)
    )
    assert codes() == []
    reminders.update(sent_at=now)

    assert codes() == ["Q12"]


def test_a_comment_counter_that_is_wrong_is_found(life, zone):
    article = zone.articles.create(slug="one", title_zh="题", comment_mode="AFTER")
    comment = Comment.post(article, author=life["doctor"], body="字", at=timezone.now())
    assert codes() == []
    type(article).objects.update(comment_count=2)
    assert codes() == ["Q17"]
    type(article).objects.update(comment_count=1)
    Comment.objects.filter(pk=comment.pk).update(shown_in_thread=0)
    assert codes() == ["Q17"]


def test_an_approval_past_its_date_is_found_after_an_hour(life):
    case = Verification.objects.get(owner=life["doctor"])

    Notice.objects.update(next_at=case.approved_until + timedelta(days=2))
    assert "Q18" not in codes(case.approved_until + timedelta(minutes=59))
    assert "Q18" in codes(case.approved_until + timedelta(minutes=61))


def test_an_erased_person_who_can_still_be_read_is_found(life):
    assert Erasure.objects.exclude(done_at=None).exists()
    keys.seal_for(life["gone"], b"x", purpose=keys.EVIDENCE, aad="a")
    assert codes() == ["Q20"]
    PersonKey.objects.filter(person=life["gone"]).update(destroyed_at=timezone.now(), wrapped=b"")
    assert codes() == ["Q23"]  # destroyed without a word
    said = {"subject": f"accounts.user:{life['gone'].public_id}", "payload": {}, "at": timezone.now()}
    record.append("evidence.key_destroyed", actor=None, **said)
    assert codes() == []
    type(life["gone"]).objects.filter(pk=life["gone"].pk).update(display_name="张三")
    assert codes() == ["Q20"]


def test_two_drafts_of_one_person_are_found(life):
    double(Submission, "WHERE sent_at IS NULL")

    assert "Q05" in codes()


def test_the_day_is_checked_once_logged_and_counted(life, caplog, client):
    change(Decision, "decided_by_id = owner_id")
    cache.delete(invariants.RAN)
    invariants.nightly(timezone.now())
    invariants.nightly(timezone.now())

    said = [line for line in caplog.messages if "Q14" in line]
    assert len(said) == 1
    metrics = client.get("/metrics", headers={"Authorization": "Bearer test-metrics-token"}).content.decode()
    assert f"portal_invariants_broken {len(codes())}" in metrics
    assert "portal_record_unsealed" in metrics


def test_codes_can_be_left_out(life):
    change(Decision, "decided_by_id = owner_id")

    assert "Q14" not in {finding.code for finding in invariants.broken(timezone.now(), without={"Q14"})}
