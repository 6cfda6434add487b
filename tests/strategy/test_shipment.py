"""What comes with the portal: installed once, without people, and never over what staff changed."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import QuestionSet, Reason, User
from articles.models import Article
from consent.models import AgreementVersion
from portal.models import Zone
from strategy.models import RuleSetVersion
from strategy.shipment import install_shipped

pytestmark = pytest.mark.django_db


def counts() -> list[int]:
    return [model.objects.count() for model in (Zone, AgreementVersion, QuestionSet, Reason, Article, RuleSetVersion)]


def test_a_new_portal_has_all_it_needs_and_nobody_in_it():
    call_command("install", stdout=StringIO())

    assert 0 not in counts()
    assert set(Zone.objects.values_list("slug", flat=True)) == {"alk", "methods"}
    assert User.objects.count() == 0


def test_repeating_it_changes_nothing():
    install_shipped(at=timezone.now())
    before = counts()

    install_shipped(at=timezone.now())

    assert counts() == before


def test_what_staff_changed_is_left_alone():
    install_shipped(at=timezone.now())
    Zone.objects.filter(slug="alk").update(name_zh="改过的名字")

    install_shipped(at=timezone.now())

    assert Zone.objects.get(slug="alk").name_zh == "改过的名字"
