"""Cases 56 and 57: fourteen forms of Unicode to every field that takes text, eight texts made to run for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.test import Client

from accounts.judging import display_name
from accounts.models import User
from articles.models import Comment
from portal.catalogue import ReadOnlyAdmin
from portal.data_map import OURS
from portal.text import CleanCharField, clean_text
from tests import factories

ENDLESS = [
    "<a " * 30_000,
    "&" * 50_000,
    "a" * 50_000 + "!",
    "a@" * 20_000,
    "(" * 20_000 + ")" * 20_000,
    "\u0301" * 50_000,
    "https://" * 8_000 + "x",
    "\n" * 50_000 + " \t" * 20_000,
]
FORMS = {
    "zero width": "王\u200b芳",
    "joiners": "👩\u200d⚕️",
    "byte order mark": "\ufeff王芳",
    "right to left": "王\u202e芳gpj.exe",
    "isolates": "\u2066王芳\u2069",
    "confusable": "аррlе",
    "full width": "Ａ－１＜script＞",
    "tower": "a" + "\u0300" * 400,
    "NUL": "王\x00芳",
    "escape": "\x1b[31m王芳",
    "high surrogate": "\ud800",
    "noncharacter": "\ufdd0\uffff",
    "private use": "\ue000\U000f0000",
    "ligature that unfolds": "ﷺ" * 50,
}
MARKS = "\x00\x1b\u200b\ufeff\u202e\u2066\u2069\ud800"


def spent(act: Callable[[], object]) -> float:
    """Seconds of processor; a refusal is an answer too."""
    start = time.process_time()
    try:
        act()
    except ValidationError:
        return time.process_time() - start
    return time.process_time() - start


@pytest.mark.pure
@pytest.mark.parametrize("text", ENDLESS, ids=range(8))
def test_no_text_runs_for_ever(text):
    assert spent(lambda: clean_text(text, paragraphs=True)) < 0.5
    assert spent(lambda: display_name(text)) < 0.5
    assert spent(lambda: forms.EmailField().clean(text)) < 0.5
    assert spent(lambda: CleanCharField(max_length=200).clean(text)) < 0.5


@pytest.mark.django_db
@pytest.mark.parametrize("text", ENDLESS, ids=range(8))
def test_no_form_runs_for_ever(zone, member, text):
    factories.consent_to(member, zone)
    browser = Client()
    browser.force_login(member)

    assert spent(lambda: browser.post("/zones/alk/gate/profile/", dict.fromkeys(factories.PROFILE, text))) < 1.5
    assert spent(lambda: Client().post("/accounts/login/", {"login": text, "password": text})) < 1.5


def text_fields(form: type[forms.BaseForm]) -> list[str]:
    return [name for name, field in form.base_fields.items() if isinstance(field, forms.CharField)]


def all_forms() -> list[type[forms.BaseForm]]:
    """Every form of ours, found by walking the classes."""
    found: list[type[forms.BaseForm]] = []
    todo = list(forms.BaseForm.__subclasses__())
    while todo:
        form = todo.pop()
        todo += form.__subclasses__()
        is_drawn_by_the_desk = issubclass(form, forms.ModelForm) and ".admin" in form.__module__  # see below
        if form.__module__.partition(".")[0] in OURS and not is_drawn_by_the_desk:
            found.append(form)
    return found


@pytest.mark.pure
def test_every_form_of_the_desk_is_drawn_with_fields_that_clean():
    wrong = [
        type(options).__name__
        for model, options in admin.site._registry.items()
        if model._meta.app_label in OURS and not isinstance(options, ReadOnlyAdmin)
        if not {models.CharField, models.TextField} <= set(options.formfield_overrides)
    ]

    assert wrong == []


@pytest.mark.pure
def test_every_text_field_of_every_form_cleans_its_text():
    """Passwords and codes are compared as typed; every other text is cleaned, or its field has a closed alphabet."""
    closed = (forms.EmailField, forms.SlugField, forms.URLField, forms.UUIDField, forms.RegexField)
    plain = []
    for form in all_forms():
        for name in text_fields(form):
            field = form.base_fields[name]
            is_secret = isinstance(field.widget, forms.PasswordInput) or "password" in name or name == "code"
            if not isinstance(field, (CleanCharField, *closed)) and not is_secret:
                plain.append(f"{form.__module__}.{form.__qualname__}.{name}")

    assert set(plain) <= LOOKED_UP, plain


# Compared with what is known and never stored; or cleaned by its own grammar: articles/body.py, the rule set's reader.
LOOKED_UP = {
    "accounts.sign_in.LoginForm.login",
    "accounts.sign_in.RequestLoginCodeForm.phone",
    "accounts.sign_in.SignupForm.username",  # allauth's; left out where accounts have no such name
    "articles.admin.forms.RevisionForm.body",
    "strategy.admin.moves.ImportForm.text",
}


@pytest.mark.pure
@pytest.mark.parametrize("name", FORMS)
def test_fourteen_forms_are_cleaned_or_refused(name):
    if name in {"NUL", "escape", "high surrogate"}:
        with pytest.raises(ValidationError, match="控制字符"):
            clean_text(FORMS[name])
        return
    cleaned = clean_text(FORMS[name])
    assert not set(cleaned) & set(MARKS)
    assert max((cleaned.count(mark) for mark in ("\u0300", "\u0301")), default=0) <= 4


def encoded(fields: dict[str, str]) -> str:
    """As a hostile client sends it: a lone surrogate too."""
    return urlencode(fields, errors="surrogatepass")


def send(browser: Client, path: str, fields: dict[str, str]):
    return browser.generic("POST", path, encoded(fields), content_type="application/x-www-form-urlencoded")


@pytest.mark.django_db
@pytest.mark.parametrize("name", FORMS)
def test_fourteen_forms_break_no_profile_and_no_comment(zone, member, doctor, article, name):
    text = FORMS[name]
    factories.consent_to(member, zone)
    newcomer, reader = Client(), Client()
    newcomer.force_login(member)
    reader.force_login(doctor)
    answers = [
        send(newcomer, "/zones/alk/gate/profile/", {**factories.PROFILE, "name": text, "hospital": text}),
        send(reader, "/zones/alk/articles/alk-pretreated-strategy/comments/", {"body": text}),
        send(Client(), "/accounts/login/", {"login": text, "password": text}),
        reader.generic("GET", "/zones/alk/search/", QUERY_STRING=encoded({"q": text})),
    ]

    assert max(answer.status_code for answer in answers) < 500
    kept = [*Comment.objects.values_list("body", flat=True), *User.objects.values_list("display_name", flat=True)]
    assert not set("".join(kept)) & set(MARKS)
