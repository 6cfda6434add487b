"""Pages in both languages: neither leaks into the other's.

What is Chinese by nature (an article's text, a comment, a hospital) says so with lang="zh-Hans"; names are names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Evidence, User, Verification
from consent.install import install_documents
from portal.models import Notice
from tests import factories
from tests.portal.access import PERSONAS, Row, World, demo_world, rows

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("locale")]
HAN = r"\u3400-\u9fff"
CHINESE = re.compile(rf"[{HAN}\u3001-\u303f\uff01-\uff5e]")
HALF_WIDTH = re.compile(rf"[{HAN}] *[,;:?!] *[{HAN}]")
SAID = {"alt", "title", "aria-label", "placeholder", "content"}  # attributes people hear or see, besides data-…
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# At the desk the catalogues show what is stored, in the language it is stored in.
DESK = {"admin:index", "admin:accounts_verification_changelist", "admin:portal_notice_changelist"}
READ = [row for row in rows() if "GET" in row.methods and "200" in row.cells.values()]
PAGES = [row for row in READ if not row.route.startswith("admin:") or row.route in DESK]
TOOL = "/zones/alk/strategy/alk-pretreated/"
# who posts, where, what: answers that show the page again with errors, or the tool's result
POSTS: list[tuple[str, str, dict[str, Any]]] = [
    ("visitor", "/accounts/login/", {"login": "nobody@example.org", "password": "wrong"}),
    ("visitor", "/accounts/login/", {}),
    ("visitor", "/accounts/signup/", {}),
    ("visitor", "/accounts/signup/", {"email": "nobody", "password1": "12345"}),
    ("visitor", "/accounts/login/code/", {}),
    ("visitor", "/accounts/password/reset/", {"email": "nobody"}),
    ("doctor", "/accounts/email/", {"action_add": "", "email": "nobody"}),
    ("doctor", "/accounts/password/change/", {"oldpassword": "wrong", "password1": "1", "password2": "2"}),
    ("doctor", "/accounts/phone/change/", {"phone": "12"}),
    ("doctor", "/nowhere/", {}),
    ("doctor", "{article}comments/", {"body": ""}),
    ("doctor", TOOL, {}),
    ("doctor", TOOL, {"no_such_key": "1"}),
    ("newcomer", "/zones/alk/gate/agreement/", {}),
]


class Words(HTMLParser):
    """The texts of a page with the language they are said to be in."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []  # language, text
        self._open: list[tuple[str, str]] = []
        self.feed(markup)

    @property
    def language(self) -> str:
        return self._open[-1][1] if self._open else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        language = given.get("lang", self.language)
        self.found += [(language, text) for name, text in given.items() if name in SAID or name.startswith("data-")]
        if tag not in VOID:
            self._open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1][0] not in {"script", "style"}:
            self.found.append((self.language, data))


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), demo_world() as made:
        yield made


def in_english(client: Client) -> Client:
    client.cookies["language"] = "en"
    return client


def stray(response: Any) -> list[str]:
    """Chinese words of an English page that nothing says are Chinese; people, files and works keep their names."""
    known = {*factories.PROFILE.values(), *Evidence.objects.values_list("name", flat=True)}
    for shown in User.objects.values_list("display_name", "display_title"):
        known.update(shown)
    longest_first = map(re.escape, sorted(filter(None, known), key=len, reverse=True))
    names = re.compile("|".join(longest_first) + rf"|[{HAN}]\*+|《[^》]+》")
    said = Words(response.content.decode()).found
    assert "en" in {language for language, _text in said}
    return [text.strip() for language, text in said if language != "zh-Hans" and CHINESE.search(names.sub("", text))]


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.label)
def test_a_page_is_in_the_language_chosen(world: World, row: Row):
    client = world.client(next(who for who in PERSONAS if row.cells[who] == "200"))
    chinese = client.get(world.fill(row.path))
    english = in_english(client).get(world.fill(row.path))

    assert english.status_code == chinese.status_code == 200
    if english.headers["Content-Type"].startswith("text/html"):
        said = Words(chinese.content.decode()).found
        assert [text for language, text in said if language == "zh-Hans" and HALF_WIDTH.search(text)] == []
        assert stray(english) == []


@pytest.mark.parametrize(("who", "path", "data"), POSTS, ids=[f"{who} {path} {data}" for who, path, data in POSTS])
def test_what_an_english_page_answers_is_english(world: World, who: str, path: str, data: dict[str, Any]):
    response = in_english(world.client(who)).post(world.fill(path), data)

    assert response.status_code in {200, 400, 404, 422}
    assert stray(response) == []


@pytest.mark.parametrize("step", ["informed-consent", "profile", "survey", "evidence"])
def test_a_step_and_its_errors_are_english(world: World, step: str):
    zone, person, client = factories.install_zone(), factories.make_user(), in_english(Client())
    factories.consent_to(person, zone, informed="GIVEN" if step == "survey" else "SKIPPED")
    if step in {"survey", "evidence"}:
        factories.make_draft(person)
    client.force_login(person)
    url = f"/zones/alk/gate/{step}/"
    shown, refused = client.get(url), client.post(url, {"decision": "submit"})

    assert (shown.status_code, refused.status_code) == (200, 422)
    assert (stray(shown), stray(refused)) == ([], [])


def test_the_review_desk_is_english(world: World):
    case, desk = Verification.objects.get(pk=world.places["case"]), in_english(world.client("reviewer"))
    page = f"/admin/accounts/verification/{case.pk}/"
    closed = desk.get(f"{page}decide/")
    desk.post(f"{page}claim/", {"version": case.version})
    held = desk.get(f"{page}decide/")
    refused = desk.post(f"{page}decide/", {"version": case.version, "decision": "reject"})

    assert "data-renew" in held.content.decode()
    assert refused.status_code == 422
    assert [stray(response) for response in (closed, held, refused, desk.get(f"{page}history/"))] == [[], [], [], []]


def test_a_case_for_the_tool_is_answered_in_english(world: World):
    from tests.strategy.cases import VIGNETTES, inputs_of

    doctor = in_english(world.client("doctor"))

    for vignette in VIGNETTES["vignettes"][::6]:
        response = doctor.post(TOOL, inputs_of(vignette))
        assert (response.status_code, stray(response)) == (200, [])


def test_who_signs_up_in_english_is_written_to_in_english(client: Client):
    install_documents(at=timezone.now())
    in_english(client).post(
        "/accounts/signup/", {"email": "lin@example.org", "password1": "correct horse battery", "terms": "on"}
    )
    mail = Notice.objects.latest("pk")

    assert User.objects.get(email="lin@example.org").language == "en"
    assert (CHINESE.findall(mail.subject), CHINESE.findall(mail.text)) == ([], [])
