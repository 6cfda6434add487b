"""The glossary is kept: what it names exists, and what it says to avoid is nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.portal.test_locale import pairs
from tests.portal.wording import HAN

pytestmark = pytest.mark.pure
ROOT = Path(settings.BASE_DIR)
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
# Left out: the demo's discussion, whose people say what people say, and the documents, which are frozen once published.
SHIPPED = [
    path
    for app in ("accounts", "articles", "strategy")
    for path in (ROOT / app / "data").rglob("*.*")
    if path.suffix in {".yaml", ".html"} and path.stem != "comments"
]
TEMPLATES = [path for path in (ROOT / "templates").rglob("*.*") if path.suffix in {".html", ".txt"}]
SAID = re.compile(
    r"{% comment %}.*?{% endcomment %}|<script\b.*?</script>|<[^>]*>|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL
)


def rows(section: str) -> list[list[str]]:
    """The cells of a section's table, each with its words one by one."""
    body = re.split(r"^## ", GLOSSARY, flags=re.MULTILINE)
    text = next(part for part in body if part.startswith(section))
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line] for line in lines]


def words(cell: str) -> list[str]:
    return [word.strip() for word in cell.split("·")]


def avoided() -> list[str]:
    return [word for row in rows("Words to avoid") for word in words(row[0])]


def uses(word: str, text: str) -> bool:
    """Whether a text has this word; an English one at the beginning of a word, in any case."""
    if re.search(rf"[{HAN}]", word):
        return word in text
    return re.search(rf"(?<![\w-]){word}", text, re.IGNORECASE) is not None


def texts() -> list[tuple[str, str]]:
    """Every text for people with where it stands."""
    said = [("a source text", chinese) for chinese, _english in pairs()]
    said += [("an English text", english) for _chinese, english in pairs()]
    said += [(path.name, SAID.sub(" ", path.read_text(encoding="utf-8"))) for path in TEMPLATES]
    return said + [(path.name, path.read_text(encoding="utf-8")) for path in SHIPPED]


@pytest.mark.parametrize("word", avoided())
def test_a_word_to_avoid_is_nowhere(word):
    assert [(where, text[:80]) for where, text in texts() if uses(word, text)] == []


def test_an_avoided_word_would_be_found():
    assert uses("点击", "请点击这里")
    assert uses("log in", "Please Log in.")
    assert not uses("license", "Your licence")
    assert not uses("click", "a double-click")
    assert len(avoided()) > 40


@pytest.mark.parametrize("section", ["The product", "The desk", "Articles and the strategy tool", "Clinical terms"])
def test_a_word_of_the_glossary_is_in_use(section):
    written = "\n".join(text for _where, text in texts())

    assert [word for row in rows(section) for word in words(row[0]) if word not in written] == []
