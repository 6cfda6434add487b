"""A version's way: held by one editor, handed over, published by another, signed by a clinician who wrote none."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portal import append_only
from portal.models import Notice, RecordEntry
from portal.workflow import TransitionError
from strategy.demo import SOURCE
from strategy.models import ClinicalSignature, NotProven, RuleSetVersion
from strategy.nodes import RuleSetError
from tests.people import make_person, make_staff
from tests.strategy.small import proven_run, small, source_of

pytestmark = pytest.mark.django_db
SIGNED = {"name": "周医生", "title": "主任医师", "licence_basis": "执业医师，内科专业"}


@pytest.fixture
def lead(db):
    return make_staff("clinical_leads", "lead@example.org", display_name="临床审核者")


@pytest.fixture
def clean(small_set, editor):
    """A colleague's draft without a fault."""
    source = source_of(small()) + "\n"
    return RuleSetVersion.draft(small_set, source, by=editor, at=timezone.now(), based_on=small_set.current_version())


def submitted(version, by):
    version.submit(by=by, seen=version.version, at=timezone.now(), note="改了一行")
    return version


def published(version, author, by):
    proven_run(version)
    submitted(version, author).publish(by=by, seen=version.version, at=timezone.now())
    return version


def test_drafting_starts_from_what_readers_use_and_is_found_again(small_set, editor):
    first = RuleSetVersion.start(small_set, by=editor, at=timezone.now())

    assert RuleSetVersion.start(small_set, by=editor, at=timezone.now()) == first
    assert first.source == small_set.current_version().source
    assert first.based_on == small_set.current_version()


def test_only_the_holder_writes_and_a_stale_page_changes_nothing(clean, editor, editor2):
    seen, source = clean.version, clean.source
    with pytest.raises(TransitionError):
        clean.rewrite(source + " ", by=editor2, seen=seen, at=timezone.now(), parts=[])
    clean.rewrite(source + "\n", by=editor, seen=seen, at=timezone.now(), parts=["rules/x"])
    with pytest.raises(TransitionError):
        clean.rewrite(source + "\n\n\n", by=editor, seen=seen, at=timezone.now(), parts=[])

    clean.refresh_from_db()
    assert clean.source == source + "\n"
    entry = RecordEntry.objects.get(kind="ruleset.edited")
    assert entry.payload["parts"] == ["rules/x"]
    assert entry.payload["sha256"] == clean.sha256


def test_a_malformed_text_is_not_stored(clean, editor):
    with pytest.raises(RuleSetError):
        clean.rewrite("a: 1", by=editor, seen=clean.version, at=timezone.now(), parts=[])


def test_a_draft_is_taken_over_in_the_open_and_its_first_author_still_may_not_publish(clean, editor, editor2):
    clean.take_over(by=editor2, seen=clean.version, at=timezone.now())

    assert clean.held_by == editor2
    assert RecordEntry.objects.filter(kind="ruleset.taken_over").count() == 1
    clean.rewrite(clean.source + "\n", by=editor2, seen=clean.version, at=timezone.now(), parts=[])
    assert clean.was_edited_by(editor)
    assert clean.was_edited_by(editor2)
    submitted(clean, editor2)
    for person in (editor, editor2):
        with pytest.raises(PermissionDenied, match="起草或修改过"):
            clean.publish(by=person, seen=clean.version, at=timezone.now())


def test_two_who_take_over_at_once_do_not_both(clean, editor2):
    third, seen = make_staff("editors", "editor3@example.org"), clean.version
    same = RuleSetVersion.objects.get(pk=clean.pk)
    clean.take_over(by=editor2, seen=seen, at=timezone.now())

    with pytest.raises(TransitionError):
        same.take_over(by=third, seen=seen, at=timezone.now())


def test_a_discarded_draft_stays_withdrawn_and_was_never_published(clean, editor2):
    clean.discard(by=editor2, seen=clean.version, at=timezone.now(), note="重复的稿子")

    assert (clean.status, clean.published_at) == ("WITHDRAWN", None)
    with pytest.raises(TransitionError):
        clean.withdraw(by=editor2, at=timezone.now(), seen=clean.version)


def test_it_is_sent_back_with_a_word_and_its_holder_is_told(clean, editor, editor2):
    submitted(clean, editor).send_back(by=editor2, seen=clean.version, at=timezone.now(), note="请补依据")

    assert clean.status == "DRAFT"
    assert "请补依据" in Notice.objects.get(person=editor).text


def test_a_proven_text_is_published_once_by_another(clean, editor, editor2, small_set):
    version = published(clean, editor, editor2)

    assert small_set.current_version() == version
    with pytest.raises(TransitionError):
        version.publish(by=editor2, seen=version.version - 1, at=timezone.now())


def test_an_unproven_text_is_not_published(clean, editor, editor2):
    submitted(clean, editor)

    with pytest.raises(NotProven):
        clean.publish(by=editor2, seen=clean.version, at=timezone.now())


def test_a_draft_begun_before_another_was_published_is_refused(clean, editor, editor2, small_set):
    base = small_set.current_version()
    other = RuleSetVersion.draft(small_set, source_of(small()) + "\n\n", by=editor, at=timezone.now(), based_on=base)
    proven_run(clean)
    submitted(clean, editor)
    published(other, editor, editor2)

    with pytest.raises(TransitionError):
        clean.publish(by=editor2, seen=clean.version, at=timezone.now())
    assert clean.is_behind()


@pytest.mark.parametrize("act", ["rewrite", "take_over", "discard", "submit", "send_back", "publish", "withdraw"])
def test_without_the_right_nothing_is_done(clean, act):
    stranger, more = make_person(), {"note": "说明文字"}
    if act in {"rewrite", "take_over"}:
        more = {"parts": []} if act == "rewrite" else {}
    first = ["x"] if act == "rewrite" else []

    with pytest.raises(PermissionDenied):
        getattr(clean, act)(*first, by=stranger, seen=clean.version, at=timezone.now(), **more)


def test_a_clinician_signs_the_exact_text_of_a_published_version(clean, editor, editor2, lead):
    version = published(clean, editor, editor2)
    with pytest.raises(TransitionError):
        ClinicalSignature.sign(version, by=lead, sha256="0" * 64, at=timezone.now(), **SIGNED)

    ClinicalSignature.sign(version, by=lead, sha256=version.sha256, at=timezone.now(), **SIGNED)

    assert version.clinically_signed_by == lead
    assert version.signature.name == "周医生"
    assert RecordEntry.objects.filter(kind="ruleset.clinically_signed").count() == 1
    with pytest.raises(TransitionError):
        ClinicalSignature.sign(version, by=lead, sha256=version.sha256, at=timezone.now(), **SIGNED)


def test_a_later_version_is_unsigned(clean, editor, editor2, lead, small_set):
    version = published(clean, editor, editor2)
    ClinicalSignature.sign(version, by=lead, sha256=version.sha256, at=timezone.now(), **SIGNED)

    later = RuleSetVersion.start(small_set, by=editor, at=timezone.now())

    assert later.clinically_signed_at is None


def test_a_draft_and_its_author_are_not_signed_and_do_not_sign(clean, editor, editor2, lead):
    with pytest.raises(TransitionError):
        ClinicalSignature.sign(clean, by=lead, sha256=clean.sha256, at=timezone.now(), **SIGNED)
    lead.groups.add(*editor.groups.all())
    both = type(lead).objects.get(pk=lead.pk)
    clean.take_over(by=both, seen=clean.version, at=timezone.now())
    clean.rewrite(clean.source + "\n", by=both, seen=clean.version, at=timezone.now(), parts=[])
    version = published(clean, both, editor2)
    with pytest.raises(PermissionDenied, match="起草或修改过"):
        ClinicalSignature.sign(version, by=both, sha256=version.sha256, at=timezone.now(), **SIGNED)
    with pytest.raises(PermissionDenied):
        ClinicalSignature.sign(version, by=editor2, sha256=version.sha256, at=timezone.now(), **SIGNED)


def test_the_database_keeps_signatures_and_published_texts(clean, editor, editor2, lead):
    version = published(clean, editor, editor2)
    ClinicalSignature.sign(version, by=lead, sha256=version.sha256, at=timezone.now(), **SIGNED)

    for change in (
        lambda: ClinicalSignature.objects.update(name="别人"),
        lambda: RuleSetVersion.objects.filter(pk=version.pk).update(source=SOURCE.read_text(encoding="utf-8")),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    with append_only.lifted(connection):
        assert ClinicalSignature.objects.update(name="别人") == 1
