"""Threats of the product by number, as far as no other test names them.

T01–T04, T09–T13, T15, T20: tests/portal/test_access.py, tests/consent/, tests/accounts/test_sign_in.py; T25, T26, T29:
tests/accounts/test_judging*.py, test_views_evidence.py; T40: tests/accounts/test_desk_race.py.
"""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from runpy import run_path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse
from django.utils import timezone
from gunicorn.config import Config
from kombu.exceptions import ContentDisallowed
from kombu.serialization import dumps, loads

from accounts import uploads
from accounts.models import Evidence, EvidenceView
from articles.models import Comment
from consent import doors
from portal import outbox
from portal.celery import app
from portal.models import Notice
from tests import factories
from tests.people import make_person, staff_login

ROOT = Path(__file__).resolve().parents[2]
ARTICLE = "/zones/alk/articles/alk-pretreated-strategy/"
XSS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><svg onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "javascript:alert(1)",
    "'-alert(1)-'",
    "<math><mtext><script>1",
    "{{ settings.SECRET_KEY }}",
    "{% debug %}",
    "&lt;script&gt;",
    "<a href=//evil.example>x</a>",
]
UNICODE = [
    "\x00",
    "a\x00b",
    "\x1b[31m",
    "\u202egpj",
    "\u2066x\u2069",
    "\u200b\u200b",
    "\ufeff",
    "е\u0301" * 3,
    "a" + "\u0300" * 400,
    "\U0001f469\u200d\u2695\ufe0f",
    "\ufdd0",
    "\uffff",
    "ﷺ" * 50,
    "Ａ－１",
]


def browser_of(person, **options) -> Client:
    browser = Client(**options)
    browser.force_login(person)
    return browser


# -- T07, T38: a post without its token changes nothing, wherever it goes


def plain_routes() -> list[str]:
    """Addresses of all routes that take nothing but a zone."""
    found = []
    for name in sorted(doors.PUBLIC | doors.SIGNED_IN | doors.STAFF | frozenset(doors.STEPS)):
        pattern = get_resolver().reverse_dict.getlist(name)
        needed = set(pattern[0][0][0][1]) if pattern else {"?"}
        if needed <= {"zone"}:
            found.append(reverse(name, kwargs=dict.fromkeys(needed, "alk")))
    return found


def test_t38_no_route_takes_a_post_without_its_token(article, doctor):
    fields = {"decision": "agree", "body": "x", "confirm": "erase", "email": "x@example.org", "language": "en"}
    gated = [ARTICLE, f"{ARTICLE}comments/", "/zones/alk/strategy/alk-pretreated/"]
    for browser in (Client(enforce_csrf_checks=True), browser_of(doctor, enforce_csrf_checks=True)):
        for path in [*plain_routes(), *gated]:
            answer = browser.post(path, fields)

            assert answer.status_code in {301, 302, 403, 405}, path
            if answer.status_code == 302:  # refused by the gate or the door before the form is looked at
                assert answer.url.startswith(("/accounts/", "/zones/alk/gate/")), path
    doctor.refresh_from_db()
    assert (doctor.is_active, Comment.objects.count(), Notice.objects.filter(is_secret=True).count()) == (True, 0, 0)


def test_t38_fields_that_are_not_the_forms_change_nothing(article, doctor):
    browser = browser_of(doctor)
    more = {
        "state": "SHOWN",
        "is_editorial": "1",
        "author": "1",
        "author_id": "1",
        "depth": "1",
        "zone": "1",
        "created_at": "2000-01-01",
        "shown_in_thread": "99",
        "path": "x",
    }
    browser.post(f"{ARTICLE}comments/", {"body": "一句", **more})

    comment = Comment.objects.get()
    assert (comment.author_id, comment.is_editorial, comment.article_id) == (doctor.pk, False, article.pk)
    assert comment.created_at.year >= 2026


# -- T27, T30: bytes of strangers


def test_t30_only_who_stands_on_the_page_of_the_files_fills_memory(settings):
    files = {"files": [upload(b"x" * 200_000) for _ in range(3)]}
    stranger = RequestFactory().post("/accounts/login/", files)

    assert [(file.is_too_large, file.read()) for file in stranger.FILES.getlist("files")] == [(True, b"")] * 3


def test_t30_a_hundred_files_in_a_post_are_a_plain_refusal(zone, member):
    factories.consent_to(member, zone)
    factories.make_draft(member)
    files = {"files": [upload(b"x") for _ in range(101)]}

    assert browser_of(member).post("/zones/alk/gate/evidence/", files).status_code == 400
    assert not Evidence.objects.exists()


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", content, "image/jpeg")


def test_t27_what_is_stored_of_a_file_is_nobody_elses_and_says_nothing(zone, member, settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    row = factories.make_evidence(factories.make_draft(member), "陈医生的执业证书.jpg")
    found = [path for path in settings.EVIDENCE_DIR.rglob("*") if path.is_file()]

    assert len(found) == 1
    assert stat.S_IMODE(found[0].stat().st_mode) == 0o600
    assert {stat.S_IMODE(path.stat().st_mode) for path in (settings.EVIDENCE_DIR, found[0].parent)} == {0o700}
    assert b"JFIF" not in found[0].read_bytes()
    assert "执业" not in str(found[0])
    assert row.sha256 not in str(found[0])


def test_t08_no_address_leads_to_the_data_folder(zone, member):
    folder = Path(settings.DATA_DIR).name
    for path in (
        "/demo.json",
        "/var/demo.json",
        f"/{folder}/portal.sqlite3",
        "/keys/secret_key",
        "/evidence/",
        "/outbox/1-email.json",
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
        "/media/",
        "/.git/config",
        "/.env",
        "/__debug__/",
        "/manage.py",
    ):
        assert Client().get(path).status_code == 302, path
        assert browser_of(member).get(path).status_code == 404, path


@pytest.mark.pure
def test_t07_no_client_names_another_root_of_the_site():
    """gunicorn takes SCRIPT_NAME from a header of whoever it trusts, which is this machine's nginx and everybody."""
    config = Config()
    config.set("forwarder_headers", run_path(str(ROOT / "deploy/gunicorn.conf.py"))["forwarder_headers"])

    assert config.forwarder_headers == []


# -- T29


def test_t29_every_look_is_written_before_the_bytes_go_out(pending_person, reviewer, monkeypatch):
    case, row = pending_person.verification, Evidence.objects.get(owner=pending_person)
    desk = staff_login(Client(raise_request_exception=False), reviewer)
    desk.post(f"/admin/accounts/verification/{case.pk}/claim/")
    monkeypatch.setattr(EvidenceView.objects, "create", lambda **fields: 1 / 0)

    answer = desk.get(f"/evidence/{row.public_id}/")

    assert answer.status_code == 500
    assert b"JFIF" not in answer.content


# -- T32, T33


def pages_showing(vector: str, article, doctor, reviewer) -> list:
    """The pages on which words of an applicant, a reader or a reviewer are shown."""
    person, profile = make_person(), {**factories.PROFILE, "name": vector, "hospital": vector}
    factories.consent_to(person, article.zone)
    draft = factories.make_draft(person, **profile)
    factories.make_evidence(draft, f"{vector}.jpg")
    case = factories.drafts.send(draft, at=timezone.now())
    type(doctor).objects.filter(pk=doctor.pk).update(display_name=vector, display_title=vector)
    Comment.post(article, author=doctor, body=vector, at=timezone.now(), quote=vector)
    desk = staff_login(Client(), reviewer)
    desk.post(f"/admin/accounts/verification/{case.pk}/claim/")
    decide = f"/admin/accounts/verification/{case.pk}/decide/"
    pages = [
        desk.get(decide),
        desk.post(decide, {"decision": "reject", "message": vector, "version": "9"}),
        desk.get("/admin/accounts/verification/", {"q": vector}),
        browser_of(doctor).get(ARTICLE),
    ]
    factories.reject(case, by=reviewer, message=vector)
    return [*pages, browser_of(person).get("/zones/alk/gate/rejected/")]


def test_t32_names_comments_and_messages_stay_words(article, doctor, reviewer):
    for vector in XSS:
        for page in pages_showing(vector, article, doctor, reviewer):
            html = page.content.decode()

            assert page.status_code in {200, 409}, vector
            for raw in ("<script>alert", "<img src=x", "<svg onload", "<iframe", "<math", "<a href=//evil"):
                assert raw not in html
            assert settings.SECRET_KEY not in html


def test_t33_every_answer_carries_the_strict_policy(article, doctor, monkeypatch):
    plain, inside = Client(raise_request_exception=False), browser_of(doctor, raise_request_exception=False)
    strict = Client(enforce_csrf_checks=True)
    answers = [
        plain.get("/"),
        plain.get("/accounts/login/"),
        plain.get(ARTICLE),
        plain.get("/metrics"),
        plain.get("/accounts/login/", headers={"host": "evil.example"}),
        inside.get(ARTICLE),
        inside.get("/no-such/"),
        strict.post("/accounts/login/", {}),
        plain.put("/"),
        inside.post("/zones/alk/strategy/alk-pretreated/", {"x": 1}),
    ]
    monkeypatch.setattr("articles.views.reading.find", lambda *a: 1 / 0)
    answers.append(inside.get(ARTICLE))

    assert {answer.status_code for answer in answers} == {200, 302, 400, 403, 404, 405, 500}
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        for rule in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert rule in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


# -- T36: NUL, surrogates, bidi, towers, in every field and in every address


def answers_to(text: str, inside: Client, outside: Client, again: Client) -> list:
    """What a reader, a stranger and an applicant are answered who send this text wherever text is taken."""
    return [
        inside.post(f"{ARTICLE}comments/", {"body": text, "anchor": text, "parent": text, "idempotency_key": text}),
        inside.get(f"{ARTICLE}comments/", {"after": text}),
        inside.get(f"{ARTICLE}comments/", {"thread": text}),
        inside.post("/zones/alk/strategy/alk-pretreated/", {"last_tki": text, text: "x"}),
        inside.get("/zones/alk/strategy/alk-pretreated/", {"fragment": text}),
        inside.get(ARTICLE, {"at": text}),
        outside.post("/accounts/login/", {"login": text, "password": text}),
        outside.post("/accounts/signup/", {"email": f"{text}@example.org", "phone": text, "password1": text}),
        outside.post("/accounts/password/reset/", {"email": f"{text}@example.org"}),
        outside.post("/accounts/login/code/", {"phone": text}),
        outside.get("/accounts/login/", {"next": text}),
        outside.post("/language/", {"language": text, "next": text}),
        again.post("/zones/alk/gate/rejected/", {"appeal": f"请再看一次我的资料{text}"}),
        again.post("/zones/alk/gate/profile/", dict.fromkeys(factories.PROFILE, text)),
        again.post("/zones/alk/gate/evidence/", {"decision": text, "idempotency_key": text}),
    ]


def test_t36_no_text_breaks_a_page_of_a_reader(article, doctor, rejected_person):
    browsers = (browser_of(doctor), Client(), browser_of(rejected_person))
    for text in UNICODE:
        broken = [answer.request["PATH_INFO"] for answer in answers_to(text, *browsers) if answer.status_code >= 500]

        assert broken == [], repr(text)
    assert not any(mark in comment.body for comment in Comment.objects.all() for mark in "\x00\u202e\u2066")


LISTS = [
    "accounts/verification",
    "accounts/user",
    "accounts/evidenceview",
    "accounts/questionset",
    "accounts/reason",
    "articles/article",
    "articles/revision",
    "articles/comment",
    "articles/fact",
    "articles/reference",
    "consent/agreement",
    "consent/agreementversion",
    "consent/consentrecord",
    "portal/notice",
    "portal/recordentry",
    "portal/zone",
    "strategy/rulesetversion",
]


@pytest.mark.parametrize("text", ["\x00", "\ufdd0", "a" * 3000, "%", "'", "9" * 30, "\u202e"])
def test_t36_no_text_breaks_a_list_of_the_desk(article, text):
    desk = staff_login(
        Client(raise_request_exception=False), make_person("chief@example.org", is_staff=True, is_superuser=True)
    )
    broken = []
    for name in LISTS:
        for field in (
            "q",
            "p",
            "o",
            "status",
            "status__exact",
            "kind__exact",
            "state__exact",
            "zone__id__exact",
            "agreement__kind__exact",
            "article__id__exact",
            "is_staff__exact",
            "_to_field",
            "profession",
        ):
            answer = desk.get(f"/admin/{name}/", {field: text})
            if answer.status_code >= 500:
                broken.append((name, field))

    assert broken == []


# -- T39


def test_t39_a_subject_is_one_line_that_fits(member, mailoutbox, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    title = "题目\r\nBcc: thief@example.org\n" + "长" * 300
    outbox.enqueue(
        [outbox.Message(key="k", channel="email", address="a@example.org", text="…", subject=title)], at=timezone.now()
    )
    outbox.drain_notices()

    (mail,) = mailoutbox
    assert "\n" not in mail.subject
    assert len(Notice.objects.get().subject) == 200
    assert mail.recipients() == ["a@example.org"]
    assert mail.message()["Bcc"] is None


# -- T45, T46, T47


def test_t45_the_worker_takes_no_pickle():
    assert app.conf.accept_content == ["json"]
    kind, encoding, body = dumps({"x": 1}, serializer="pickle")
    with pytest.raises(ContentDisallowed):
        loads(body, kind, encoding, accept=app.conf.accept_content)


@pytest.mark.django_db
def test_t45_a_session_is_json_and_holds_no_standing(doctor):
    browser = browser_of(doctor)
    browser.get("/me/")

    kept = dict(browser.session.items())
    assert json.loads(json.dumps(kept)) == kept
    assert not re.search(r"APPROVED|approved|standing|status|is_staff", json.dumps(kept))


KEY = re.compile(r"(SECRET_KEY|RECORD_KEY|BLIND_INDEX_KEY)\s*=\s*[\"'][A-Za-z0-9+/=_-]{30,}")


def test_t46_keys_never_stand_in_a_page_or_in_the_repository():
    for path in [*ROOT.glob("*.*"), *(ROOT / "deploy").rglob("*"), *(ROOT / "portal").rglob("*.py")]:
        if path.is_file() and path.suffix not in {".pyc"}:
            text = path.read_text(encoding="utf-8", errors="replace")
            assert "BEGIN PRIVATE KEY" not in text, path
            assert not KEY.search(text), path


@pytest.mark.django_db
def test_t47_an_accident_says_nothing_of_itself(article, doctor, monkeypatch):
    canary = "K9-canary-7312"

    def breaks(*args, **kwargs):
        secret = canary
        raise RuntimeError(secret)

    monkeypatch.setattr("articles.views.reading.find", breaks)
    answer = browser_of(doctor, raise_request_exception=False).get(ARTICLE)

    assert answer.status_code == 500
    page = answer.content.decode()
    assert not any(word in page for word in (canary, "Traceback", "RuntimeError", "reading.py", "Django"))


@pytest.mark.django_db
def test_t04_nothing_of_a_reader_is_kept_in_the_shared_cache(article, doctor, monkeypatch):
    kept = []
    monkeypatch.setattr(type(cache), "set", lambda self, key, value, *a, **k: kept.append(str(value)), raising=False)
    monkeypatch.setattr(cache, "set", lambda key, value, *a, **k: kept.append(str(value)), raising=False)
    browser_of(doctor).get(ARTICLE)

    assert not any("<" in value or doctor.email in value for value in kept)


def test_the_handler_of_uploads_is_the_only_one():
    handlers = [f"{uploads.CappedUploadHandler.__module__}.{uploads.CappedUploadHandler.__qualname__}"]

    assert handlers == settings.FILE_UPLOAD_HANDLERS
