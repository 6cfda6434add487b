"""The frame, the forms and the files a browser gets: what a reader relies on, page by page or file by file."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import allauth
import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template, render_to_string
from django.test import Client

ROOT = Path(settings.BASE_DIR)
SHIPPED = Path(allauth.__file__).parent / "templates"


class Questions(forms.Form):
    name = forms.CharField(label="姓名", help_text="与执业证书一致")
    hospital = forms.CharField(label="执业机构", required=False, widget=forms.TextInput(attrs={"list": "hospitals"}))
    profession = forms.ChoiceField(label="职业", choices=[("a", "医师"), ("b", "护士")], widget=forms.RadioSelect)
    areas = forms.MultipleChoiceField(
        label="领域", choices=[("x", "肺癌"), ("unknown", "未知")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="我确认以上属实")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["hospital"].suggestions = ["示例市第一人民医院"]  # type: ignore[attr-defined]
        self.fields["areas"].unsure = ["unknown"]  # type: ignore[attr-defined]
        self.helper = FormHelper()


class Marks(HTMLParser):
    """Every id, every fragment linked to, every id named by aria-describedby."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.wanted: set[str] = set()
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.add(given["id"])
        self.wanted.update(given.get("aria-describedby", "").split())
        if given.get("href", "").startswith("#"):
            self.wanted.add(given["href"][1:])


def test_an_error_stands_at_its_field_and_the_summary_leads_there() -> None:
    markup = render_crispy_form(Questions(data={}))

    marks = Marks(markup)
    assert marks.wanted <= marks.ids
    assert {"id_name_error", "id_name_helptext", "id_profession_error", "id_areas_0"} <= marks.wanted
    assert markup.count('aria-invalid="true"') >= 4
    assert "有 4 处需要更正" in markup


def test_groups_of_choices_have_a_legend_and_what_may_be_left_out_says_so() -> None:
    markup = render_crispy_form(Questions())

    assert markup.count("<fieldset") == 2
    assert "<legend>职业</legend>" in markup
    assert "执业机构（可不填）" in markup
    assert '<option value="示例市第一人民医院">' in markup
    assert 'class="choice unsure"' in markup
    assert "error" not in markup


def test_what_was_typed_is_kept_and_never_becomes_markup() -> None:
    markup = render_crispy_form(Questions(data={"name": '"><b>欧阳</b>'}))

    assert "<b>欧阳" not in markup
    assert "&quot;&gt;&lt;b&gt;欧阳" in markup


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "409", "413", "429", "500", "503"])
def test_an_error_page_needs_nothing_but_itself(name: str) -> None:
    page = render_to_string(f"{name}.html")

    assert '<main id="main"' in page
    assert "<h1>" in page


def test_every_page_of_allauth_is_ours() -> None:
    pages = [
        path.relative_to(SHIPPED)
        for app in ("account", "mfa", "usersessions")
        for path in (SHIPPED / app).rglob("*.*")
        if path.suffix in {".html", ".txt"}
    ]
    plain_bases = {p for p in pages if p.name.startswith("base_") or p.name == "download.txt"}

    missing = [str(p) for p in pages if p not in plain_bases and not (ROOT / "templates" / p).exists()]
    assert missing == []
    assert get_template("allauth/layouts/base.html").origin.name.startswith(str(ROOT))


def test_scripts_are_files_and_data_is_json() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        for tag in re.findall(r"<script\b[^>]*>", path.read_text(encoding="utf-8")):
            assert "src=" in tag or 'type="application/json"' in tag, f"{path.name}: {tag}"


def test_only_the_tokens_hold_colours() -> None:
    for path in (ROOT / "static" / "css").glob("*.css"):
        if path.name != "tokens.css":
            bare = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
            assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|\brgba?\(|\bhsla?\(", bare) == [], path.name


def test_both_dark_themes_hold_the_same_values() -> None:
    css = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    by_system, by_choice = re.findall(r"color-scheme: dark;(.*?)\}", css, flags=re.S)

    assert by_system.split() == by_choice.split()


def test_all_scripts_of_a_reader_weigh_under_40_kb() -> None:
    names = ["django_htmx/htmx-2.min.js", *(f"js/{p.name}" for p in (ROOT / "static" / "js").glob("*.js"))]
    weight = sum(len(gzip.compress(Path(str(finders.find(name))).read_bytes())) for name in names)

    assert weight < 40_000


@pytest.mark.django_db
def test_the_language_is_chosen_with_a_form_and_brings_back_to_the_page(client: Client) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert '<html lang="zh-Hans">' in page
    assert 'name="next" value="/accounts/login/"' in page

    answer = client.post("/language/", {"language": "en", "next": "/accounts/login/"})

    assert answer.headers["Location"] == "/accounts/login/"
    assert '<html lang="en">' in client.get("/accounts/login/").content.decode()


@pytest.mark.django_db
def test_a_bad_sign_in_says_so_in_the_title_and_keeps_the_address(client: Client) -> None:
    page = client.post("/accounts/login/", {"login": "nobody@example.com", "password": "wrong"}).content.decode()

    assert "<title>错误：登录 · " in page
    assert 'value="nobody@example.com"' in page
    assert "邮箱或密码不正确。" in page
