"""The database itself refuses to change what is frozen, on both databases, after every migration and every flush."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from accounts.models import Check, Decision, EvidenceView, ReasonVersion, VerificationEvent
from articles.models import Block, Revision
from articles.models.revision import RevisionEvent
from consent.models import Agreement, AgreementVersion, ConsentRecord
from portal import append_only, record, seals
from portal.models import Leaf, RecordEntry, Seal
from portal.workflow import TransitionEvent
from strategy.models import RuleSetVersion
from tests.people import make_person

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
ALL = {Check, Decision, EvidenceView, ReasonVersion, VerificationEvent, Block, Revision, RevisionEvent}
ALL |= {AgreementVersion, ConsentRecord, Leaf, RecordEntry, Seal, RuleSetVersion}


def triggers():
    """Return {table: set of events guarded}."""
    if connection.vendor == "sqlite":
        sql = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'frozen_%'"
    else:
        sql = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE 'frozen_%' AND tgenabled = 'O'"
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for table, name in cursor.fetchall():
            found.setdefault(table, set()).add(name.rpartition("_")[2])
    return found


def refused(sql, *params):
    """Whether the database refuses the statement as append-only."""
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
    return True


@pytest.fixture
def sealed_entry(settings, tmp_path):
    settings.RECORD_HEADS = tmp_path / "heads.jsonl"
    entry = record.append("test.kind", actor=None, subject="x:1", payload={"n": 1}, at=AT)
    seals.seal(AT)
    return entry


def test_every_proof_and_every_history_is_declared():
    declared = set(append_only.frozen_models())

    assert declared >= ALL
    assert set(TransitionEvent.__subclasses__()) <= declared


def test_every_declared_table_has_its_triggers_after_all_migrations():
    events = {"update", "delete"} | ({"truncate"} if connection.vendor == "postgresql" else set())
    found = triggers()

    assert {model._meta.db_table: found.get(model._meta.db_table) for model in append_only.frozen_models()} == {
        model._meta.db_table: events for model in append_only.frozen_models()
    }


def test_declared_columns_exist():
    for model in append_only.frozen_models():
        names = {field.name for field in model._meta.concrete_fields}
        declared = model.FROZEN
        wanted = declared.except_for if isinstance(declared, append_only.Whole) else declared.names
        assert set(wanted) <= names, model


@pytest.mark.parametrize("model", [RecordEntry, Leaf, Seal], ids=lambda model: model.__name__)
def test_a_row_of_the_record_is_not_updated_deleted_replaced_or_truncated(model, sealed_entry):
    table, key = model._meta.db_table, model._meta.pk.column
    for column in (field.column for field in model._meta.concrete_fields if field.column != key):
        other = "NULL" if connection.vendor == "sqlite" else "DEFAULT"
        assert refused(f'UPDATE "{table}" SET "{column}" = {other}')
    assert refused(f'UPDATE "{table}" SET "{key}" = "{key}" + 1000')
    assert refused(f'DELETE FROM "{table}"')
    if connection.vendor == "sqlite":
        assert refused(f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"')
    else:
        assert refused(f'TRUNCATE "{table}" CASCADE')


def test_the_orm_cannot_go_round_it(sealed_entry):
    for write in (
        lambda: RecordEntry.objects.filter(pk=sealed_entry.pk).update(kind="other"),
        lambda: RecordEntry.objects.all().delete(),
        lambda: Seal.objects.all()._raw_delete("default"),
        lambda: models.Model.delete(sealed_entry),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            write()


@pytest.fixture
def version():
    author = make_person("author@example.org")
    agreement = Agreement.objects.create(kind="TERMS") if not Agreement.objects.filter(kind="TERMS").exists() else None
    agreement = agreement or Agreement.objects.get(kind="TERMS")
    texts = dict.fromkeys(AgreementVersion.TEXTS, "字")
    return AgreementVersion.objects.create(agreement=agreement, number=99, created_by=author, **texts)


def test_a_draft_may_change_and_go_and_a_published_text_may_not(version):
    table = AgreementVersion._meta.db_table
    AgreementVersion.objects.filter(pk=version.pk).update(body_zh="新")
    version.refresh_from_db()
    version.publish(by=None, at=timezone.now())

    for column in (*AgreementVersion.TEXTS, "sha256"):
        assert refused(f'UPDATE "{table}" SET "{column}" = %s WHERE id = %s', "改", version.pk)
    assert refused(f'UPDATE "{table}" SET published_at = NULL, sha256 = %s WHERE id = %s', "", version.pk)
    assert refused(f'DELETE FROM "{table}" WHERE id = %s', version.pk)
    draft = AgreementVersion.objects.create(
        agreement=version.agreement, number=100, **dict.fromkeys(AgreementVersion.TEXTS, "字")
    )
    assert draft.delete()[0] == 1


def test_installing_again_and_lifting_leave_the_triggers_as_they_are(sealed_entry):
    before = triggers()
    append_only.install(connection)
    append_only.install(connection, only="portal")
    assert triggers() == before
    with append_only.lifted(connection):
        assert not set(triggers()) & {model._meta.db_table for model in append_only.frozen_models()}
        RecordEntry.objects.filter(pk=sealed_entry.pk).update(kind="other")

    assert triggers() == before


@pytest.mark.django_db(transaction=True)
def test_flush_empties_frozen_tables_and_leaves_them_frozen(settings, tmp_path):
    settings.RECORD_HEADS = tmp_path / "heads.jsonl"
    before = triggers()
    record.append("test.kind", actor=None, subject="x:1", payload={}, at=AT)
    seals.seal(AT)
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)

    assert not RecordEntry.objects.exists()
    assert triggers() == before
