"""The data map: every field that could describe somebody is spoken for; the documents say what the models say."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from portal import data_documents, data_map
from portal.personal import Personal

pytestmark = pytest.mark.pure
HOW = "run .venv/bin/python manage.py data_map --write and commit docs/"


def test_every_field_is_declared_personal_or_has_its_reason():
    assert data_map.undeclared() == [], "PERSONAL_DATA on the model, or a row in portal/data/not_personal.csv"


def test_every_declaration_says_why_and_until_when():
    found = [row for row in data_map.held() if not row.declared.purpose or not row.declared.retention]

    assert found == []


@pytest.mark.parametrize("name", data_documents.FILES)
def test_the_committed_document_is_what_the_models_say(name):
    committed = (data_documents.folder() / name).read_text(encoding="utf-8")

    assert committed == data_documents.written()[name], HOW


def test_two_writings_are_the_same_bytes_whatever_the_language(settings):
    settings.LANGUAGE_CODE = "en"

    assert data_documents.written() == data_documents.written()
    assert "资质文件" in data_documents.written()["data-map.md"]


def test_a_field_nobody_speaks_for_is_found(monkeypatch):
    known = {place: why for place, why in data_map.bases().items() if place[0] != "portal.Zone"}
    monkeypatch.setattr(data_map, "bases", lambda: {**known, ("portal.Zone", "gone"): "x"})

    assert "portal.Zone.name_zh" in data_map.undeclared()
    assert "portal.Zone.gone" in data_map.undeclared()


def test_tables_of_libraries_that_hold_addresses_are_in_the_map():
    """Every library's table that points at a person and can hold words is declared, or holds codes only."""
    codes_only = {"mfa.Authenticator.type", "account.EmailConfirmation.key", "admin.LogEntry.object_id"}
    silent = []
    for model in apps.get_models():
        fields = model._meta.local_concrete_fields
        points = any(field.related_model is apps.get_model("accounts.User") for field in fields if field.is_relation)
        if model._meta.app_label in data_map.OURS or not points:
            continue
        declared: dict[str, Personal] = data_map.declarations(model)
        silent += [
            f"{model._meta.label}.{field.name}"
            for field in fields
            if data_map.may_hold_words(field) and field.name not in declared
        ]

    assert set(silent) <= codes_only | {"usersessions.UserSession.data"}
    assert not isinstance(models.BooleanField(), data_map.WORDS)
