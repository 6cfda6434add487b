"""Proofs of stored versions: one at a time, taken up again, signed with reasons, certified for one exact text."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from articles.models import Fact
from portal import append_only
from portal.models import RecordEntry
from strategy import proving
from strategy.demo import SOURCE
from strategy.management.commands.prove import REASONS, take_up
from strategy.models import ChangeNote, FindingSignature, NotProven, ProofRun, RuleSetVersion
from strategy.models.rights import sha256_of
from tests.people import make_person
from tests.strategy.small import faulty, proven_run, small, source_of

pytestmark = pytest.mark.django_db
REASON = "邻近条目，待临床医师决定。"


def test_what_nobody_proved_is_outstanding(draft):
    assert [finding.kind for finding in proving.outstanding(draft)] == ["unproven"]
    assert proving.proven(draft) is None


def test_a_proof_names_the_fault_and_gives_no_certificate(draft, editor):
    run = proven_run(draft, editor)

    assert (run.state, run.percent, run.attempt, run.error) == ("DONE", 100, 1, "")
    (finding,) = proving.outstanding(draft)
    assert (finding.kind, finding.rules) == ("relisted", ("x-again",))
    assert proving.proven(draft) is None


def test_a_reason_signs_the_fault_and_certifies_the_text(draft, editor2):
    proven_run(draft)
    (finding,) = proving.outstanding(draft)

    proving.sign(draft, finding.fingerprint, REASON, by=editor2, at=timezone.now())

    certificate = proving.proven(draft)
    assert proving.outstanding(draft) == []
    assert certificate.sha256 == draft.sha256
    (signed,) = certificate.data["signatures"]
    assert (signed["reason"], signed["by"]) == (REASON, "staff")
    kinds = RecordEntry.objects.filter(subject=draft.subject).order_by("pk").values_list("kind", flat=True)
    assert list(kinds)[-3:] == ["ruleset.proved", "ruleset.finding_signed", "ruleset.certified"]


@pytest.mark.parametrize("reason", ["", "   ", "短", "长" * 601])
def test_a_finding_is_not_signed_without_a_reason(draft, editor2, reason):
    proven_run(draft)
    (finding,) = proving.outstanding(draft)

    with pytest.raises(ValidationError):
        proving.sign(draft, finding.fingerprint, reason, by=editor2, at=timezone.now())
    assert not draft.finding_signatures.exists()


def test_nobody_without_the_right_starts_or_signs(draft):
    proven_run(draft)
    (finding,) = proving.outstanding(draft)
    stranger = make_person(is_staff=True)

    with pytest.raises(PermissionDenied):
        proving.start(draft, by=stranger, at=timezone.now())
    with pytest.raises(PermissionDenied):
        proving.sign(draft, finding.fingerprint, REASON, by=stranger, at=timezone.now())


def test_what_is_not_outstanding_is_not_signed(draft, editor2):
    proven_run(draft)

    with pytest.raises(ValidationError):
        proving.sign(draft, "0" * 16, REASON, by=editor2, at=timezone.now())


def test_publishing_is_refused_until_proven_and_signed(draft, editor, editor2):
    draft.submit(by=editor, seen=draft.version, at=timezone.now(), note="改一行")
    with pytest.raises(NotProven):
        draft.publish(by=editor2, at=timezone.now(), seen=draft.version)
    proven_run(draft)
    with pytest.raises(NotProven):
        draft.publish(by=editor2, at=timezone.now(), seen=draft.version)
    (finding,) = proving.outstanding(draft)
    proving.sign(draft, finding.fingerprint, REASON, by=editor2, at=timezone.now())

    draft.publish(by=editor2, at=timezone.now(), seen=draft.version)

    assert draft.status == "PUBLISHED"


def test_a_changed_text_is_unproven_again(draft, editor):
    proven_run(draft)
    draft.rewrite(source_of(small()), by=editor, seen=draft.version, at=timezone.now(), parts=["rules/x-again"])

    assert [finding.kind for finding in proving.outstanding(draft)] == ["unproven"]
    proven_run(draft)
    assert proving.proven(draft) is not None


def test_a_verdict_that_changes_asks_for_a_new_proof(draft, editor, editor2):
    draft.rewrite(source_of(small()) + "\n", by=editor, seen=draft.version, at=timezone.now(), parts=[])
    proven_run(draft)
    Fact.objects.filter(key="f-ok").update(verdict="DISPUTED")

    (finding,) = proving.outstanding(draft)

    assert (finding.kind, finding.subject) == ("unproven", "facts")
    assert "f-ok" in finding.text.zh
    assert proving.proven(draft) is None


def test_a_signature_holds_for_the_next_version_while_its_row_says_the_same(draft, small_set, editor, editor2):
    proven_run(draft)
    (finding,) = proving.outstanding(draft)
    proving.sign(draft, finding.fingerprint, REASON, by=editor2, at=timezone.now())
    same = RuleSetVersion.draft(small_set, faulty() + "\n", by=editor, at=timezone.now())
    other = RuleSetVersion.draft(small_set, faulty(alk_mutation={"none": ["G1202R"]}), by=editor, at=timezone.now())
    for version in (same, other):
        proven_run(version)

    assert proving.proven(same) is not None
    assert [found.kind for found in proving.outstanding(other)] == ["relisted"]


def test_a_version_has_one_run_at_a_time(draft, editor):
    first, again = (ProofRun.ask(draft, by=editor, at=timezone.now()) for _click in range(2))

    assert first == again
    with pytest.raises(IntegrityError), transaction.atomic():
        ProofRun.objects.create(version=draft, sha256=draft.sha256, asked_at=timezone.now())


def test_of_two_processes_one_has_the_run(draft):
    run = ProofRun.ask(draft, by=None, at=timezone.now())
    mine, other = ProofRun.objects.get(pk=run.pk), ProofRun.objects.get(pk=run.pk)

    assert mine.claim(at=timezone.now())
    assert not other.claim(at=timezone.now())
    take_up(run.pk)  # a third one finds nothing to do
    run.refresh_from_db()
    assert (run.state, run.attempt) == ("RUNNING", 1)


def test_a_silent_run_is_taken_up_again_and_the_old_process_can_no_longer_speak(draft):
    run, now = ProofRun.ask(draft, by=None, at=timezone.now()), timezone.now()
    run.claim(at=now - timedelta(minutes=5))
    old = ProofRun.objects.get(pk=run.pk)
    assert run.is_silent(now)

    assert run.resume(at=now)
    assert run.state == "QUEUED"
    assert not old.beat("idle", 50, at=now)
    take_up(run.pk)

    run.refresh_from_db()
    assert (run.state, run.attempt) == ("DONE", 2)
    assert not old.finish({"proof": {"findings": []}}, at=now)


def test_a_run_that_lives_is_left_alone(draft):
    run, now = ProofRun.ask(draft, by=None, at=timezone.now()), timezone.now()
    run.claim(at=now)

    assert not run.is_silent(now)
    assert not run.resume(at=now)
    assert run.state == "RUNNING"


def test_after_three_interruptions_it_stops_and_can_be_started_again(draft, editor):
    run, now = ProofRun.ask(draft, by=None, at=timezone.now()), timezone.now()
    for _attempt in range(3):
        assert run.claim(at=now - timedelta(minutes=5))
        assert run.resume(at=now)

    assert run.state == "STOPPED"
    assert run.error
    assert ProofRun.ask(draft, by=editor, at=now) != run


def test_a_draft_changed_while_it_waited_is_not_proven_under_its_old_hash(draft, editor):
    run = ProofRun.ask(draft, by=editor, at=timezone.now())
    draft.rewrite(source_of(small()) + "\n", by=editor, seen=draft.version, at=timezone.now(), parts=[])
    take_up(run.pk)

    run.refresh_from_db()
    assert (run.state, run.result) == ("FAILED", None)


def test_certificates_signatures_and_change_notes_never_change(draft, editor2):
    proven_run(draft)
    (finding,) = proving.outstanding(draft)
    proving.sign(draft, finding.fingerprint, REASON, by=editor2, at=timezone.now())
    append_only.install(connection, only="strategy")

    for rows in (draft.certificates, draft.finding_signatures, draft.change_notes):
        assert rows.exists()
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        FindingSignature.objects.update(reason="别的理由，别的理由。")


def test_a_proof_keeps_what_the_text_changes_against_the_published_one(draft, small_set):
    proven_run(draft)

    note = proving.change_note(draft)

    assert note.against == small_set.current_version()
    assert note.data["grid"] == 2 * 3
    assert note.data["changed"] == 3  # after alectinib, whatever was tested
    assert ChangeNote.objects.count() == 1


def test_the_shipped_rule_set_is_served_with_its_certificate_at_once(rule_set):
    version = rule_set.current_version()

    assert proving.outstanding(version) == []
    assert proving.proven(version).data["proof"]["space"] == "240185759378794905600"
    assert all(row.by is None for row in version.finding_signatures.all())


def test_a_version_published_before_certificates_gets_one_by_the_sweep(rule_set):
    old = RuleSetVersion.draft(rule_set, SOURCE.read_text(encoding="utf-8"), by=None, at=timezone.now())
    old.publish(by=None, at=timezone.now())
    assert proving.proven(old) is None

    proving.tend(timezone.now())

    assert proving.proven(old) is not None


@pytest.mark.pure
def test_the_shipped_certificate_is_of_the_shipped_rules_and_verdicts():
    from strategy.management.commands.prove import shipped_facts
    from strategy.prover import PROVER_VERSION

    shipped = json.loads(proving.SHIPPED.read_text(encoding="utf-8"))

    assert shipped["sha256"] == sha256_of(SOURCE.read_text(encoding="utf-8")), "run: manage.py prove --write"
    assert shipped["proof"]["prover"] == PROVER_VERSION
    facts = shipped_facts()
    assert all(facts[key] == verdict for key, verdict in shipped["proof"]["facts"].items())
    signed = {item["fingerprint"] for item in shipped["signatures"]}
    assert signed == {finding["fingerprint"] for finding in shipped["proof"]["findings"]}
    assert REASONS.exists()
