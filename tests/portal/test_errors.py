"""Error pages: the right status and headers, what happened, what is safe and what to do, in the reader's language."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent
from django.db import OperationalError
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from portal import errors
from portal.templatetags.portal import came_from
from tests import factories
from tests.portal.wording import Words, faults_of_chinese, faults_of_english

NAMES = ["400", "403", "403_csrf", "404", "405", "409", "413", "429", "500", "503", "507"]
TYPED = "一段写了很久、不想再写一遍的话。"


def request(**headers):
    made = RequestFactory().get("/", headers=headers)
    made.user, made.resolver_match = None, None
    return made


@pytest.mark.pure
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_error_page_says_what_happened_what_is_safe_and_what_to_do(name, language):
    with translation.override(language):
        page = render_to_string(f"{name}.html", {"wait": 300, "contact": "a@example.org"})
    inside = page.partition('<main id="main"')[2].partition("</main>")[0]
    said = [words.text for words in Words(inside).found]
    faults = faults_of_english if language == "en" else faults_of_chinese

    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}">' in page
    assert (inside.count("<h1>"), inside.count('class="lead"'), inside.count('class="note ok')) == (
        1,
        1,
        int(name != "404"),
    )
    assert len(said) >= 6  # number, title, what happened, what is safe, what to do, where to go
    assert [(text, faults(text)) for text in said if faults(text)] == []
    assert "<script" not in inside


@pytest.mark.pure
@pytest.mark.parametrize("name", ["500", "503", "507"])
def test_a_page_for_our_own_faults_asks_neither_database_nor_person(name):
    page = errors.page(request(), name, status=int(name)).content.decode()

    assert "<script" not in page
    assert "<form" not in page
    assert page.count("<link") == 1  # readable without it


@pytest.mark.pure
def test_where_even_the_error_page_fails_plain_words_remain(settings, monkeypatch):
    def broken(*args, **kwargs):
        raise ValueError("no such static file")

    monkeypatch.setattr(errors, "render", broken)
    answer = errors.server_error(request())

    assert answer.status_code == 500
    assert "此前已经保存的内容不受影响" in answer.content.decode()


@pytest.mark.pure
@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (ValueError("x"), 500, "不是您操作有误"),
        (OperationalError("database or disk is full"), 507, "存储空间已满"),
        (OperationalError("could not connect to server"), 503, "数据库暂时不可用"),
    ],
)
def test_our_own_faults_are_told_apart(error, status, words):
    try:
        raise error
    except type(error):
        answer = errors.server_error(request())

    assert (answer.status_code, words in answer.content.decode()) == (status, True)
    assert ("Retry-After" in answer.headers) == (status != 500)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status"), [(RequestDataTooBig("x"), 413), (TooManyFieldsSent("x"), 400), (ValueError("x"), 400)]
)
def test_too_much_is_told_apart_from_what_cannot_be_understood(rf, error, status):
    assert errors.bad_request(_of_nobody(rf.get("/")), error).status_code == status


@pytest.mark.django_db
def test_a_refusal_keeps_its_own_reason(rf):
    page = errors.forbidden(_of_nobody(rf.get("/")), PermissionDenied("只有审核员能打开。")).content.decode()

    assert "只有审核员能打开。" in page
    assert "没有作任何更改。" in page


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("zh-hans", "在约 15 分钟后"), ("en", "in about 15 minutes")])
def test_too_many_attempts_say_how_long_to_wait_in_words_and_in_the_header(settings, language, words):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "1/15m/ip"}
    cache.clear()
    for number in range(2):
        browser = Client()
        browser.cookies["language"] = language
        fields = {"email": f"p{number}@example.org", "password1": "correct horse battery", "terms": "on"}
        answer = browser.post("/accounts/signup/", fields)

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert words in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_gives_back_what_was_typed():
    person, browser = factories.make_user(), Client(enforce_csrf_checks=True)
    browser.force_login(person)
    ours = {"Sec-Fetch-Site": "same-origin", "Referer": "http://testserver/me/notices/?a=1"}
    fields = {"body": TYPED, "password": "a long enough password", "email": "x"}
    answer = browser.post("/me/notices/", fields, headers=ours)
    page = answer.content.decode()

    assert (answer.status_code, answer.headers["Cache-Control"]) == (403, "private, no-store")
    assert re.search(rf"<textarea[^>]*readonly>{TYPED}</textarea>", page)
    assert "long enough" not in page
    assert 'class="btn main" href="/me/notices/?a=1"' in page


@pytest.mark.django_db
def test_what_another_site_made_somebody_send_is_not_repeated():
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(factories.make_user())
    page = browser.post("/me/notices/", {"body": TYPED}, headers={"Sec-Fetch-Site": "cross-site"}).content.decode()

    assert "提交没有完成" in page
    assert TYPED not in page


@pytest.mark.pure
@pytest.mark.parametrize(
    ("page", "path"),
    [
        ("http://testserver/zones/alk/?at=b-1", "/zones/alk/?at=b-1"),
        ("https://evil.example/x", ""),
        ("//evil.example/x", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_the_way_back_leads_to_our_own_pages_only(rf, page, path):
    assert came_from(rf.get("/", headers={"Referer": page})) == path


@pytest.mark.django_db
def test_a_part_of_a_page_gets_the_words_without_the_frame(rf):
    asked = _of_nobody(rf.post("/", headers={"HX-Request": "true"}))
    page = errors.page(asked, "409", status=409).content.decode()

    assert "没有作出更改" in page
    assert "<html" not in page
    assert "<main" not in page


@pytest.mark.django_db
def test_an_address_that_only_takes_forms_says_so_to_a_person_and_keeps_its_answer_for_machines():
    seen, heard = (Client().get("/language/", headers={"Accept": kind}) for kind in ("text/html,*/*", "*/*"))

    assert (seen.status_code, heard.status_code) == (405, 405)
    assert seen.headers["Allow"] == heard.headers["Allow"] == "POST"
    assert "不能直接打开或刷新" in seen.content.decode()
    assert heard.content == b""


def _of_nobody(made):
    from django.contrib.auth.models import AnonymousUser

    made.user, made.resolver_match = AnonymousUser(), None
    return made
