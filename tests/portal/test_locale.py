"""The catalogues: the English one is whole and says what the Chinese source says, and both are compiled."""

from __future__ import annotations

import gettext
import io
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.template import engines
from django.utils import translation

pytestmark = pytest.mark.pure
ROOT = Path(settings.BASE_DIR)
ENGLISH, CHINESE = (ROOT / "locale" / name / "LC_MESSAGES" / "django.po" for name in ("en", "zh_Hans"))
SOURCES = ("accounts", "articles", "consent", "portal", "strategy", "templates", "locale")
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd%]|\{\{?[a-z_]*\}?\}|</?[a-z]+[^<>…]*>")
NOT_ENGLISH = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")
STRAIGHT_QUOTE = re.compile(r"[\"'](?![^<]*>)")  # would end the attribute that a translation stands in
needs_gettext = pytest.mark.skipif(shutil.which("msgfmt") is None, reason="gettext is not installed")

# What messages to people are made of; each template takes what it needs.
CONTEXT = {
    "site_name": "Medical Zones", "site_url": "https://example.org", "code": "ABCD", "email": "who@example.org",
    "message": "Fine.", "reason": "Left.", "reasons": [{"text_en": "Unreadable.", "text_zh": "看不清。"}],
    "phone": "+8613800138000", "recipient": "who@example.org", "current_site": {"name": "Medical Zones"},
    "until": datetime(2027, 3, 1, tzinfo=UTC), "due_at": datetime(2027, 3, 1, tzinfo=UTC), "days": 30,
    "link": "https://example.org/x", "contact": "a@example.org",
    "from_email": "a@example.org", "to_email": "b@example.org", "deleted_email": "a@example.org", "user": "who",
}  # fmt: skip


def run(*command: str | Path) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout


def compiled(po: Path) -> dict[object, str]:
    """The catalogue as a program reads it, compiled now."""
    return read(run("msgfmt", "--check", "--output-file=-", po))


def read(mo: bytes) -> dict[object, str]:
    return gettext.GNUTranslations(io.BytesIO(mo))._catalog  # type: ignore[attr-defined]


def pairs() -> list[tuple[str, str]]:
    """Every text with its English; of a plural both."""
    found = read(ENGLISH.with_suffix(".mo").read_bytes()).items()
    return [((key[0] if isinstance(key, tuple) else key).rpartition("\x04")[2], text) for key, text in found if key]


@needs_gettext
@pytest.mark.parametrize("po", [ENGLISH, CHINESE], ids=["en", "zh_Hans"])
def test_nothing_is_untranslated_or_fuzzy(po):
    assert run("msgattrib", "--untranslated", po) == b""
    assert run("msgattrib", "--only-fuzzy", po) == b""


@needs_gettext
@pytest.mark.parametrize("po", [ENGLISH, CHINESE], ids=["en", "zh_Hans"])
def test_the_compiled_catalogue_is_of_its_source(po):
    assert read(po.with_suffix(".mo").read_bytes()) == compiled(po)


@needs_gettext
def test_makemessages_finds_nothing_that_the_catalogue_does_not_have(tmp_path, monkeypatch):
    for name in SOURCES:
        kinds = shutil.ignore_patterns("*.pyc", "migrations", "data")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=kinds)
    monkeypatch.chdir(tmp_path)
    call_command("makemessages", locale=["en"], no_location=True, no_wrap=True, no_obsolete=True, verbosity=0)
    again = tmp_path / ENGLISH.relative_to(ROOT)

    assert run("msgattrib", "--untranslated", again).decode() == ""
    assert run("msgattrib", "--only-fuzzy", again).decode() == ""
    assert compiled(again).keys() == compiled(ENGLISH).keys()


def test_an_english_text_has_the_placeholders_and_tags_of_its_source():
    wrong = [
        (source, text) for source, text in pairs()
        if sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(text))
    ]  # fmt: skip

    assert wrong == []


def test_an_english_text_has_no_chinese_character_or_punctuation():
    assert [text for _source, text in pairs() if NOT_ENGLISH.search(text)] == []


def test_an_english_text_stays_inside_the_attribute_it_stands_in():
    assert [text for _source, text in pairs() if STRAIGHT_QUOTE.search(text)] == []


def test_a_sentence_stays_a_sentence():
    ends = {"。": ".", "？": "?", "：": ":"}
    wrong = [(source, text) for source, text in pairs() if not text.rstrip().endswith(ends.get(source[-1], ""))]

    assert [pair for pair in wrong if pair[0] != "您好："] == []


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.txt")), ids=lambda path: path.name)
def test_a_message_to_an_english_reader_is_english(path):
    template = engines["django"].get_template(str(path.relative_to(ROOT / "templates")))
    with translation.override("en"):
        text = template.render(CONTEXT)

    assert NOT_ENGLISH.findall(text) == []
