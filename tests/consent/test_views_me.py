"""我的 of somebody with a long history: what is folded, what is paged, and that nothing of it is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Evidence, EvidenceView
from consent import overview
from tests.factories import make_user

pytestmark = pytest.mark.django_db
VIEWS = 25


@pytest.fixture
def looked_at(pending_person, reviewer):
    """A person whose file was looked at on many days."""
    file, now = Evidence.objects.get(owner=pending_person), timezone.now()
    EvidenceView.objects.bulk_create(
        EvidenceView(
            evidence=file, viewer=reviewer, page=1, purpose="REVIEW", viewed_at=now - timedelta(days=day, hours=1)
        )
        for day in range(VIEWS)
    )
    return pending_person


def page_of(person: object, query: str = "") -> str:
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return client.get(f"/me/{query}").content.decode()


def rows(html: str) -> list[str]:
    table = re.search(r"<tbody>.*?</tbody>", html, re.DOTALL)
    assert table
    return re.findall(r"<tr>.*?</tr>", table[0], re.DOTALL)


def test_many_looks_are_paged_newest_first_and_none_is_missing(looked_at):
    pages = [rows(page_of(looked_at, query)) for query in ("", "?views=2", "?views=3")]

    assert [len(page) for page in pages] == [10, 10, 5]
    assert len({row for page in pages for row in page}) == VIEWS
    first = page_of(looked_at)
    assert "第 1–10 次，共 25 次" in first
    assert 'rel="next" href="?views=2#me-views"' in first
    assert 'rel="prev"' not in first


@pytest.mark.parametrize("number", ["0", "999", "x", "-1", "1' OR 1", "²"])
def test_a_page_that_is_none_shows_one_that_is(looked_at, number):
    assert 5 <= len(rows(page_of(looked_at, f"?views={number}"))) <= 10


def test_few_looks_have_no_pager(pending_person):
    assert "?views=" not in page_of(pending_person)


def test_consents_beyond_a_few_are_folded(doctor, monkeypatch):
    monkeypatch.setattr(overview, "CONSENTS_SHOWN", 1)
    html = page_of(doctor)

    assert "<summary>其余 1 份</summary>" in html
    assert html.count("撤回同意<span") == 1 + html.count("撤回同意<span", html.index("其余 1 份"))


def test_a_zone_one_is_underway_in_says_the_step(zone):
    assert "等您阅读协议，第 1 步，共 5 步" in page_of(make_user())
