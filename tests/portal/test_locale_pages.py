"""Pages in both languages: neither leaks into the other's.

What is Chinese by nature (an article's text, a comment, a hospital) says so with lang="zh-Hans"; names are names.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import Evidence, User, Verification
from articles.models import Article, Comment, Fact
from consent.install import install_documents
from portal import exports
from portal.models import Notice
from tests import factories
from tests.portal.access import PERSONAS, Row, World, demo_world, rows
from tests.portal.wording import HAN, VERBATIM, Words, faults_of_chinese, faults_of_english, foreign_words

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("locale")]
CHINESE = re.compile(rf"[{HAN}\u3001-\u303f\uff01-\uff5e]")
PARTLY = re.compile(rf"[{HAN}]\*+|《[^》]+》")  # a name half hidden, a title
TEMPLATE = re.compile(r"\{\w+\}")  # what a script fills in
# Latin words that a Chinese reader meets as they are: names, units and the few words the product has no Chinese for.
ALLOWED = {
    "Ctrl", "Alt", "Cookie", "English", "HTML", "Ib", "ID", "JavaScript", "Python", "keys", "neladalkib", "panel",
    "min", "vs", "zotizalkib", "br", "cm", "kg", "mg", "mm",
}  # fmt: skip
# At the desk the catalogues show what is stored, in the language it is stored in.
DESK = {"admin:index", "admin:accounts_verification_changelist", "admin:portal_notice_changelist"}
READ = [row for row in rows() if "GET" in row.methods and "200" in row.cells.values()]
PAGES = [row for row in READ if not row.route.startswith("admin:") or row.route in DESK]
RULES = settings.BASE_DIR / "strategy" / "data" / "alk-pretreated.yaml"
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


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), demo_world() as made:
        yield made


def in_english(client: Client) -> Client:
    client.cookies["language"] = "en"
    return client


class Verbatim:
    """What is shown to the letter and is not ours to word: names, files, comments, the clinical sentences as signed."""

    def __init__(self) -> None:
        known = {*factories.PROFILE.values(), *Evidence.objects.values_list("name", flat=True)}
        for shown in User.objects.values_list("display_name", "display_title"):
            known.update(shown)
        known.update(Comment.objects.values_list("body", flat=True))
        for work in Article.objects.values_list("source_title", "source_author", "source_publisher"):
            known.update(work)
        for fact in Fact.objects.values_list("claim_zh", "note_zh"):
            known.update(fact)
        known.update(re.findall(rf'zh: "([^"]*[{HAN}][^"]*)"', RULES.read_text(encoding="utf-8")))
        self.known = sorted((text for text in known if len(text) > 1), key=len, reverse=True)

    def left_out(self, text: str) -> str:
        """The text with a mark in place of each."""
        for known in self.known:
            if known in text:
                text = text.replace(known, "□")
        return PARTLY.sub("□", text)


def stray(response: Any) -> list[str]:
    """Chinese words of an English page that nothing says are Chinese; people, files and works keep their names."""
    names, said = Verbatim(), Words(response.content.decode()).found
    assert "en" in {words.language for words in said}
    return [
        words.text
        for words in said
        if words.language != "zh-Hans"
        and (CHINESE.search(bare := names.left_out(words.text)) or _is_badly_put(words.tag, bare))
    ]


def _is_badly_put(tag: str, text: str) -> bool:
    return tag not in VERBATIM and bool(faults_of_english(TEMPLATE.sub("1", text)))


def badly_written(response: Any, *, is_desk: bool = False) -> list[tuple[str, Any]]:
    """Texts of a Chinese page with what is wrong with each. The desk shows records: there codes are not words."""
    names, found = Verbatim(), []
    for words in Words(response.content.decode()).found:
        if words.language not in {"zh-Hans", "zh-hans"} or words.tag in VERBATIM:
            continue
        if is_desk and (len(words.text) > 200 or words.text.startswith(("<", "{", "["))):
            continue  # a record as it is stored
        text = TEMPLATE.sub("1", names.left_out(words.text))
        wrong: list[str] = faults_of_chinese(text)
        if not is_desk and "@data-" not in words.tag and not words.tag.startswith("meta"):
            wrong += foreign_words(text, ALLOWED)
        if wrong:
            found.append((words.text, wrong))
    return found


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.label)
def test_a_page_is_in_the_language_chosen(world: World, row: Row):
    client = world.client(next(who for who in PERSONAS if row.cells[who] == "200"))
    chinese = client.get(world.fill(row.path))
    english = in_english(client).get(world.fill(row.path))

    assert english.status_code == chinese.status_code == 200
    if english.headers["Content-Type"].startswith("text/html"):
        assert badly_written(chinese, is_desk=row.route.startswith("admin:") or row.route == "styleguide") == []
        assert stray(english) == []


@pytest.mark.parametrize("row", [row for row in READ if row not in PAGES], ids=lambda row: row.label)
def test_every_page_of_the_desk_is_written_well(world: World, row: Row):
    desk = world.client(next(who for who in PERSONAS if row.cells[who] == "200"))
    page = desk.get(world.fill(row.path))

    if page.headers["Content-Type"].startswith("text/html"):
        assert badly_written(page, is_desk=True) == []


@pytest.mark.parametrize(("who", "path", "data"), POSTS, ids=[f"{who} {path} {data}" for who, path, data in POSTS])
def test_what_an_english_page_answers_is_english(world: World, who: str, path: str, data: dict[str, Any]):
    chinese, english = (who.post(world.fill(path), data) for who in (world.client(who), in_english(world.client(who))))

    assert english.status_code == chinese.status_code
    assert english.status_code in {200, 400, 404, 422}
    assert (badly_written(chinese), stray(english)) == ([], [])


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


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_copy_of_ones_data_is_well_written(world: World, language: str):
    doctor, names = User.objects.get(email="doctor@demo.example"), Verbatim()
    archive = zipfile.ZipFile(io.BytesIO(b"".join(exports.archive(doctor, at=timezone.now(), language=language))))
    page = [words for words in Words(archive.read("index.html").decode()).found if words.tag not in VERBATIM]
    read_me = archive.read("README.txt").decode()
    rules = faults_of_english if language == "en" else faults_of_chinese
    said = [
        words.text
        for words in page
        if (language, words.language) != ("en", "zh-Hans") and not words.text.startswith(("{", "["))
    ]

    texts = [names.left_out(text) for text in [*said, *re.split(r"\n *|  +", read_me)]]
    assert [(text, rules(text)) for text in texts if rules(text)] == []


def test_who_signs_up_in_english_is_written_to_in_english(client: Client):
    install_documents(at=timezone.now())
    in_english(client).post(
        "/accounts/signup/", {"email": "lin@example.org", "password1": "correct horse battery", "terms": "on"}
    )
    mail = Notice.objects.latest("pk")

    assert User.objects.get(email="lin@example.org").language == "en"
    assert (CHINESE.findall(mail.subject), CHINESE.findall(mail.text)) == ([], [])
