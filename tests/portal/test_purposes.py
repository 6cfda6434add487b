"""The purpose firewall: sealed fields of every model open inside their declared purposes, and nowhere else."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client
from django.utils import timezone

from accounts import answers, evidence
from accounts.models import Answer, Claim, Evidence
from portal import data_map, keys
from portal.purposes import LABELS, OWNER, REVIEW, OutsidePurpose, demand, purpose
from tests.factories import PROFILE
from tests.people import make_person, staff_login

ROOT = Path(__file__).resolve().parents[2]
# Who may open: the store, the answers. Who may say why: the page of the file, the profile, the desk, one's own copy.
OPENERS = {"accounts/evidence.py", "accounts/answers.py"}
SAYERS = {
    "accounts/views/evidence.py": {"OWNER", "REVIEW"},
    "accounts/views/profile.py": {"OWNER"},
    "accounts/exports.py": {"OWNER"},
    "accounts/admin/dossier.py": {"REVIEW"},
}


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"


def sealed_fields() -> list[tuple[type[models.Model], str]]:
    """Every field of every model that holds bytes and has no reason on file for not being somebody's."""
    bases = data_map.bases()
    return [
        (model, field.name)
        for model in data_map.our_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.BinaryField)
        and not {(model._meta.label, "*"), (model._meta.label, field.name)} & set(bases)
    ]


@pytest.mark.pure
def test_every_binary_field_is_declared_sealed_with_the_purposes_that_open_it():
    assert sealed_fields() == [(Answer, "sealed")]
    for model, name in sealed_fields():
        declared = data_map.declarations(model)[name]
        assert declared.sealed
        assert set(declared.opens_for) == set(keys.ADMITTED[keys.EVIDENCE])
        assert set(declared.opens_for) <= set(LABELS)


@pytest.mark.django_db
def test_every_sealed_field_of_every_model_raises_without_a_purpose(pending_person):
    walked = 0
    for model, name in sealed_fields():
        for row in model._default_manager.exclude(**{name: None}):
            walked += 1
            with pytest.raises(OutsidePurpose):
                keys.open_for(row.owner, getattr(row, name), purpose=keys.EVIDENCE, aad="any")
            with pytest.raises(OutsidePurpose):
                answers.answer_of(row, row.owner)
    for row in Evidence.objects.all():
        walked += 1
        with pytest.raises(OutsidePurpose):
            evidence.open_page(row, 1)

    assert walked == 2
    with pytest.raises(OutsidePurpose):
        answers.shown_again(pending_person.verification.current)


@pytest.mark.django_db
def test_a_purpose_opens_the_data_of_the_person_it_names_and_ends_with_its_block(pending_person, doctor):
    row = Answer.objects.get(owner=pending_person, sealed__isnull=False)

    with purpose(OWNER, by=pending_person, of=pending_person):
        assert answers.answer_of(row, pending_person) == PROFILE["licence_number"]
    with purpose(OWNER, by=doctor, of=doctor), pytest.raises(OutsidePurpose):
        answers.answer_of(row, pending_person)
    with pytest.raises(OutsidePurpose):
        answers.answer_of(row, pending_person)
    with pytest.raises(ZeroDivisionError), purpose(OWNER, by=doctor, of=doctor):
        raise ZeroDivisionError
    with pytest.raises(OutsidePurpose):
        demand(doctor, frozenset({OWNER}))


@pytest.mark.django_db
def test_reviewing_holds_only_for_who_holds_the_case_now(pending_person, reviewer, reviewer2, editor):
    case, now = pending_person.verification, timezone.now()
    assert_closed(REVIEW, reviewer, pending_person)  # not claimed yet

    claim = Claim.take(case, by=reviewer, at=now)
    with purpose(REVIEW, by=reviewer, of=pending_person) as access:
        assert (access.purpose, access.by, access.of) == (REVIEW, reviewer.pk, pending_person.pk)
        assert evidence.open_page(Evidence.objects.get(owner=pending_person), 1)
    for other in (reviewer2, editor, pending_person):
        assert_closed(REVIEW, other, pending_person)
    Claim.objects.filter(pk=claim.pk).update(until=now - timedelta(seconds=1))
    assert_closed(REVIEW, reviewer, pending_person)


@pytest.mark.django_db
def test_other_purposes_other_people_and_strangers_open_nothing(pending_person, doctor, lead):
    for name, by in [(OWNER, doctor), (OWNER, lead), ("statistics", pending_person), ("", pending_person)]:
        assert_closed(name, by, pending_person)
    assert_closed(OWNER, Client(), pending_person)


def assert_closed(name, by, of) -> None:
    with pytest.raises(OutsidePurpose), purpose(name, by=by, of=of):
        raise AssertionError("the purpose holds")


def calls(name: str) -> dict[str, list[ast.Call]]:
    """Where our code calls a function of this name."""
    found: dict[str, list[ast.Call]] = {}
    for app in data_map.OURS:
        for path in sorted((ROOT / app).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(text)) if name in text else ():
                called = getattr(node, "func", None)
                if isinstance(node, ast.Call) and name in {getattr(called, "attr", None), getattr(called, "id", None)}:
                    found.setdefault(path.relative_to(ROOT).as_posix(), []).append(node)
    return found


@pytest.mark.pure
def test_only_the_store_and_the_answers_open_and_only_four_places_say_why():
    assert set(calls("open_for")) == OPENERS
    said = {
        place: {word.id for node in nodes for word in ast.walk(node.args[0]) if isinstance(word, ast.Name)}
        - {"is_owner"}
        for place, nodes in calls("purpose").items()
    }
    assert said == SAYERS
    assert not [place for place in said if "management" in place]


@pytest.mark.pure
def test_no_list_search_filter_or_form_of_the_desk_names_a_sealed_field():
    wrong = []
    for model, options in admin.site._registry.items():
        named = [*options.list_display, *options.search_fields, *options.list_filter, *(options.fields or ())]
        named += [*options.readonly_fields, *(options.ordering or ())]
        sealed = {name for owner, name in sealed_fields()} | {"licence_index", "wrapped"}
        wrong += [f"{model.__name__}.{name}" for name in named if sealed & set(str(name).split("__"))]

    assert wrong == []


@pytest.mark.django_db
def test_no_page_of_the_desk_shows_a_licence_number_to_who_holds_no_case(pending_person, doctor):
    chief = make_person("chief@example.org", is_staff=True, is_superuser=True)
    desk, number = staff_login(Client(), chief), PROFILE["licence_number"].encode()
    case = pending_person.verification
    pages = [f"/admin/{m._meta.app_label}/{m._meta.model_name}/" for m in admin.site._registry]
    pages += [f"/admin/accounts/verification/{case.pk}/{page}/" for page in ("decide", "history")]
    pages += [f"/admin/accounts/user/{pending_person.pk}/change/", "/admin/"]

    answers_ = {page: desk.get(page) for page in pages}

    assert {page for page, answer in answers_.items() if number in answer.content} == set()
    assert sum(answer.status_code == 200 for answer in answers_.values()) > 10
