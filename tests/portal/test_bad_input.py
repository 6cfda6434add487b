"""Every form against what should not come: a clear message or a plain refusal, never a 500, nothing done or done twice.

Each post is one of somebody who may use the form, with one field spoilt in one way; what it changed is undone.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from accounts.models import Answer, Claim, Decision, Evidence, Submission, User, Verification
from articles.models import Comment
from consent.models import ConsentRecord
from portal.models import Notice, RecordEntry, Zone
from tests import factories
from tests.portal.access import PASSWORD, World, demo_world
from tests.strategy.cases import FULL

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("bad-input")]
KEPT = (User, ConsentRecord, Answer, Submission, Evidence, Verification, Decision, Claim, Comment, Notice, RecordEntry)
CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")
UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SURROGATE = "半\ud800个"


@dataclass(frozen=True)
class Form:
    """A form, who may send it, and what a right post of it holds."""

    who: str
    path: str
    right: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.who} {self.path}"


SURVEY = {**factories.SURVEY, "tool_lacks": "没有"}
FORMS = [
    Form("visitor", "/accounts/signup/",
         {"email": "somebody@example.org", "phone": "", "password1": PASSWORD, "terms": "on"}),
    Form("visitor", "/accounts/login/", {"login": "doctor@demo.example", "password": "wrong-wrong-wrong"}),
    Form("visitor", "/accounts/login/code/", {"email": "doctor@demo.example", "phone": ""}),
    Form("visitor", "/accounts/password/reset/", {"email": "doctor@demo.example"}),
    Form("doctor", "/accounts/email/", {"email": "another@example.org", "action_add": "1"}),
    Form("doctor", "/accounts/phone/change/", {"phone": "+8613800138000"}),
    Form("visitor", "/language/", {"language": "en", "next": "/terms/"}),
    Form("newcomer", "/zones/alk/gate/agreement/", {"decision": "agree", "version": "1"}),
    Form("pending", "/zones/alk/gate/informed-consent/", {"decision": "skip", "version": "1"}),
    Form("asked", "/zones/alk/gate/profile/", factories.PROFILE),
    Form("surveyed", "/zones/alk/gate/survey/", SURVEY),
    Form("gathering", "/zones/alk/gate/evidence/", {"decision": "submit"}),
    Form("gathering", "/zones/alk/gate/evidence/{own_file}/discard/"),
    Form("rejected", "/zones/alk/gate/rejected/", {"appeal": "我认为照片是清楚的，请再看一次。"}),
    Form("revoked", "/zones/alk/gate/revoked/", {"appeal": "我已经转到另一家医院执业，请再看一次。"}),
    Form("expired", "/zones/alk/gate/expired/"),
    Form("doctor", "{article}comments/", {"body": "有一个问题。", "parent": "", "anchor": ""}),
    Form("doctor", "{article}comments/{comment}/delete/"),
    Form("doctor", "/zones/alk/strategy/alk-pretreated/", FULL),
    Form("reviewer", "/admin/accounts/verification/{case}/claim/", {"version": "1"}),
    Form("reviewer", "/admin/accounts/verification/{case}/decide/",
         {"decision": "reject", "reasons": ["LICENCE_UNREADABLE"], "message": "请重拍。", "version": "1"}),
    Form("admin", "/admin/accounts/verification/{approved_case}/revoke/", {"reason": "单位来函说明已离职。"}),
    Form("recent", "/me/erase/", {"confirm": "erase"}),
    Form("doctor", "/me/consents/{receipt}/withdraw/"),
    Form("editor", "/admin/articles/article/{pk:articles.article}/draft/"),
]  # fmt: skip
SPOILT: dict[str, Any] = {
    "empty": "",
    "long": "长" * 25_000,
    "control": "前\x07\x1b[31m后",
    "bidi": "前\u202e后\u2066x\u200b",
    "nul": "前\x00后",
    "surrogate": SURROGATE,
    "emoji": "👩‍⚕️🧬" * 3,
    "wrong type": '{"a": [1, 2]}',
    "unknown choice": "no_such_value",
    "huge number": "9" * 400,
    "negative": "-1",
    "array": ["agree", "refuse", "a", "b"],
    "markup": "<script>alert(1)</script>{{ 7|add:1 }}' OR 1=1 --",
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    log = logging.getLogger("django.request")
    with django_db_blocker.unblock(), demo_world() as made, pytest.MonkeyPatch.context() as patch:
        patch.setattr(log, "disabled", True)
        _more_people(made)
        yield made


def _more_people(world: World) -> None:
    """People in the middle of their way, and one who proved who they are a moment ago."""
    zone = Zone.objects.get(slug="alk")
    asked, surveyed, gathering, recent = (
        factories.make_user(f"{name}@demo.example", password=PASSWORD)
        for name in ("asked", "surveyed", "gathering", "recent")
    )
    factories.consent_to(asked, zone)
    factories.consent_to(surveyed, zone, informed="GIVEN")
    factories.make_draft(surveyed)
    factories.consent_to(gathering, zone)
    row = factories.make_evidence(factories.make_draft(gathering))
    world.places["own_file"] = str(row.public_id)
    world.places["approved_case"] = str(Verification.objects.get(owner__email="doctor@demo.example").pk)
    for person in (asked, surveyed, gathering, recent):
        client = Client()
        client.force_login(person)
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time(), "email": person.email}]
        session.save()
        world.sessions[person.email.partition("@")[0]] = client.cookies["sessionid"].value


def encoded(fields: dict[str, Any]) -> bytes:
    """Return a form body in which even half a character travels."""
    pairs = [(name, one) for name, value in fields.items() for one in (value if isinstance(value, list) else [value])]
    words = (f"{quote_plus(n)}={quote_plus(str(v), errors='surrogatepass')}" for n, v in pairs)
    return "&".join(words).encode()


def send(world: World, form: Form, fields: dict[str, Any], client: Client | None = None) -> Any:
    """Post the fields; the answer knows what was `made` meanwhile."""
    client = client or world.client(form.who)
    before = counts()
    response: Any = client.post(
        world.fill(form.path), encoded(fields), content_type="application/x-www-form-urlencoded; charset=utf-8"
    )
    assert response.status_code < 500, f"{form}: {response.status_code}"
    after = counts()
    response.made = {name: after[name] - before[name] for name in before if after[name] != before[name]}
    return response


def counts() -> dict[str, int]:
    return {model.__name__: model._base_manager.count() for model in KEPT}


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("way", SPOILT)
def test_a_spoilt_field_is_refused_with_words_or_taken_clean(world, form, way):
    for name in [*form.right, "there_is_no_such_field"]:
        with transaction.atomic():
            response = send(world, form, {**form.right, name: SPOILT[way]})
            if response.status_code >= 400:
                assert response.made.keys() <= {"Claim", "RecordEntry"}, (
                    f"{name}: {response.status_code}, yet {response.made}"
                )
                assert CHINESE.search(response.content.decode()), name
            _nothing_unclean_is_kept()
            transaction.set_rollback(True)


def _nothing_unclean_is_kept() -> None:
    texts = [
        *Comment.objects.order_by("-pk").values_list("body", flat=True)[:1],
        *Decision.objects.order_by("-pk").values_list("message", flat=True)[:1],
        *Submission.objects.order_by("-pk").values_list("appeal", flat=True)[:2],
        *map(str, Answer.objects.order_by("-pk").values_list("value", flat=True)[:8]),
    ]
    assert [text for text in texts if UNWANTED.search(text or "")] == []


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_the_right_post_is_taken(world, form):
    with transaction.atomic():
        response = send(world, form, form.right)
        transaction.set_rollback(True)

    assert response.status_code in {200, 302, 303}, response.content.decode()[:2000]


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_without_the_csrf_token_nothing_happens(world, form):
    with transaction.atomic():
        response = send(world, form, form.right, world.client(form.who, enforce_csrf_checks=True))
        transaction.set_rollback(True)

    assert response.status_code == 403
    assert response.made == {}
    assert CHINESE.search(response.content.decode())


ONCE = [
    form
    for form in FORMS
    if "/admin/" not in form.path
    and ("gate" in form.path or "comments/" in form.path)
    and "discard" not in form.path
    and "delete" not in form.path
]


@pytest.mark.parametrize("form", ONCE, ids=str)
def test_the_same_post_twice_is_done_once(world, form):
    with transaction.atomic():
        keyed = {**form.right, "idempotency_key": "the-same"}
        first, second = send(world, form, keyed), send(world, form, keyed)
        third = send(world, form, {**keyed, "another": "body"})
        transaction.set_rollback(True)

    assert first.status_code == 302
    assert (second.status_code, second.made) in [(302, {}), (409, {})]
    assert second.headers.get("Location", first.headers["Location"]) == first.headers["Location"] or form.path.endswith(
        "gate/"
    )
    assert third.made == {}


@pytest.mark.parametrize("form", [form for form in FORMS if "decide" in form.path], ids=str)
def test_a_decision_sent_twice_is_one_decision(world, form):
    with transaction.atomic():
        first, second = send(world, form, form.right), send(world, form, form.right)
        transaction.set_rollback(True)

    assert first.made["Decision"] == 1
    assert (second.status_code, "Decision" in second.made) == (409, False)


def test_what_belongs_to_another_is_not_there(world):
    doctors = Comment.objects.filter(author__email="doctor@demo.example").first()
    assert doctors is not None
    tries = [
        Form("approved", "{article}comments/{comment}/delete/"),
        Form("gathering", "/zones/alk/gate/evidence/{evidence}/discard/"),
        Form("gathering", "/zones/alk/gate/evidence/{nobody}/discard/"),
        Form("approved", "/me/consents/{receipt}/withdraw/"),
    ]
    for form in tries:
        with transaction.atomic():
            response = send(world, form, {})
            transaction.set_rollback(True)

        assert (response.status_code, response.made) == (404, {}), str(form)


@pytest.mark.parametrize(
    "parent", ["{nobody}", "not-a-uuid", "1", "' OR 1=1", "00000000-0000-4000-8000-00000000000", "{receipt}"]
)
def test_a_reply_to_what_is_not_there_is_told_so(world, parent):
    form = Form("doctor", "{article}comments/")
    with transaction.atomic():
        response = send(world, form, {"body": "回复", "parent": world.fill(parent)})
        transaction.set_rollback(True)

    assert (response.status_code, response.made) == (422, {})
    assert "回复" in response.content.decode(), "what was typed is still there"


@pytest.mark.parametrize("anchor", ["block:b-aaaaaaaa", "block:", "x" * 5000, "block:b-\x00"])
def test_a_comment_on_a_place_that_is_not_there_is_told_so(world, anchor):
    form = Form("doctor", "{article}comments/")
    with transaction.atomic():
        response = send(world, form, {"body": "有问题", "anchor": anchor})
        transaction.set_rollback(True)

    assert (response.status_code, response.made) == (422, {})


FILES = [
    ("空文件.jpg", b"", "image/jpeg"),
    ("名字里有\u202egpj.exe", b"MZ\x90", "image/jpeg"),
    ("../../etc/passwd", b"root:x:0:0", "image/png"),
    ("长" * 400 + ".jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
    ("页面.pdf", b"<html><script>alert(1)</script></html>", "application/pdf"),
    ("照片.heic", b"\x00\x00\x00\x18ftypheic", "image/heic"),
]


@pytest.mark.parametrize(("name", "content", "mime"), FILES)
def test_a_file_that_is_none_is_refused_in_chinese(world, name, content, mime):
    with transaction.atomic():
        before = counts()
        response = world.client("gathering").post(
            "/zones/alk/gate/evidence/", {"files": SimpleUploadedFile(name, content, mime), "decision": "submit"}
        )
        after = counts()
        transaction.set_rollback(True)

    assert response.status_code == 422
    assert CHINESE.search(response.content.decode())
    recorded = before | {"RecordEntry": before["RecordEntry"] + 1}  # the refusal
    assert after == recorded, "a case with a refused file is not sent"


@pytest.mark.parametrize("body", [b"a=1&" * 2000, b"\xff\xfe\x00", b"--x\r\n", b"{}", b"a" * 2_000_000])
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", ""]
)
def test_a_body_that_is_no_form_is_no_error_of_ours(world, body, kind):
    for form in (FORMS[1], Form("newcomer", "/zones/alk/gate/agreement/"), Form("doctor", "{article}comments/")):
        with transaction.atomic():
            response = world.client(form.who).post(world.fill(form.path), body, content_type=kind)
            transaction.set_rollback(True)

        assert response.status_code in {200, 400, 413, 422}, f"{form}: {response.status_code}"


def test_a_query_that_is_nonsense_is_no_error_of_ours(world):
    queries = [
        "after=x",
        "after=%00",
        "after=" + "9" * 300,
        "thread=%ED%A0%80",
        "reply=1",
        "at=%22%3E%3Cscript%3E",
        "page=-1",
    ]
    for query in queries:
        for who, path in (
            ("doctor", "{article}comments/"),
            ("doctor", "{article}"),
            ("doctor", "/zones/alk/strategy/alk-pretreated/"),
            ("pending", "/evidence/{evidence}/"),
            ("reviewer", "/admin/accounts/verification/"),
            ("editor", "/admin/articles/comment/"),
            ("visitor", "/accounts/login/"),
        ):
            response = world.ask(who, "GET", world.fill(path) + "?" + query)

            assert response.status_code < 500, f"{path}?{query}"
