"""Versions of rule sets: frozen, two people, and only what is published reaches readers."""

import hashlib

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portal import append_only
from portal.models import RecordEntry
from portal.workflow import TransitionError
from strategy.demo import SOURCE, install_ruleset
from strategy.loading import KEPT, SourceAltered, _compiled, compiled
from strategy.models import RuleSet, RuleSetVersion
from strategy.nodes import RuleSetError
from tests.people import make_person

pytestmark = pytest.mark.django_db
TEXT = SOURCE.read_text(encoding="utf-8")


def test_the_shipped_rule_set_is_installed_once(zone):
    now = timezone.now()
    first, again = install_ruleset(zone, at=now), install_ruleset(zone, at=now)

    version = again.versions.get()
    assert first == again
    assert (version.number, version.status, version.source) == (1, "PUBLISHED", TEXT)
    assert version.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert version.clinically_signed_at is None
    entries = RecordEntry.objects.filter(kind__startswith="ruleset.").order_by("pk")
    assert list(entries.values_list("kind", flat=True)) == [
        "ruleset.drafted",
        "ruleset.certified",
        "ruleset.submitted",
        "ruleset.published",
    ]


def test_a_published_version_is_frozen(rule_set):
    version = rule_set.versions.get()
    version.source += "# more\n"

    with pytest.raises(TypeError, match="frozen"):
        version.save()


def test_a_malformed_draft_is_refused(rule_set):
    with pytest.raises(RuleSetError):
        RuleSetVersion.draft(rule_set, TEXT.replace("do: veto", "do: forbid"), by=None, at=timezone.now())
    assert rule_set.versions.count() == 1


def test_the_database_refuses_an_author_who_publishes(rule_set, editor):
    draft = RuleSetVersion.draft(rule_set, TEXT, by=editor, at=timezone.now())

    with pytest.raises(IntegrityError), transaction.atomic():
        RuleSetVersion.objects.filter(pk=draft.pk).update(
            status="PUBLISHED", published_at=timezone.now(), published_by=draft.created_by
        )


def test_the_database_refuses_a_published_version_without_a_date(rule_set):
    with pytest.raises(IntegrityError), transaction.atomic():
        rule_set.versions.update(published_at=None)


def test_a_stale_page_cannot_publish_twice(rule_set):
    draft = RuleSetVersion.draft(rule_set, TEXT, by=None, at=timezone.now())
    same = RuleSetVersion.objects.get(pk=draft.pk)
    draft.publish(by=None, at=timezone.now())

    with pytest.raises(TransitionError):
        same.publish(by=None, at=timezone.now())


def test_a_withdrawn_version_gives_way_to_the_one_before(rule_set):
    first = rule_set.versions.get()
    second = RuleSetVersion.draft(rule_set, TEXT, by=None, at=timezone.now())
    second.publish(by=None, at=timezone.now())

    second.withdraw(by=None, at=timezone.now())

    assert rule_set.current_version() == first


def test_strangers_and_the_unverified_see_no_rule_set(rule_set, clinician):
    assert not RuleSet.objects.visible_to(AnonymousUser()).exists()
    assert not RuleSet.objects.visible_to(make_person()).exists()
    assert not RuleSet.objects.visible_to(make_person(is_staff=True)).exists()
    assert RuleSet.objects.visible_to(clinician).get() == rule_set


def test_a_draft_and_a_closed_zone_show_nothing(rule_set, zone, clinician):
    rule_set.versions.get().withdraw(by=None, at=timezone.now())
    RuleSetVersion.draft(rule_set, TEXT, by=None, at=timezone.now())
    assert not RuleSet.objects.visible_to(clinician).exists()


def test_a_rule_set_is_compiled_once_and_few_are_kept(rule_set, django_assert_num_queries):
    _compiled.clear()
    ruleset = compiled(rule_set.current_version())

    with django_assert_num_queries(1):
        assert compiled(rule_set.current_version()) is ruleset
    for number in range(KEPT + 2):
        version = RuleSetVersion.draft(rule_set, f"{TEXT}# {number}\n", by=None, at=timezone.now())
        compiled(version)
    assert len(_compiled) == KEPT


def test_an_altered_source_answers_nothing(rule_set):
    _compiled.clear()
    with append_only.lifted(connection):
        rule_set.versions.update(source=TEXT.replace("strength: preferred", "strength: consider", 1))

    with pytest.raises(SourceAltered):
        compiled(rule_set.current_version())
