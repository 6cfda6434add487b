"""A decision stands on what was sent: if anything of it changed meanwhile the decision is void, and says so."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import drafts, review
from accounts.comparing import Change, changes_since
from accounts.models import Answer, ContentChanged, Decision, Evidence, Reason, Submission, Verification
from accounts.retention import ask_erasure
from portal import append_only
from portal.models import Notice, RecordEntry
from portal.workflow import TransitionError
from tests import factories
from tests.people import staff_login

pytestmark = pytest.mark.django_db
QUEUE = "/admin/accounts/verification/"


@pytest.fixture(autouse=True)
def _ground(zone, settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"


@pytest.fixture
def case():
    return factories.make_case(factories.make_user())


def discard(case):
    case.current.evidence.update(discarded_at=timezone.now())


def correct(case):
    case.current.answers.filter(question__key="name").update(value="别的名字")


def reseal(case):
    case.current.answers.exclude(sealed=None).update(sealed=b"P1 something else")


def swap(case):
    other = factories.make_evidence(factories.make_draft(factories.make_user()), pages=[factories.jpeg("#aa0000")])
    case.current.evidence.set([other])


def rehash(case):
    case.current.evidence.update(sha256="0" * 64)


def promote(case):
    with append_only.lifted(connection):
        Submission.objects.filter(pk=case.current_id).update(profession="pharmacist")


ALL_CHANGES = [(change, "approve") for change in (discard, correct, reseal, swap, rehash, promote)]
ALL_CHANGES += [(discard, "reject"), (correct, "refuse_final")]


@pytest.mark.parametrize(("change", "decision"), ALL_CHANGES)
def test_a_decision_is_void_when_the_content_changed(case, reviewer, change, decision):
    change(case)
    reasons = {"approve": [], "reject": ["NAME_MISMATCH"], "refuse_final": ["FORGED"]}[decision]
    desk = staff_login(Client(), reviewer)

    answer = desk.post(
        f"{QUEUE}{case.pk}/decide/",
        {"decision": decision, "reasons": reasons, "version": 1, "message": "我看过了"},
    )

    assert answer.status_code == 409
    assert "资料在提交后有变动" in answer.content.decode()
    assert "我看过了" in answer.content.decode()
    stored = Verification.objects.get(pk=case.pk)
    assert (stored.status, stored.version) == ("PENDING", 1)
    assert not Decision.objects.exists()
    assert Notice.objects.filter(person=case.owner).count() == 1


def test_the_database_itself_keeps_a_sent_submission_as_it_was_sent(case):
    rows = Submission.objects.filter(pk=case.current_id)
    for changes in ({"profession": "pharmacist"}, {"content_sha256": "0" * 64}, {"question_set": None}):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows.update(**changes)


def test_what_changed_can_be_sent_back_for_just_that_and_nothing_else(case, reviewer):
    discard(case)
    changed = list(Reason.objects.filter(code="CONTENT_CHANGED"))
    with pytest.raises(ContentChanged):
        case.refuse_final(by=reviewer, submission=case.current, reasons=changed, at=timezone.now())
    case = Verification.objects.get(pk=case.pk)

    case.reject(by=reviewer, submission=case.current, reasons=changed, at=timezone.now())

    draft = drafts.begin_again(Verification.objects.get(pk=case.pk), appeal="")
    factories.make_evidence(draft)
    assert drafts.send(draft, at=timezone.now()).status == "PENDING"


def test_the_digest_is_stored_at_sending_and_in_both_record_entries(case, reviewer):
    factories.approve(case, by=reviewer)

    submission = Submission.objects.get(pk=case.current_id)
    assert submission.content_sha256 == submission.content_digest()
    kinds = ["verification.submitted", "verification.approved"]
    entries = RecordEntry.objects.filter(kind__in=kinds)
    assert {entry.payload["content"] for entry in entries} == {submission.content_sha256}
    assert entries.count() == 2


def test_two_submissions_with_the_same_words_of_two_people_differ_by_their_files(case):
    other = factories.make_case(factories.make_user())
    assert other.current.content_sha256 != case.current.content_sha256


def test_a_proposal_cannot_be_confirmed_once_the_content_changed(case, reviewer, reviewer2, settings):
    settings.SECOND_PAIR_OF_EYES = "all"
    review.decide(case, by=reviewer, decision="approve", version=1, reasons=[], message="", at=timezone.now())
    correct(case)

    with pytest.raises(ContentChanged):
        review.confirm(case, by=reviewer2, version=2, at=timezone.now())
    assert Verification.objects.get(pk=case.pk).proposal is not None
    assert review.set_aside(case, by=reviewer2, version=2, why="资料变了。", at=timezone.now()).state == "SET_ASIDE"


def test_nobody_is_decided_on_who_closed_their_account(case, reviewer):
    ask_erasure(case.owner, at=timezone.now())

    with pytest.raises(TransitionError):
        factories.approve(case, by=reviewer)
    assert Verification.objects.get(pk=case.pk).status == "PENDING"


def test_a_resubmission_says_what_was_kept_changed_added_and_taken_out(case, reviewer):
    factories.reject(case, by=reviewer, codes=("HOSPITAL_MISMATCH", "POST_PROOF_MISSING"))
    draft = drafts.begin_again(Verification.objects.get(pk=case.pk), appeal="")
    factories.make_draft(case.owner, hospital="示例市第二人民医院")
    first = draft.evidence.get()
    new = factories.make_evidence(draft, "在职证明.jpg")
    draft.evidence.remove(first)
    drafts.send(draft, at=timezone.now())

    changes = changes_since(Submission.objects.get(pk=draft.pk))

    by_key = {row.key: row.change for row in changes.answers}
    assert {key for key, change in by_key.items() if change is not Change.KEPT} == {"hospital"}
    assert by_key["licence_number"] is Change.KEPT  # typed anew, other ciphertext, the same number
    row = next(row for row in changes.answers if row.key == "hospital")
    assert (row.before.value, row.now.value) == ("示例市第一人民医院", "示例市第二人民医院")
    assert [(row.file, row.change) for row in changes.files] == [(new, Change.NEW), (first, Change.REMOVED)]
    assert changes.count == 3
    assert changes_since(case.current) is None


def test_another_licence_number_counts_as_changed(case, reviewer):
    factories.reject(case, by=reviewer, codes=("NUMBER_MISMATCH",))
    draft = drafts.begin_again(Verification.objects.get(pk=case.pk), appeal="")
    factories.make_draft(case.owner, licence_number="141100000099999")
    drafts.send(draft, at=timezone.now())

    changes = changes_since(Submission.objects.get(pk=draft.pk))

    assert [row.key for row in changes.answers if row.change is Change.CHANGED] == ["licence_number"]
    assert [row.change for row in changes.files] == [Change.KEPT]


def test_sending_again_keeps_everything_that_did_not_fail(case, reviewer):
    factories.reject(case, by=reviewer, codes=("HOSPITAL_MISMATCH",))

    draft = drafts.begin_again(Verification.objects.get(pk=case.pk), appeal="")

    assert Answer.objects.filter(submission=draft).count() == case.current.answers.count()
    assert list(draft.evidence.all()) == list(Evidence.objects.filter(owner=case.owner))
    assert set(drafts.complaints(draft)) == {"hospital"}
